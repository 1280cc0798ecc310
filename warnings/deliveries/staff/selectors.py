"""Reads of the supervisors' and operators' pages: departments with their subscriptions, the board by urgency."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.utils import timezone

from deliveries.access import Permission
from deliveries.choices import Paused
from deliveries.models import Attempt, Subscription
from deliveries.selectors import LATE, Figures, alarming, alarms, figures, subscriptions
from deliveries.staff.wording import Trouble, narrowing_sentences, trouble_of
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import Department
from foundation.accounts.selectors import list_departments, names_of_stations

ALARM, FAILING, PAUSED, WAITING, FINE, FETCHED, ENDED = range(7)


# --- the bureau -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Overview:
    """A subscription with the figures of its messages and the trouble with its push."""

    subscription: Subscription
    figures: Figures
    trouble: Trouble | None
    alarm: bool
    sentences: list[str]


@dataclass(frozen=True)
class DepartmentLine:
    """A department with its active and ended subscriptions."""

    department: Department
    live: list[Overview] = field(default_factory=list)
    ended: list[Overview] = field(default_factory=list)


def department_lines(actor: Actor) -> list[DepartmentLine]:
    """Return the departments of the bureau, in order, with their subscriptions."""
    lines = {row.pk: DepartmentLine(row) for row in list_departments(actor, actor.bureau_id)}
    rows: list[Any] = list(_with_fault(subscriptions(actor)).order_by("department_id", "id"))
    counted, stations = figures(actor), names_of_stations(pk for row in rows for pk in row.stations)
    for row in rows:
        overview = Overview(
            row,
            counted.get(row.pk, Figures()),
            trouble_of(row, row.last_fault or ""),
            is_alarming(row),
            narrowing_sentences(row, stations),
        )
        line = lines[row.department_id]
        (line.live if row.active else line.ended).append(overview)
    return list(lines.values())


def get_subscription(actor: Actor, subscription_id: int) -> Subscription:
    """Return a subscription the actor may see, with ``last_fault``. Raise Subscription.DoesNotExist otherwise."""
    return _with_fault(subscriptions(actor)).get(pk=subscription_id)


def _with_fault(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    last = Attempt.objects.filter(subscription_id=OuterRef("pk"), sequence__gt=0).order_by("-id")
    return rows.annotate(last_fault=Subquery(last.values("fault")[:1]))


# --- the operator -----------------------------------------------------------------------------------------------------
def is_alarming(row: Subscription) -> bool:
    """Return whether :func:`deliveries.selectors.alarms` includes the subscription."""
    if not row.active or row.paused_why == Paused.MANUAL:
        return False
    since = [each for each in (row.failing_since, row.snapshot_asked_at) if each is not None]
    return bool(row.paused_why) or any(each < timezone.now() - LATE for each in since)


def board(actor: Actor) -> QuerySet[Subscription]:
    """Return all subscriptions, the most urgent first, each with ``urgency`` and ``last_fault``."""
    waits = Q(last_sequence__gt=F("last_delivered"))
    urgency = Case(
        When(Q(active=False), then=ENDED),
        When(alarming(), then=ALARM),
        When(paused_why=Paused.MANUAL, then=PAUSED),  # even if it was failing before
        When(failing_since__isnull=False, then=FAILING),
        When(url="", then=FETCHED),
        When(waits, then=WAITING),
        default=FINE,
        output_field=IntegerField(),
    )
    rows = _with_fault(subscriptions(actor)).annotate(urgency=urgency)
    return rows.order_by("urgency", "failing_since", "paused_at", "bureau_id", "department_id", "id")


def alarm_count(actor: Actor) -> int:
    """Return the number of alarms for the operator's navigation."""
    return alarms(actor).order_by().count() if allows(actor, Permission.OPERATE_DELIVERIES) else 0


def totals(actor: Actor) -> dict[str, Any]:
    """Return the totals of active subscriptions, shown above the board. Fetched messages do not count as waiting."""
    pushed, failing = ~Q(url=""), Q(failing_since__isnull=False, paused_why="")
    live = subscriptions(actor).filter(active=True)
    return live.aggregate(
        live=Count("id"),
        paused=Count("id", filter=~Q(paused_why="")),
        failing=Count("id", filter=failing),
        waiting=Sum(F("last_sequence") - F("last_delivered"), filter=pushed),
        failing_since=Min("failing_since", filter=failing),
    )
