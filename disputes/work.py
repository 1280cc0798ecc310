"""Disputes waiting to be settled."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.agreements.work import AGREEMENT_WORKS, is_overdue
from disputes.models import Dispute
from disputes.selectors import open_disputes
from disputes.staff.views import DisputePages
from facts.declarations import acts_of
from foundation.contributions.work import Work, register
from foundation.database.composing import SOON, days_before_today

LONG_OPEN_DAYS = 18  # then a dispute is due whatever its deadline


def _due() -> Q:
    """Return the condition for disputes to settle soon: by their deadline, or because they have none or are old."""
    is_old = Q(opened_on__lt=days_before_today(LONG_OPEN_DAYS))
    # one that was reopened because an instalment is overdue stands under those
    return open_disputes() & (Q(due_on__lte=SOON) | Q(due_on=None) | is_old) & ~is_overdue()


register(
    Work(
        code="disputes",
        title=_("Disputes to settle"),
        icon="users",
        rank=50,
        rows=lambda: Dispute.objects.filter(_due()),
        text="summary",
        due="due_on",
        on="opened_on",
        on_label=pgettext_lazy("dispute", "opened"),
        page="disputes:detail",
        acts=acts_of(DisputePages()),
        list_page="disputes:list",
    ),
    *AGREEMENT_WORKS,
)
