"""What a department's subscriptions cover now, and reading it.

The bureau decides area and industries of a subscription; within them the department may choose every colour. So it may
know the colours of everything that its active subscriptions cover, whatever it chose to be sent. People of a department
have no area. Where they ask for what is covered, they read as a key would whose area are the covered stations: the
policies open published ratings and the register to it and nothing else, and industries are filtered here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from deliveries.models import Receipt, Subscription
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.tenancy.scope import Audience, station_scope

NOTHING = Q(pk__in=())
_READ = ("whole_bureau", "stations", "industries", "active", "url", "failing_since", "paused_why")


@dataclass(frozen=True)
class Part:
    """Stations with the beginnings of industry codes that are covered there; none: every industry."""

    stations: frozenset[int]
    industries: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A station."""

    pk: int
    code: str
    name: str


@dataclass(frozen=True)
class Coverage:
    """The area of a department's active subscriptions. ``actor`` is who reads it, with the covered stations as area.

    ``stations`` are those in it, by id. For a key, all is within its own area. ``area`` are all stations of the bureau, or
    of the key; ``of_bureau`` the ids of all; ``subscriptions`` those whose messages the actor may read, ended ones too.
    """

    actor: Actor
    parts: tuple[Part, ...]
    stations: dict[int, Place]
    area: dict[int, Place]
    subscriptions: tuple[int, ...]
    of_bureau: tuple[int, ...]
    # the navigation's figures, read with the rest: messages to acknowledge, pushes in trouble
    waiting: int = 0
    troubled: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the area is the whole bureau."""
        return len(self.area) == len(self.of_bureau)

    @contextmanager
    def reading(self) -> Iterator[Actor]:
        """Let the block read what is covered: rows of other industries too, so narrow by :meth:`of_rows` or :meth:`covers`."""
        if self.actor.key_id:  # its scope is no wider than its area
            yield self.actor
            return
        with station_scope(self.actor.scope()):
            yield self.actor

    @property
    def whole(self) -> frozenset[int]:
        """The stations where every industry is covered."""
        return frozenset[int]().union(*(part.stations for part in self.parts if not part.industries))

    @property
    def narrows_industries(self) -> bool:
        """Whether a covered station is covered for some industries only."""
        return not self.whole >= set(self.stations)

    def of_rows(self, enterprise: str = "enterprise__") -> Q:
        """Return the condition on rows with a station and an enterprise; ``enterprise`` is the lookup to the latter."""
        whole = self.whole
        found = Q(station_id__in=sorted(whole)) if whole else NOTHING
        for part in self.parts:
            if part.industries and not part.stations <= whole:
                industries = NOTHING
                for code in part.industries:
                    industries |= Q(**{f"{enterprise}industry_code__startswith": code})
                found |= Q(station_id__in=sorted(part.stations)) & industries
        return found

    def covers(self, station_id: int, industry: str) -> bool:
        """Return whether an enterprise of this station and industry is covered."""
        return any(
            station_id in part.stations and (not part.industries or industry.startswith(part.industries))
            for part in self.parts
        )


def coverage(actor: Actor) -> Coverage:
    """Return what the department's active subscriptions cover, nothing for everybody else. Takes one query."""
    if actor.audience is not Audience.DEPARTMENT:
        return Coverage(replace(actor, stations=()), (), {}, {}, (), ())
    places = Station.objects.filter(bureau_id=OuterRef("bureau_id")).order_by("name")
    unread = Receipt.objects.filter(
        bureau_id=actor.bureau_id, department_id=actor.department_id, acknowledged_at=None
    )
    number = unread.order_by().values("department_id").annotate(n=Count("pk")).values("n")
    rows = Subscription.objects.filter(bureau_id=actor.bureau_id, department_id=actor.department_id).annotate(
        places=ArraySubquery(places.values(place=JSONObject(pk="pk", code="code", name="name")))
    )
    if not actor.key_id:
        rows = rows.annotate(unread=Subquery(number))
    wanted: list[Any] = list(rows.only(*_READ).order_by("id"))
    of_bureau = {each["pk"]: Place(**each) for each in (wanted[0].places if wanted else ())}
    mine = frozenset(of_bureau) & frozenset(actor.stations) if actor.key_id else frozenset(of_bureau)
    parts = tuple(
        Part(mine if row.whole_bureau else mine & frozenset(row.stations), tuple(row.industries))
        for row in wanted
        if row.active
    )
    covered = frozenset[int]().union(*(part.stations for part in parts))
    is_whole = mine == frozenset(of_bureau)
    return Coverage(
        replace(actor, stations=tuple(sorted(covered))),
        parts,
        {pk: place for pk, place in of_bureau.items() if pk in covered},
        {pk: place for pk, place in of_bureau.items() if pk in mine},
        tuple(
            row.pk for row in wanted if is_whole or (not row.whole_bureau and set(row.stations) <= mine)
        ),  # as deliveries.selectors.subscriptions
        tuple(of_bureau),
        waiting=(wanted[0].unread or 0) if wanted and not actor.key_id else 0,
        troubled=sum(row.is_troubled for row in wanted),
    )
