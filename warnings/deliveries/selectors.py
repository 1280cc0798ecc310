"""Reads of the deliveries. The first argument is the actor who asks."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from deliveries.choices import Outcome, Paused
from deliveries.models import SECRETS, Attempt, Event, Receipt, Subscription, TestEvent
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.tenancy.scope import Audience

# A push that has been failing, or a first message that has not been written, for longer is an alarm.
LATE = dt.timedelta(hours=1)


def _mine(actor: Actor) -> Q | None:
    """Return the condition for rows the actor may see; None if there are none.

    A department sees its own, a supervisor and the system those of their bureau, an operator all. Officers of a station
    and enterprises see none.
    """
    if actor.audience is Audience.DEPARTMENT:
        return Q(bureau_id=actor.bureau_id, department_id=actor.department_id)
    if actor.audience is Audience.SYSTEM or (actor.is_police and not actor.station_id):
        return Q(bureau_id=actor.bureau_id)
    return Q() if actor.audience is Audience.OPERATOR else None


def subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """Return the subscriptions the actor may see, with department and bureau. An API key sees those within its area."""
    mine = _mine(actor)
    if mine is None:
        return Subscription.objects.none()
    found = Subscription.objects.filter(mine).select_related("department", "bureau")
    if actor.key_id:
        # Only a key that covers all stations may see a subscription for the whole bureau.
        beyond = Station.objects.filter(bureau_id=OuterRef("bureau_id")).exclude(pk__in=actor.stations)
        within = Q(stations__contained_by=list(actor.stations)) & Q(whole_bureau=False)
        found = found.filter(~Q(Exists(beyond)) | within)
    return found


def alarming() -> Q:
    """Return the condition for alarms: failing, or without its first message, for more than an hour; or paused, but not by hand.

    Assumes active ones.
    """
    late = timezone.now() - LATE
    troubled = Q(failing_since__lt=late) | Q(snapshot_asked_at__lt=late) | ~Q(paused_why="")
    return troubled & ~Q(paused_why=Paused.MANUAL)


def alarms(actor: Actor) -> QuerySet[Subscription]:
    """Return the active subscriptions that need attention, the longest failing first."""
    return subscriptions(actor).filter(alarming(), active=True).order_by("failing_since", "id")


def events(actor: Actor, *, subscription_id: int, after: int = 0) -> QuerySet[Event]:
    """Return the messages of a subscription after a number, in order, for the department and the system only.

    They are the same messages that are pushed.
    """
    mine = _mine(actor)
    if mine is None or actor.audience not in (Audience.DEPARTMENT, Audience.SYSTEM):
        return Event.objects.none()
    if actor.key_id:
        mine &= Q(subscription_id__in=subscriptions(actor).values("pk"))
    return Event.objects.filter(mine, subscription_id=subscription_id, sequence__gt=after).order_by(
        "sequence"
    )


RATINGS_AT_ONCE = 5_000  # ten full messages, three megabytes in all


def next_events(actor: Actor, *, subscription_id: int, after: int, limit: int) -> tuple[list[Event], bool]:
    """Return at most ``limit`` messages after a number, fewer if they are large, and whether more follow."""
    found = events(actor, subscription_id=subscription_id, after=after)
    sizes = list(found.values_list("sequence", "size")[: limit + 1])
    taken, last = 0, after
    for sequence, size in sizes[:limit]:
        if taken and taken + size > RATINGS_AT_ONCE:
            break
        taken, last = taken + max(size, 1), sequence
    return list(found.filter(sequence__lte=last)), bool(sizes) and sizes[-1][0] > last


def with_payloads(actor: Actor, found: Sequence[Event]) -> list[Event]:
    """Return messages of one subscription with ``receipt`` and ``visible_payload``.

    ``visible_payload`` is None if the message covers stations outside the area of the actor's key.
    """
    if not found:
        return []
    rows = receipts(actor, subscription_id=found[0].subscription_id).select_related(None)
    of = {row.sequence: row for row in rows.filter(sequence__in=[event.sequence for event in found])}
    area = area_of(actor)
    for event in found:
        payload = event.payload
        event.visible_payload = None if _reaches_beyond(payload, area) else payload
        event.receipt = of[event.sequence]
    return list(found)


def area_of(actor: Actor) -> frozenset[str] | None:
    """Return the station codes of a key's area; None if the actor is no key or its area is the whole bureau."""
    if not actor.key_id:
        return None
    stations = Station.objects.filter(bureau_id=actor.bureau_id).values_list("pk", "code")
    codes = dict(stations)
    return None if set(codes) <= set(actor.stations) else frozenset(codes[pk] for pk in actor.stations)


def _reaches_beyond(payload: dict[str, Any], area: frozenset[str] | None) -> bool:
    """Return whether a message covers stations outside the area. Its subscription may have been wider at the time."""
    if area is None:
        return False
    return any(rating["station"]["code"] not in area for rating in payload["data"].get("ratings", ()))


def with_station_codes(rows: Sequence[Subscription]) -> list[Subscription]:
    """Return the subscriptions with ``station_codes`` set, sorted."""
    wanted = {station for row in rows for station in row.stations}
    codes = dict(Station.objects.filter(pk__in=wanted).values_list("pk", "code")) if wanted else {}
    for row in rows:
        row.station_codes = sorted(codes[each] for each in row.stations if each in codes)
    return list(rows)


def receipts(actor: Actor, *, subscription_id: int | None = None) -> QuerySet[Receipt]:
    """Return the receipts the actor may see, newest first: the department's or the bureau's, none for operators."""
    mine = _mine(actor)
    if mine is None or actor.audience is Audience.OPERATOR:
        return Receipt.objects.none()
    if actor.key_id:
        mine &= Q(subscription_id__in=subscriptions(actor).values("pk"))
    rows = Receipt.objects.filter(mine).select_related("subscription", "department")
    rows = rows.defer(*(f"subscription__{name}" for name in SECRETS)).order_by("-id")
    return rows.filter(subscription_id=subscription_id) if subscription_id is not None else rows


def attempts(actor: Actor, *, subscription_id: int) -> QuerySet[Attempt]:
    """Return the attempts to push messages of a subscription, newest first."""
    mine = _mine(actor)
    if mine is None:
        return Attempt.objects.none()
    return Attempt.objects.filter(mine, subscription_id=subscription_id).order_by("-id")


def attempt_of_test(actor: Actor, test: TestEvent) -> Attempt | None:
    """Return the attempt at a test event, which says more of a failure than the test event itself; None without an answer."""
    if test.answered_at is None:
        return None
    rows = attempts(actor, subscription_id=test.subscription_id)
    return rows.filter(sequence=0, message_id=test.message_id).first()


TEST_ANSWERS_WITHIN = dt.timedelta(seconds=90)  # after which the worker that sent it has ended


def sent_tests(actor: Actor, *, subscription_id: int | None = None) -> QuerySet[TestEvent]:
    """Return the test events of the department, newest first. An API key sees those of the subscriptions it sees."""
    mine = _mine(actor)
    if mine is None or actor.audience not in (Audience.DEPARTMENT, Audience.SYSTEM):
        return TestEvent.objects.none()
    if actor.key_id:
        mine &= Q(subscription_id__in=subscriptions(actor).values("pk"))
    rows = TestEvent.objects.filter(mine).select_related("subscription").order_by("-id")
    rows = rows.defer(*(f"subscription__{name}" for name in SECRETS))
    return rows.filter(subscription_id=subscription_id) if subscription_id is not None else rows


def state_of_test(test: TestEvent) -> str:
    """Return how far a test event is: ``sending``, ``delivered``, ``failed``, or ``lost`` if no answer will come."""
    if test.answered_at is not None:
        return "delivered" if test.was_delivered else "failed"
    return "lost" if timezone.now() - (test.sent_at or test.requested_at) > TEST_ANSWERS_WITHIN else "sending"


@dataclass(frozen=True)
class Figures:
    """Numbers of a subscription's messages: written, delivered, acknowledged, answered."""

    written: int = 0
    delivered: int = 0
    acknowledged: int = 0
    answered: int = 0
    unread_since: dt.datetime | None = None

    @property
    def unread(self) -> int:
        return self.written - self.acknowledged


def figures(actor: Actor, *, subscription_id: int | None = None) -> dict[int, Figures]:
    """Return the figures of each subscription that has messages, by id, in one query."""
    rows = receipts(actor, subscription_id=subscription_id).select_related(None).order_by()
    counted: Any = rows.values("subscription_id").annotate(
        written=Count("id"),
        delivered=Count("delivered_at"),
        acknowledged=Count("acknowledged_at"),
        answered=Count("answered_at"),
        unread_since=Min("written_at", filter=Q(acknowledged_at=None)),
    )
    return {row.pop("subscription_id"): Figures(**row) for row in counted}


def skipped(actor: Actor, subscription_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return, by subscription, the numbers of the messages that somebody skipped and that were not delivered since."""
    undelivered = receipts(actor).filter(
        subscription_id=OuterRef("subscription_id"), sequence=OuterRef("sequence"), delivered_at=None
    )
    mine = _mine(actor)
    if mine is None:
        return {}
    rows = (
        Attempt.objects.filter(mine, subscription_id__in=list(subscription_ids), outcome=Outcome.SKIPPED)
        .filter(Exists(undelivered))
        .order_by("sequence")
    )
    found: dict[int, list[int]] = {}
    for number, sequence in rows.values_list("subscription_id", "sequence").distinct():
        found.setdefault(number, []).append(sequence)
    return found


def last_delivered(actor: Actor, subscription_id: int) -> int:
    """Return the number of the last message that was really delivered, 0 if none was."""
    rows = receipts(actor, subscription_id=subscription_id).exclude(delivered_at=None)
    return rows.aggregate(last=Max("sequence"))["last"] or 0


def quarters(actor: Actor) -> list[str]:
    """Return the quarters of the receipts that the actor may see, newest first."""
    codes = receipts(actor).select_related(None).order_by("-period_code")
    return list(codes.values_list("period_code", flat=True).distinct())
