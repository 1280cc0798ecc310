"""The figures of a bureau's stations, areas, streets and industries, and where each figure leads.

Each figure counts what the list behind it shows: the conditions come from the selectors that the lists use.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from enterprises.grouping import Grouping, Key
from enterprises.open_work import due, values_for
from enterprises.selectors import away_on, list_enterprises, list_stations, serving_liaisons
from foundation.accounts.access import STATION_ROLES
from foundation.accounts.actors import Actor
from foundation.accounts.models import RoleGrant
from foundation.contributions.work import works
from foundation.database.composing import Statement, union
from foundation.ui import links
from inspections.models import Hazard
from inspections.selectors import (
    DEADLINE,
    JUDGED,
    LATE,
    ON_TIME,
    OVERDUE_NOW,
    inspections_within_a_year,
    timely,
)
from ratings.comparing import movement
from ratings.models import Evaluation

WINDOW = dt.timedelta(days=180)  # how far the rate of hazards rectified on time looks back
COLOURS = ("green", "yellow", "red", "grey")


@dataclass
class Figures:
    """The figures of one group of enterprises, or of all."""

    key: Key = ()
    name: str = ""
    note: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)  # what leaves this group in a list
    is_exact: bool = True  # whether a list can leave exactly this group
    colours: dict[str, int] = field(default_factory=dict)
    without_liaison: int = 0
    inspected: int = 0
    open_hazards: int = 0
    overdue: int = 0
    judged: int = 0
    on_time: int = 0
    down: int = 0
    up: int = 0
    open_work: int = 0
    officers: int = 0

    @property
    def enterprises(self) -> int:
        return sum(self.colours.values())

    @property
    def late(self) -> int:
        return self.judged - self.on_time

    @property
    def not_inspected(self) -> int:
        return self.enterprises - self.inspected

    @property
    def on_time_rate(self) -> float | None:
        """Hazards rectified on time ÷ those closed or overdue, of the hazards found in the window, in per cent."""
        return self.on_time * 100 / self.judged if self.judged else None

    @property
    def coverage(self) -> float | None:
        """Enterprises inspected within twelve months, in per cent of those on the register."""
        return self.inspected * 100 / self.enterprises if self.enterprises else None

    @property
    def work_per_officer(self) -> float | None:
        return self.open_work / self.officers if self.officers else None

    @property
    def red_share(self) -> float:
        return self.colours.get("red", 0) / self.enterprises if self.enterprises else 0

    @property
    def trouble(self) -> float:
        """Enterprises that fell and overdue hazards, for each enterprise: whom the bureau should ask first."""
        return (self.down + self.overdue) / self.enterprises if self.enterprises else 0

    # --- the lists ---

    def listed(self, **narrowing: Any) -> str:
        """Return the address of the group's enterprises, narrowed; "" if no list has exactly these."""
        return links.to("enterprises:list", **self.query, **narrowing) if self.is_exact else ""

    def hazards(self, value: str) -> str:
        """Return the address of the group's hazards by their deadline, of those found in the window."""
        if not self.is_exact:
            return ""
        since = {} if value == OVERDUE_NOW else {"since": first_day(timezone.localdate()).isoformat()}
        return links.to("inspections:hazards", state="all", timely=value, **since, **self.query)

    @property
    def urls(self) -> dict[str, str]:
        """The list behind each figure of the register and of hazards."""
        return {
            "all": self.listed(),
            **{colour: self.listed(colour=colour) for colour in COLOURS},
            "without_liaison": self.listed(liaison="none"),
            "inspected": self.listed(inspected="year"),
            "not_inspected": self.listed(inspected="none"),
            "overdue": self.hazards(OVERDUE_NOW),
            "judged": self.hazards(JUDGED),
            "late": self.hazards(LATE),
        }

    def rated(self, quarter: str, **narrowing: Any) -> str:
        """Return the address of the group's ratings in a quarter, narrowed; "" if no list has exactly these."""
        return links.to("ratings:rated", quarter=quarter, **self.query, **narrowing) if self.is_exact else ""


ADDED = (
    "without_liaison",
    "inspected",
    "open_hazards",
    "overdue",
    "judged",
    "on_time",
    "down",
    "up",
    "open_work",
    "officers",
)


def first_day(today: dt.date) -> dt.date:
    """Return the first day of the window."""
    return today - WINDOW + dt.timedelta(days=1)


def total(groups: Iterable[Figures]) -> Figures:
    """Return the figures of all groups together."""
    found, colours = Figures(), Counter[str]()
    for each in groups:
        colours.update(each.colours)
        for name in ADDED:
            setattr(found, name, getattr(found, name) + getattr(each, name))
    found.colours = {colour: colours[colour] for colour in COLOURS if colours[colour]}
    return found


def compare(actor: Actor, grouping: Grouping, runs: Sequence[Evaluation]) -> list[Figures]:
    """Return the figures of each group, in at most five queries. ``runs`` are those of the last rated quarter.

    The caller keeps PostgreSQL from nested loops, by which it would compare each record with all who are off the register.

    Stations come in the order of their codes, also without enterprises; other groups by their size, the largest first.
    """
    today = timezone.localdate()
    found: dict[Key, Figures] = {}
    stations: dict[int, str] = {}
    if grouping.code == "station":
        here = RoleGrant.objects.filter(
            station=OuterRef("pk"), role__in=STATION_ROLES, revoked_at=None, user__is_active=True
        )
        people = here.order_by().values("station").annotate(number=Count("user_id", distinct=True))
        rows = list_stations(actor).annotate(officers=Subquery(people.values("number")))
        for pk, name, officers in rows.values_list("pk", "name", "officers"):
            stations[pk] = name
            found[(pk,)] = Figures((pk,), officers=officers or 0)

    def of(key: Iterable[Any]) -> Figures:
        return found.setdefault(tuple(key), Figures(tuple(key)))

    columns, beside = grouping.columns(), grouping.columns("enterprise__")
    registered = list_enterprises(actor, today=today).order_by()
    inspected = Count("pk", filter=Q(Exists(inspections_within_a_year(today))))
    by_colour = registered.annotate(**columns).values_list(*columns, "colour")
    vacant = Count("pk", filter=~Q(Exists(serving_liaisons())))
    counted = by_colour.annotate(number=Count("pk"), seen=inspected, vacant=vacant)
    for *key, colour, number, seen, without in counted:
        each = of(key)
        each.colours[colour] = number
        each.inspected += seen
        each.without_liaison += without
    for *key, open_hazards, overdue, judged, on_time in _hazards(actor, beside, today):
        each = of(key)
        each.open_hazards, each.overdue, each.judged, each.on_time = open_hazards, overdue, judged, on_time
    if runs:
        for key, (down, up) in movement(actor, runs, grouping).items():
            each = of(key)
            each.down, each.up = down, up
    if grouping.code == "station":
        for pk, number in _open_work().rows(values_for(actor)):
            of((pk,)).open_work = number
    return named(found.values(), grouping, stations)


def named(groups: Iterable[Figures], grouping: Grouping, stations: Mapping[int, str]) -> list[Figures]:
    """Return the groups with their names and the parameters of their lists, without stations that are gone."""
    found = [each for each in groups if grouping.code != "station" or each.key[0] in stations]
    wider = grouping.wider(each.key for each in found)
    for each in found:
        each.name, each.note = grouping.name(each.key, stations), grouping.note(each.key)
        each.query, each.is_exact = grouping.query(each.key), each.key not in wider
    if grouping.code == "station":
        order = list(stations)
        return sorted(found, key=lambda each: order.index(each.key[0]))
    return sorted(found, key=lambda each: (-each.enterprises, each.key))


def _hazards(actor: Actor, columns: Mapping[str, Any], today: dt.date) -> list[tuple[Any, ...]]:
    """Return for each group its open and overdue hazards, and of those found in the window judged and on time."""
    recent = Q(found_on__gte=first_day(today))
    here = Q(~Exists(away_on(today, "enterprise_id")))
    rows = (
        Hazard.objects.filter(recent | Q(closed_on=None), station_id__in=actor.stations, voided_at=None)
        .annotate(deadline=DEADLINE, **columns)
        .order_by()
        .values_list(*columns)
        .annotate(
            open_hazards=Count("pk", filter=Q(closed_on=None) & here),
            overdue=Count("pk", filter=timely(OVERDUE_NOW, today)),
            judged_=Count("pk", filter=timely(JUDGED, today) & recent),
            on_time_=Count("pk", filter=timely(ON_TIME, today) & recent),
        )
    )
    return list(rows)


@cache
def _open_work() -> Statement:
    """Return the statement that counts the open work of each station, as its page lists it."""
    parts = [due(work, work.rows()).annotate(of_=F("station_id")).values_list("of_", "pk") for work in works]
    rows = union(parts)
    return Statement(
        f"SELECT parts.station, count(*) FROM ({rows.sql}) parts (station, pk) GROUP BY 1", rows.params
    )
