"""Who is notified of disputes. Enterprises see none, because disputes may name persons."""

from django.utils.translation import gettext_lazy as _

from disputes.after import surveys
from disputes.agreements.notifications import AGREEMENT_CAUSES
from disputes.choices import ReportAbout
from disputes.filing.risk import HIGH
from disputes.reporting import answering, telling
from disputes.staff.views import DisputePages
from enterprises.concerned import by_person
from facts.causes import OFFICERS, act_for_officers, corrections, new_records
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.contributions.notifications import Cause, register

DISPUTES = DisputePages()
TOLD = {"about": lambda code: dict(ReportAbout.choices).get(code, code)}

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
        _("A survey says that a settled dispute has broken out again (%(object)s). Decide what follows."),
        STATION_ROLES,
        "message-exclamation",
        page="disputes:detail",
        tone="red",
    ),
    Cause(
        surveys.ANSWERED,
        _("The survey of a settled dispute was answered (%(object)s)"),
        STATION_ROLES,
        "clipboard-check",
        page="disputes:detail",
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
        telling.TOLD,
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
