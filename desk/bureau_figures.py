"""The stations of a large bureau side by side: counted now and then, shown at once.

Counting reads the register, the hazards and the inspections of the whole bureau: two seconds at a million enterprises.
So a large bureau's figures are kept for an hour and shown with their time; when they are older than a minute, whoever
looks has a worker count anew. A small bureau's are counted for each request.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone

from desk.selectors import StationFigures, station_figures
from enterprises.selectors import list_stations
from foundation.accounts.actors import Actor
from foundation.database import caching

LARGE = 10_000  # enterprises of a bureau
KEPT_S = 3600
FRESH = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Counted:
    """The stations by code; ``at`` is when they were counted, None where it was just now."""

    stations: list[StationFigures]
    at: dt.datetime | None = None

    @property
    def is_old(self) -> bool:
        return self.at is not None and timezone.now() - self.at > FRESH


def recall(actor: Actor) -> Counted:
    """The figures as last counted; counted now where nobody did or the bureau is small."""
    found = None
    with suppress(caching.Unavailable):
        found = caching.kept(_key(actor))
    if found is None:
        return Counted(count(actor))
    at, by_station = found
    stations = []
    for station in list_stations(actor):  # a name may have been changed meanwhile
        if station.pk in by_station:
            by_station[station.pk].station = station
            stations.append(by_station[station.pk])
    return Counted(stations, at)


def count(actor: Actor) -> list[StationFigures]:
    """Count now, and keep what is worth it. Needs the scope of all stations of the actor."""
    at, stations = timezone.now(), station_figures(actor)
    if sum(each.enterprises for each in stations) >= LARGE:
        caching.keep(_key(actor), (at, {each.station.pk: each for each in stations}), KEPT_S)
    return stations


def claim(actor: Actor) -> bool:
    """Return whether it falls to the caller to have the figures counted anew: to one a minute."""
    return caching.claim(_key(actor), FRESH.total_seconds())


def _key(actor: Actor) -> caching.Key:
    """By bureau and stations: the same for its supervisors and for the system that works for all of it."""
    return "desk:bureau", actor.bureau_id, sorted(actor.stations)
