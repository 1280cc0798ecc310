"""Filters of the receipts and the board."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from deliveries.models import Receipt, Subscription
from deliveries.selectors import quarters
from deliveries.staff.selectors import ALARM, FINE, WAITING
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import list_bureaus, list_departments
from foundation.ui.filters import PicksFilter

STAGES = [
    ("undelivered", _("Not delivered")),
    ("unacknowledged", _("Not acknowledged")),
    ("unanswered", _("Without feedback")),
    ("answered", _("With feedback")),
]
_STAGE = {
    "undelivered": Q(delivered_at=None) & ~Q(subscription__url=""),  # fetched messages are never delivered
    "unacknowledged": Q(acknowledged_at=None),
    "unanswered": Q(answered_at=None),
    "answered": Q(answered_at__isnull=False),
}


class ReceiptFilter(filters.FilterSet):
    """Filters receipts by department, quarter and progress."""

    department = PicksFilter(
        field_name="department_id", label=_("Department"), empty_label=_("All departments")
    )
    period = PicksFilter(field_name="period_code", label=_("Quarter"), empty_label=_("All quarters"))
    state = PicksFilter(condition="in_stages", label=_("State"), choices=STAGES, empty_label=_("All"))

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, actor: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        rows = list_departments(actor, actor.bureau_id).values_list("pk", "name")
        self.filters["department"].extra["choices"] = list(rows)
        self.filters["period"].extra["choices"] = [(code, code) for code in quarters(actor)]

    def in_stages(self, values: Sequence[str]) -> Q:
        return reduce(or_, (_STAGE[each] for each in values))


STATES = [
    ("alarm", _("Alarm")),
    ("failing", _("Failing")),
    ("paused", _("Paused")),
    ("waiting", _("Waiting")),
    ("fine", _("Fine")),
    ("fetched", _("Fetched, not pushed")),
    ("ended", _("Ended")),
]
_STATE = {
    "alarm": Q(urgency=ALARM),
    "failing": Q(failing_since__isnull=False, paused_why="", active=True),
    "paused": ~Q(paused_why="") & Q(active=True),
    "waiting": Q(urgency=WAITING),
    "fine": Q(urgency=FINE),
    "fetched": Q(url="", active=True),
    "ended": Q(active=False),
}


class BoardFilter(filters.FilterSet):
    """Filters the board by text, bureau and state."""

    q = filters.CharFilter(method="containing", label=_("Title or department"), max_length=100)
    bureau = PicksFilter(field_name="bureau_id", label=_("Bureau"), empty_label=_("All bureaus"))
    state = PicksFilter(condition="in_states", label=_("State"), choices=STATES, empty_label=_("All"))

    class Meta:
        model = Subscription
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, actor: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        rows = list_bureaus(actor).order_by("code").values_list("pk", "name")
        self.filters["bureau"].extra["choices"] = list(rows)

    def containing(self, rows: QuerySet[Subscription], _name: str, text: str) -> QuerySet[Subscription]:
        text = text.replace("\x00", "").strip()
        return rows.filter(Q(title__icontains=text) | Q(department__name__icontains=text))

    def in_states(self, values: Sequence[str]) -> Q:
        return reduce(or_, (_STATE[each] for each in values))
