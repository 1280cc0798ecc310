"""What the pages of supervisors and operators read: figures per subscription, the board by urgency."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models import IntegerField as Whole
from django.utils import timezone

from deliveries.choices import ANY, NOTHING, Paused
from deliveries.models import Attempt, Receipt, Subscription
from deliveries.selectors import LATE, alarming, alarms, attempts, receipts, subscriptions
from deliveries.staff.wording import Trouble, trouble
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import Department
from foundation.accounts.selectors import list_departments, list_stations
from ratings.choices import EvaluationKind, EvaluationState
from ratings.selectors import evaluations, in_force

COUNTED_UP_TO = 100_000  # ratings of a quarter a form counts while somebody waits
ALARM, FAILING, PAUSED, WAITING, FINE, FETCHED, ENDED = range(7)


# --- the bureau -------------------------------------------------------------------------------------------------------
@dataclass
class Told:
    """A subscription with what became of its messages."""

    subscription: Subscription
    written: int = 0
    delivered: int = 0
    acknowledged: int = 0
    answered: int = 0
    unread_since: dt.datetime | None = None
    trouble: Trouble | None = None
    alarm: bool = False


@dataclass
class Line:
    """A department with its subscriptions."""

    department: Department
    live: list[Told] = field(default_factory=list)
    ended: list[Told] = field(default_factory=list)


def station_names(actor: Actor) -> dict[int, str]:
    """Id → name of the stations the actor may name."""
    return dict(list_stations(actor).values_list("pk", "name"))


def departments(actor: Actor) -> list[Line]:
    """The departments of the bureau, in order, with their subscriptions and figures."""
    lines = {row.pk: Line(row) for row in list_departments(actor, actor.bureau_id)}
    rows = list(_with_fault(subscriptions(actor)).order_by("department_id", "id"))
    figures = _figures(receipts(actor))
    for row in rows:
        told = _told(row, figures.get(row.pk, {}))
        line = lines[row.department_id]
        (line.live if row.active else line.ended).append(told)
    return list(lines.values())


def figures_of(actor: Actor, subscription: Subscription) -> Told:
    """One subscription with its figures; ``subscription`` comes from :func:`subscription`."""
    return _told(
        subscription,
        _figures(receipts(actor, subscription_id=subscription.pk)).get(subscription.pk, {}),
    )


def subscription(actor: Actor, subscription_id: int) -> Subscription:
    """One subscription the actor may see, with the fault of its last attempt. Raises Subscription.DoesNotExist."""
    return _with_fault(subscriptions(actor)).get(pk=subscription_id)


def _figures(rows: QuerySet[Receipt]) -> dict[int, dict[str, Any]]:
    found = rows.select_related(None).order_by().values("subscription_id").annotate(
        written=Count("id"),
        delivered=Count("delivered_at"),
        acknowledged=Count("acknowledged_at"),
        answered=Count("feedback_at"),
        unread_since=Min("written_at", filter=Q(acknowledged_at=None)),
    )  # fmt: skip
    return {row.pop("subscription_id"): row for row in found}


def _told(row: Subscription, figures: dict[str, Any]) -> Told:
    return Told(row, **figures, trouble=trouble(row, row.last_fault or ""), alarm=is_alarming(row))


def _with_fault(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    last = Attempt.objects.filter(subscription_id=OuterRef("pk")).order_by("-id")
    return rows.annotate(last_fault=Subquery(last.values("fault")[:1]))


def quarters(actor: Actor) -> list[str]:
    """The quarters of which the actor's receipts tell, newest first."""
    codes = (
        receipts(actor).select_related(None).order_by("-period_code").values_list("period_code", flat=True)
    )
    return list(codes.distinct())


def reckoned(actor: Actor, filters: Subscription) -> tuple[str, int] | None:
    """(quarter, number of ratings) the filters would have told of the quarter rated last.

    None where no quarter is rated yet, or the quarter is too large to be counted while somebody waits.
    """
    done = evaluations(actor).filter(kind=EvaluationKind.REGULAR, state=EvaluationState.COMPLETE)
    last = done.order_by("-period_code").values_list("period_code", "registered").first()
    if last is None or last[1] > COUNTED_UP_TO:
        return None
    period = last[0]
    ratings = in_force(actor, period_code=period)
    if filters.stations:
        ratings = ratings.filter(station_id__in=filters.stations)
    if filters.colours:
        ratings = ratings.filter(colour__in=filters.colours)
    ratings = ratings.filter(
        _any(Q(enterprise__industry_code__startswith=code) for code in filters.industries)
    )
    ratings = ratings.filter(_any(map(_step, filters.transitions)))
    return period, ratings.count()


def _step(transition: str) -> Q:
    before, _arrow, after = transition.partition(">")
    found = Q() if after == ANY else Q(colour=after)
    if before == NOTHING:
        return found & Q(previous_colour="")
    return found if before == ANY else found & Q(previous_colour=before)


def _any(conditions: Iterable[Q]) -> Q:
    """One of the conditions; everything where there is none."""
    found = Q()
    for condition in conditions:
        if not condition:
            return Q()
        found |= condition
    return found


# --- the operator -----------------------------------------------------------------------------------------------------
def is_alarming(row: Subscription) -> bool:
    """Whether :func:`deliveries.selectors.alarms` lists it."""
    if not row.active or row.paused_why == Paused.MANUAL:
        return False
    late = row.failing_since is not None and row.failing_since < timezone.now() - LATE
    return late or bool(row.paused_why)


def board(actor: Actor) -> QuerySet[Subscription]:
    """All subscriptions, the most urgent first, each with ``urgency`` and ``last_fault``."""
    waits = Q(last_sequence__gt=F("last_delivered"))
    urgency = Case(
        When(Q(active=False), then=ENDED),
        When(alarming(), then=ALARM),
        When(paused_why=Paused.MANUAL, then=PAUSED),  # whatever it did before
        When(failing_since__isnull=False, then=FAILING),
        When(url="", then=FETCHED),
        When(waits, then=WAITING),
        default=FINE,
        output_field=Whole(),
    )
    rows = _with_fault(subscriptions(actor)).annotate(urgency=urgency)
    return rows.order_by("urgency", "failing_since", "paused_at", "bureau_id", "department_id", "id")


def alarm_count(actor: Actor) -> int:
    """How many pushes need a hand: the operator's figure in the navigation."""
    return alarms(actor).order_by().count() if allows(actor, "deliveries:operate") else 0


def totals(actor: Actor) -> dict[str, Any]:
    """The figures above the board: live subscriptions alone; those a department fetches itself do not wait."""
    pushed, failing = ~Q(url=""), Q(failing_since__isnull=False, paused_why="")
    return subscriptions(actor).filter(active=True).aggregate(
        live=Count("id"),
        paused=Count("id", filter=~Q(paused_why="")),
        failing=Count("id", filter=failing),
        waiting=Sum(F("last_sequence") - F("last_delivered"), filter=pushed),
        failing_since=Min("failing_since", filter=failing),
    )  # fmt: skip


def log(actor: Actor, subscription_id: int) -> QuerySet[Attempt]:
    """The attempts of one subscription, newest first."""
    return attempts(actor, subscription_id=subscription_id)
