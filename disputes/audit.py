"""Audit log labels for disputes."""

from django.utils.translation import gettext_lazy as _

from disputes.agreements.audit import agreement_actions
from disputes.choices import RiskReason
from disputes.filing.leading import LEAD
from disputes.filing.merging import MERGE
from disputes.filing.risk import DONE, MEASURE, REVIEW
from disputes.lives import DISPUTE_LIFE
from disputes.mediation.log import ACTIONS as MEDIATION
from disputes.models import Dispute
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

register(*agreement_actions())
register(*MEDIATION)
