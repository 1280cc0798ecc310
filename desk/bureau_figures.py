"""Figures of a bureau's stations side by side, and of its areas and industries, cached for a large bureau.

Counting reads the register, the hazards and the inspections of the whole bureau: two seconds at a million enterprises.
So the figures of a large bureau are kept for an hour and shown with their time. Once they are older than a minute, the
next reader has a worker count again. Those of a small bureau are counted for each request.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from desk.comparing import Figures, compare, named
from enterprises.grouping import Grouping
from enterprises.selectors import list_stations
from foundation.accounts.actors import Actor
from foundation.database import caching
from ratings.models import Evaluation

LARGE = 10_000  # enterprises of a bureau
KEPT_S = 3600
FRESH = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Counted:
    """The figures by group. ``at`` is when they were counted, None for just now."""

    groups: list[Figures]
    at: dt.datetime | None = None

    @property
    def is_old(self) -> bool:
        return self.at is not None and timezone.now() - self.at > FRESH

    @property
    def is_large(self) -> bool:
        return sum(each.enterprises for each in self.groups) >= LARGE


def recall(actor: Actor, grouping: Grouping, runs: Sequence[Evaluation]) -> Counted:
    """Return the figures as last counted. Counts them now if none are kept, as for a small bureau.

    ``runs`` are those of the last rated quarter.
    """
    found = None
    with caching.tolerated():
        found = caching.kept(_key(actor, grouping, runs))
    if found is None:
        return Counted(count(actor, grouping, runs))
    at, groups = found
    # a name may have been changed meanwhile
    stations = {each.pk: each.name for each in list_stations(actor)} if grouping.code == "station" else {}
    return Counted(named(groups, grouping, stations), at)


def count(actor: Actor, grouping: Grouping, runs: Sequence[Evaluation]) -> list[Figures]:
    """Count the figures now, and keep those of a large bureau. Needs the scope of all the actor's stations."""
    at, groups = timezone.now(), compare(actor, grouping, runs)
    if Counted(groups).is_large:
        caching.keep(_key(actor, grouping, runs), (at, groups), KEPT_S)
    return groups


def claim(actor: Actor, grouping: Grouping, runs: Sequence[Evaluation]) -> bool:
    """Return whether the caller is to have the figures counted again: true for one caller a minute."""
    return caching.claim(_key(actor, grouping, runs), FRESH.total_seconds())


def claim_trend(actor: Actor) -> bool:
    """Return whether the caller is to have the colours of past quarters counted: true for one caller a minute."""
    return caching.claim(("desk:trend", actor.bureau_id), FRESH.total_seconds())


def _key(actor: Actor, grouping: Grouping, runs: Sequence[Evaluation]) -> caching.Key:
    """Return the key by bureau, stations and ratings: the same for all supervisors and for the system actor."""
    ids = [run.pk for run in runs]
    return "desk:compared", grouping.code, actor.bureau_id, sorted(actor.stations), ids
