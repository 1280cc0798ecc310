"""Audit log labels for disputes."""

from django.utils.translation import gettext_lazy as _

from disputes.choices import RiskReason
from disputes.filing.leading import LEAD
from disputes.filing.merging import MERGE
from disputes.filing.risk import DONE, MEASURE, REVIEW
from disputes.lives import DISPUTE_LIFE
from disputes.mediation.log import ACTIONS as MEDIATION
from disputes.models import Dispute
from disputes.people.masking import OWN_WORDS
from disputes.people.parties import ADDED, CORRECTED, OPENED, VOIDED_ONE
from facts.declarations import register_kind
from foundation.contributions.audit import Action, kind_of_model, register

register_kind(
    "dispute",
    Dispute,
    life=DISPUTE_LIFE,
    formerly="disputes.Dispute",
    named_by=("kind", "summary"),
    joined_by=" · ",
    values={"risk_reasons": dict(RiskReason.choices)},
    personal=("measure", "who"),
    unread=OWN_WORDS,
)

_MEASURE = {"measure": _("Measure"), "who": _("By whom"), "until_on": _("Until")}
register(
    *(
        Action(kind_of_model(Dispute).action(act), words, icon, tone, names_no_kind=True, labels=labels)
        for act, words, icon, tone, labels in (
            (REVIEW, _("Risk reviewed"), "flame", "", {"risk_reasons": _("Reasons")}),
            (MEASURE, _("Measure against the risk"), "shield-plus", "", _MEASURE),
            (DONE, _("Measure done"), "shield-check", "green", _MEASURE),
            (LEAD, _("Lead named"), "user-check", "", {}),
            (MERGE, _("Another file merged into it"), "git-merge", "", {"merged": _("File")}),
        )
    )
)

register(*MEDIATION)

# --- people: entries name a party by its number alone ---

_OF_PARTIES = {"party": _("Party no."), "parties": _("Parties")}
register(
    *(
        Action(
            kind_of_model(Dispute).action(code),
            words,
            icon,
            tone,
            names_no_kind=True,
            grave=code == OPENED,
            labels=_OF_PARTIES,
        )
        for code, words, icon, tone in (
            (ADDED, _("Party entered"), "user-plus", ""),
            (CORRECTED, _("Party corrected"), "pencil", "yellow"),
            (VOIDED_ONE, _("Party taken off"), "user-minus", "red"),
            (OPENED, _("Person opened"), "eye", "yellow"),
        )
    )
)
