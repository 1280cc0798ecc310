"""Reads of the deliveries: who asks comes first."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliveries.models import Attempt, Event, Receipt, Subscription
from foundation.accounts.actors import Actor
from foundation.tenancy.scope import Audience

LATE = dt.timedelta(hours=1)  # a receiver that has been failing for longer is worth a call


def _mine(actor: Actor) -> Q | None:
    """Rows the actor may see: a department's own, a supervisor's and the system's bureau, all for an operator.

    None for everybody else: officers of a station and enterprises are told by other means.
    """
    if actor.audience is Audience.DEPARTMENT:
        return Q(bureau_id=actor.bureau_id, department_id=actor.department_id)
    if actor.audience is Audience.SYSTEM or (actor.is_police and not actor.station_id):
        return Q(bureau_id=actor.bureau_id)
    return Q() if actor.audience is Audience.OPERATOR else None


def subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """The subscriptions the actor may see, with their departments."""
    mine = _mine(actor)
    if mine is None:
        return Subscription.objects.none()
    return Subscription.objects.filter(mine).select_related("department", "bureau")


def alarms(actor: Actor) -> QuerySet[Subscription]:
    """Subscriptions somebody should look at: paused (not by hand), or failing for more than an hour."""
    late = Q(failing_since__lt=timezone.now() - LATE)
    paused = ~Q(paused_why="") & ~Q(paused_why="manual")
    return subscriptions(actor).filter(late | paused, active=True).order_by("failing_since", "id")


def events(actor: Actor, *, subscription_id: int, after: int = 0) -> QuerySet[Event]:
    """The messages of a subscription after a number, in order: the department's alone (and the system's).

    The same messages that are pushed, for whoever was down or cannot be reached.
    """
    mine = _mine(actor)
    if mine is None or actor.audience not in (Audience.DEPARTMENT, Audience.SYSTEM):
        return Event.objects.none()
    return Event.objects.filter(mine, subscription_id=subscription_id, sequence__gt=after).order_by(
        "sequence"
    )


def receipts(actor: Actor, *, subscription_id: int | None = None) -> QuerySet[Receipt]:
    """Pushed, acknowledged, answered: for the department and its bureau, newest first. Not for operators."""
    mine = _mine(actor)
    if mine is None or actor.audience is Audience.OPERATOR:
        return Receipt.objects.none()
    rows = Receipt.objects.filter(mine).select_related("subscription", "department").order_by("-id")
    return rows.filter(subscription_id=subscription_id) if subscription_id is not None else rows


def attempts(actor: Actor, *, subscription_id: int) -> QuerySet[Attempt]:
    """What was tried for a subscription, newest first."""
    mine = _mine(actor)
    if mine is None:
        return Attempt.objects.none()
    return Attempt.objects.filter(mine, subscription_id=subscription_id).order_by("-id")
