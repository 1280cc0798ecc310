"""Audit log labels for disputes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.after import handing_over, planning, recording, screening, surveys
from disputes.agreements.audit import agreement_actions
from disputes.choices import FollowUpWay, KindAction, RiskReason
from disputes.filing.leading import LEAD
from disputes.filing.merging import MERGE
from disputes.filing.risk import DONE, MEASURE, REVIEW
from disputes.kinds import KindNames
from disputes.lives import DISPUTE_LIFE
from disputes.mediation.log import ACTIONS as MEDIATION
from disputes.models import Dispute, EnterpriseReport, KindOfDispute, Screening
from disputes.people.masking import OWN_WORDS
from disputes.people.parties import ADDED, CORRECTED, OPENED, VOIDED_ONE
from disputes.reporting import answering, submitting
from facts.declarations import register_kind
from foundation.contributions.audit import Action, Kind, actions_from, kind_of_model, register

HAPPENED = {"done_on": pgettext_lazy("follow-up", "done on")}
PLANNED = {"planned_on": _("planned for")}
BY_WAY = {
    FollowUpWay.VISIT: (_("Followed up by a visit"), "walk"),
    FollowUpWay.CALL: (_("Followed up by telephone"), "phone"),
    FollowUpWay.SURVEY: (_("Survey answered"), "clipboard-check"),
}

register_kind(
    "dispute",
    Dispute,
    life=DISPUTE_LIFE,
    formerly="disputes.Dispute",
    named_by=("kind", "summary"),
    joined_by=" · ",
    labels={"absorbed": _("Files")},
    values={"risk_reasons": dict(RiskReason.choices)},
    personal=("measure", "who"),
    unread=(*OWN_WORDS, "file"),  # a photo of a card has the name of its holder
)

_MEASURE = {
    "measure": pgettext_lazy("against a risk", "Measure"),
    "who": _("By whom"),
    "until_on": _("Until"),
}
register(
    *(
        Action(kind_of_model(Dispute).action(act), words, icon, tone, names_no_kind=True, labels=labels)
        for act, words, icon, tone, labels in (
            (REVIEW, _("Risk reviewed"), "flame", "", {"risk_reasons": _("Reasons")}),
            (MEASURE, _("Measure against the risk"), "shield-plus", "", _MEASURE),
            (DONE, _("Measure done"), "shield-check", "green", _MEASURE),
            (LEAD, _("Lead named"), "user-check", "", {}),
            (
                MERGE,
                _("Another file merged into it"),
                "git-merge",
                "",
                {
                    "merged": _("File"),
                    "party_numbers": _("Party no."),
                    "agreement_ended": _("Agreement that ended"),
                },
            ),
        )
    )
)

register(*agreement_actions())
register(
    Kind("screening", Screening),
    Action(f"screening.{screening.SCREEN}", _("Screened for disputes: nothing"), "checks"),
    Action(
        f"screening.{screening.SCREEN_FOUND}", _("Screened for disputes: something was found"), "alert-circle"
    ),
    Action(f"screening.{screening.VOID}", _("Voided a screening for disputes"), "trash", "red"),
    Action(f"screening.{screening.UNDO}", _("Undid a screening for disputes: a wrong tap"), "arrow-back-up"),
    Action(
        f"dispute.{planning.PLAN}",
        _("Follow-up planned"),
        "calendar-plus",
        names_no_kind=True,
        labels=PLANNED,
    ),
    Action(
        f"dispute.{planning.DROP}",
        _("Follow-up dropped"),
        "calendar-off",
        "yellow",
        names_no_kind=True,
        labels=PLANNED,
    ),
    Action(
        f"dispute.{handing_over.HAND_OVER}",
        _("Follow-up handed over"),
        "arrows-exchange",
        names_no_kind=True,
        labels=PLANNED,
    ),
    *(
        Action(
            f"dispute.{recording.FOLLOWED_UP[way]}",
            words,
            icon,
            "green",
            names_no_kind=True,
            labels=HAPPENED,
            day="done_on",
        )
        for way, (words, icon) in BY_WAY.items()
    ),
    Action(
        f"dispute.{recording.NOT_REACHED}",
        _("Follow-up: nobody was reached"),
        "phone-off",
        "yellow",
        names_no_kind=True,
        labels=HAPPENED,
        day="done_on",
    ),
    Action(
        f"dispute.{recording.JUDGE}",
        _("Decided about the answer to a survey"),
        "gavel",
        names_no_kind=True,
        labels={"judged_on": _("decided on")},
        day="judged_on",
    ),
    Action(
        f"dispute.{recording.VOID}",
        _("Follow-up voided"),
        "trash",
        "red",
        names_no_kind=True,
        labels=PLANNED,
    ),
    Action(f"dispute.{surveys.SEND}", _("Link of a survey made"), "link", names_no_kind=True, labels=PLANNED),
    Action(
        f"dispute.{surveys.WITHDRAW}",
        _("Link of a survey withdrawn"),
        "link-off",
        "yellow",
        names_no_kind=True,
        labels=PLANNED,
    ),
)
register(*MEDIATION)
register(
    Kind("dispute_kind", KindOfDispute, named_by=("code",), values={"code": KindNames()}),
    *actions_from(
        {
            KindAction.ADD: _("Added a kind of dispute"),
            KindAction.CHANGE: _("Changed a kind of dispute"),
            KindAction.RETIRE: _("Retired a kind of dispute"),
            KindAction.RESUME: _("Took a kind of dispute into use again"),
        }
    ),
)
register(
    Kind("dispute_report", EnterpriseReport, named_by=("about", "number")),
    *(
        Action(
            f"dispute_report.{act}",
            words,
            icon,
            tone,
            names_no_kind=True,
            labels={"told_on": _("told on"), "about": _("What it is")},
        )
        for act, words, icon, tone in (
            (submitting.TELL, _("The enterprise told something about a dispute"), "message", ""),
            (answering.TAKE, _("Report of an enterprise taken on"), "circle-check", "green"),
            (answering.CONFIRM, _("Proof of payment confirmed"), "cash", "green"),
            (answering.DECLINE, _("Report of an enterprise declined"), "ban", "yellow"),
        )
    ),
)

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
