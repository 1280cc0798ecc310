"""Who is notified of disputes. Enterprises see none, because disputes may name persons."""

from django.utils.translation import gettext_lazy as _

from disputes.agreements.notifications import AGREEMENT_CAUSES
from disputes.filing.risk import HIGH
from disputes.staff.views import DisputePages
from enterprises.concerned import by_person
from facts.causes import act_for_officers, corrections, new_records
from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, register

DISPUTES = DisputePages()

register(
    *new_records(DISPUTES, police=_("A new dispute: %(object)s")),
    act_for_officers(DISPUTES, "settle", _("Settled: %(object)s")),
    # by the system it is told as the breach of an agreement
    act_for_officers(DISPUTES, "reopen", _("Open again: %(object)s"), when=by_person),
    *corrections(DISPUTES),
    *AGREEMENT_CAUSES,
    Cause(
        HIGH,
        _("A dispute may grow: its risk is high."),
        frozenset({Role.CHIEF}),
        "flame",
        page="disputes:detail",
        tone="red",
    ),
)
