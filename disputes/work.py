"""Disputes waiting to be settled."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.models import Dispute
from disputes.selectors import open_disputes, overdue_disputes
from facts.four_eyes import is_own
from foundation.contributions.work import Row, Work, register
from foundation.database.composing import SOON, TODAY, days_before_today

LONG_OPEN_DAYS = 18  # then a dispute is due whatever its deadline


def _due() -> Q:
    """Return the condition for disputes to settle soon: by their deadline, or because they have none or are old."""
    is_old = Q(opened_on__lt=days_before_today(LONG_OPEN_DAYS))
    return open_disputes() & (Q(due_on__lte=SOON) | Q(due_on=None) | is_old)


def _summary(row: Row) -> str:
    return row.text


register(
    Work(
        code="disputes",
        title=_("Disputes to settle"),
        icon="users",
        rank=50,
        rows=lambda: Dispute.objects.filter(_due()),
        order=(F("due_on").asc(nulls_last=True), "opened_on", "pk"),
        text="summary",
        due="due_on",
        on="opened_on",
        on_label=pgettext_lazy("dispute", "opened"),
        title_of=_summary,
        page="disputes:detail",
        act=pgettext_lazy("act", "Record the settlement"),
        act_page="disputes:settle",
        act_is_dialog=True,
        for_another=is_own,
        list_page="disputes:list",
        urgent=lambda: Dispute.objects.filter(overdue_disputes(TODAY)),
    )
)
