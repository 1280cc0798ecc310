"""Disputes waiting to be settled."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.models import Dispute
from disputes.selectors import open_disputes, overdue_disputes
from foundation.contributions.work import Row, Work, register
from foundation.database.composing import SOON, TODAY


def _summary(row: Row) -> str:
    return row.text


register(
    Work(
        code="disputes",
        title=_("Disputes to settle"),
        icon="users",
        rank=50,
        rows=lambda: Dispute.objects.filter(open_disputes() & Q(due_on__lte=SOON)),
        order=("due_on", "pk"),
        text="summary",
        due="due_on",
        title_of=_summary,
        page="disputes:detail",
        act=pgettext_lazy("act", "Settled"),
        act_page="disputes:settle",
        act_is_dialog=True,
        list_page="disputes:list",
        list_query=(("state", "open"),),
        urgent=lambda: Dispute.objects.filter(overdue_disputes(TODAY)),
    )
)
