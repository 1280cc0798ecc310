"""Who is notified of disputes. Enterprises see none, because disputes may name persons."""

from django.utils.translation import gettext_lazy as _

from disputes.filing.risk import HIGH
from disputes.staff.views import DisputePages
from facts.causes import act_for_officers, corrections, new_records
from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, register

DISPUTES = DisputePages()

register(
    *new_records(DISPUTES, police=_("A new dispute: %(object)s")),
    act_for_officers(DISPUTES, "settle", _("Settled: %(object)s")),
    act_for_officers(DISPUTES, "reopen", _("Open again: %(object)s")),
    *corrections(DISPUTES),
    Cause(
        HIGH,
        _("A dispute may grow: its risk is high."),
        frozenset({Role.CHIEF}),
        "flame",
        page="disputes:detail",
        tone="red",
    ),
)
