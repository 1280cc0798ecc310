"""Who is notified of disputes. Enterprises see none, because disputes may name persons."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from disputes.after import surveys
from disputes.agreements.notifications import AGREEMENT_CAUSES
from disputes.choices import ReportAbout
from disputes.filing.leading import LEAD
from disputes.filing.risk import HIGH
from disputes.kinds import kind_label
from disputes.reporting import answering, submitting
from disputes.staff.views import DisputePages
from enterprises.concerned import by_person
from facts.causes import OFFICERS, act_for_officers, corrections, new_records
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.contributions.notifications import Cause, Happening, register

DISPUTES = DisputePages()
TOLD = {"about": lambda code: dict(ReportAbout.choices).get(code, code)}
OF_KIND = {"object": kind_label}
LED, LED_MANY = "dispute.lead", "dispute.lead.many"


def _lead(happening: Happening) -> Q:
    dispute = happening.target
    return Q(user_id=dispute.lead_id, station_id=dispute.station_id, role__in=STATION_ROLES)


def _disputes(number: Any) -> str:
    return ngettext("%(number)d dispute", "%(number)d disputes", number) % {"number": number}


register(
    *new_records(DISPUTES, police=_("A new dispute: %(object)s")),
    act_for_officers(DISPUTES, "settle", _("Settled: %(object)s")),
    # by the system it is told as the breach of an agreement
    act_for_officers(DISPUTES, "reopen", _("Open again: %(object)s"), when=by_person),
    act_for_officers(DISPUTES, "close", _("Closed: %(object)s")),
    *corrections(DISPUTES),
    *AGREEMENT_CAUSES,
    Cause(
        surveys.BROKE_OUT,
        _(
            "A survey says that a settled dispute is not kept, or has broken out again (%(object)s). Decide what follows."
        ),
        STATION_ROLES,
        "message-exclamation",
        page="disputes:detail",
        tone="red",
        shown=OF_KIND,
    ),
    Cause(
        surveys.ANSWERED,
        _("The survey of a settled dispute was answered (%(object)s)"),
        STATION_ROLES,
        "clipboard-check",
        page="disputes:detail",
        shown=OF_KIND,
    ),
    Cause(
        LED,
        _("You lead it now: %(object)s"),
        STATION_ROLES,
        "user-check",
        page="disputes:detail",
        on=(f"dispute.{LEAD}",),
        when=lambda happening: bool(happening.target.lead_id),
        who=_lead,
        together=LED_MANY,
    ),
    Cause(
        LED_MANY,
        _("You lead them now, %(number)s: %(object)s"),
        STATION_ROLES,
        "user-check",
        page="disputes:list",
        takes_id=False,
        shown={"number": _disputes},
    ),
    Cause(
        HIGH,
        _("A dispute may grow: its risk is high."),
        frozenset({Role.CHIEF}),
        "flame",
        page="disputes:detail",
        tone="red",
    ),
    Cause(
        submitting.TOLD,
        _("%(enterprise)s: %(about)s. Answer it."),
        OFFICERS,
        "message-exclamation",
        page="disputes:report",
        tone="yellow",
        shown=TOLD,
    ),
    *(
        Cause(code, words, ENTERPRISE_ROLES, icon, page="disputes:own_report", tone=tone, shown=TOLD)
        for code, words, icon, tone in (
            (
                answering.TAKEN,
                _("%(about)s %(number)s: the station has taken it on"),
                "circle-check",
                "green",
            ),
            (
                answering.CONFIRMED,
                _("%(about)s %(number)s: the station has recorded the payment"),
                "cash",
                "green",
            ),
            (
                answering.DECLINED,
                _("%(about)s %(number)s: the station has declined it. Read why."),
                "ban",
                "yellow",
            ),
        )
    ),
)
