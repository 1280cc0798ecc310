"""How deliveries are doing, for those signed in: figures of the database, each role what is its own."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Max, Min, Q, Sum
from django.utils import timezone

from deliveries import selectors
from deliveries.choices import Paused
from deliveries.colours import Publication, last_publication
from foundation.accounts.actors import Actor

LATELY = dt.timedelta(days=30)


@dataclass(frozen=True)
class Pushes:
    """Active subscriptions that are pushed: how many, how many fail or are paused, messages that wait, last success."""

    pushed: int = 0
    failing: int = 0
    paused: int = 0
    waiting: int = 0
    last_delivered_at: dt.datetime | None = None
    failing_since: dt.datetime | None = None


@dataclass(frozen=True)
class Delays:
    """Messages that were delivered lately, and how long that took from writing to the receiver's answer."""

    delivered: int = 0
    average: dt.timedelta | None = None
    longest: dt.timedelta | None = None


@dataclass(frozen=True)
class Status:
    """Everything the status page shows of deliveries. ``published`` is None for the platform's operators."""

    pushes: Pushes
    delays: Delays | None
    published: Publication | None


def status_of(actor: Actor) -> Status:
    """Return the figures of a department's own deliveries, of a bureau's, or for the operator of all. Takes at most three queries."""
    found: dict[str, Any] = (
        selectors.subscriptions(actor)
        .filter(active=True)
        .exclude(url="")
        .order_by()
        .aggregate(
            pushed=Count("id"),
            failing=Count("id", filter=Q(failing_since__isnull=False, paused_why=Paused.NOT)),
            paused=Count("id", filter=~Q(paused_why=Paused.NOT)),
            waiting=Sum(F("last_sequence") - F("last_delivered"), default=0),
            last_delivered_at=Max("last_delivered_at"),
            failing_since=Min("failing_since"),
        )
    )
    if not actor.bureau_id:
        return Status(Pushes(**found), None, None)
    lately = selectors.receipts(actor).select_related(None).order_by()
    delays = lately.filter(delivered_at__gte=timezone.now() - LATELY).aggregate(
        delivered=Count("id"),
        average=Avg(F("delivered_at") - F("written_at")),
        longest=Max(F("delivered_at") - F("written_at")),
    )
    return Status(Pushes(**found), Delays(**delays), last_publication(actor))
