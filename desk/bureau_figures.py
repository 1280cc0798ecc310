"""Figures of a bureau's stations side by side, cached for a large bureau.

Counting reads the register, the hazards and the inspections of the whole bureau: two seconds at a million enterprises.
So the figures of a large bureau are kept for an hour and shown with their time. Once they are older than a minute, the
next reader has a worker count again. Those of a small bureau are counted for each request.
"""

import datetime as dt
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
    """The figures by station. ``at`` is when they were counted, None for just now."""

    stations: list[StationFigures]
    at: dt.datetime | None = None

    @property
    def is_old(self) -> bool:
        return self.at is not None and timezone.now() - self.at > FRESH


def recall(actor: Actor) -> Counted:
    """Return the figures as last counted. Counts them now if none are kept, as for a small bureau."""
    found = None
    with caching.tolerated():
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
    """Count the figures now, and keep those of a large bureau. Needs the scope of all the actor's stations."""
    at, stations = timezone.now(), station_figures(actor)
    if sum(each.enterprises for each in stations) >= LARGE:
        caching.keep(_key(actor), (at, {each.station.pk: each for each in stations}), KEPT_S)
    return stations


def claim(actor: Actor) -> bool:
    """Return whether the caller is to have the figures counted again: true for one caller a minute."""
    return caching.claim(_key(actor), FRESH.total_seconds())


def _key(actor: Actor) -> caching.Key:
    """Return the key by bureau and stations: the same for all supervisors and for the system actor."""
    return "desk:bureau", actor.bureau_id, sorted(actor.stations)
