"""A week, or a month in weeks, as the pages show it: officers, days, trips along streets, load, and what is proposed."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from foundation.accounts.actors import Actor
from foundation.accounts.models import Station, User
from foundation.deadlines.calendar import is_working_day
from inspections.choices import VisitState
from inspections.models import Absence, PlannedVisit
from inspections.planning.capping import over_cap_of
from inspections.planning.due import DueWork, Item, due_work, sources_of
from inspections.planning.proposing import Proposal, Trip, propose
from inspections.planning.visits import (
    absences,
    away_on,
    between,
    loads,
    per_day,
    rule_on,
    state_of,
    team_of,
)
from inspections.planning.ways import way_of

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def days_of_week(monday: dt.date, used: Iterable[dt.date] = ()) -> list[dt.date]:
    """Return the days that a week shows: Monday to Friday, a weekend day if it is worked on or used."""
    wanted = set(used)
    days = [monday + DAY * number for number in range(7)]
    return [day for day in days if day.weekday() < 5 or is_working_day(day) or day in wanted]


def month_of(text: str) -> dt.date:
    """Return the first day of a month written as 2026-11. Raise ValueError for any other text."""
    if len(text) != 7 or not text.isascii():
        raise ValueError(text)
    return dt.date.fromisoformat(f"{text}-01")


def next_month(first: dt.date, step: int = 1) -> dt.date:
    """Return the first day of a later or earlier month. From a first day, so that no month is ever skipped or cut."""
    number = first.year * 12 + first.month - 1 + step
    return dt.date(number // 12, number % 12 + 1, 1)


def weeks_of_month(first: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return first and last day of the parts of a month that its weeks are."""
    last, found, begin = next_month(first) - DAY, [], first
    while begin <= last:
        end = min(monday_of(begin) + DAY * 6, last)
        found.append((begin, end))
        begin = end + DAY
    return found


@dataclass(frozen=True)
class Dragged:
    """Visits that are dragged onto an officer's day, and what they keep there: the colleague, and the part of the day."""

    ids: str
    version: str  # what the person sees of each
    officer_id: int  # whose place is taken by the officer of the day
    partner_id: int
    half: str

    @classmethod
    def of(cls, visits: Sequence[PlannedVisit], officer_id: int) -> "Dragged":
        partners = {who for each in visits for who in each.officer_ids} - {officer_id}
        halves = {each.half for each in visits}
        return cls(
            ids=",".join(str(each.pk) for each in visits),
            version=versions_of(visits),
            officer_id=officer_id,
            partner_id=partners.pop() if len(partners) == 1 else 0,
            half=halves.pop() if len(halves) == 1 else "",
        )


def versions_of(visits: Iterable[PlannedVisit]) -> str:
    """Return what tells that none of these visits was changed."""
    return " ".join(f"{each.pk}-{each.version}" for each in visits)


@dataclass
class TripShown:
    """Visits of one officer along one street on one day, and with whom. ``is_new``: only proposed."""

    street: str
    partner: str
    officer_id: int = 0
    visits: list[PlannedVisit] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of the enterprises of a proposal
    is_new: bool = False
    is_hot: bool = False  # one of them is left over, or was due before its day

    @property
    def number(self) -> int:
        return len(self.names) if self.is_new else len(self.visits)

    @property
    def done(self) -> int:
        return sum(bool(getattr(each, "done_id", None)) for each in self.visits)

    @property
    def unapproved(self) -> int:
        return sum(state_of(each) == VisitState.WAITING for each in self.visits)

    @property
    def open_visits(self) -> list[PlannedVisit]:
        return [each for each in self.visits if not getattr(each, "done_id", None)]

    @property
    def dragged(self) -> Dragged | None:
        """What is dragged with this trip; None if nothing of it can be moved."""
        return Dragged.of(self.open_visits, self.officer_id) if self.open_visits else None


@dataclass
class Cell:
    """What one officer does on one day, or in one week of a month."""

    on: dt.date
    until_on: dt.date
    officer: User
    limit: int
    absence: Absence | None = None
    trips: list[TripShown] = field(default_factory=list)

    @property
    def load(self) -> int:
        return sum(trip.number for trip in self.trips)

    @property
    def planned(self) -> int:
        return sum(trip.number for trip in self.trips if not trip.is_new)

    @property
    def proposed(self) -> int:
        return self.load - self.planned

    @property
    def done(self) -> int:
        return sum(trip.done for trip in self.trips)

    @property
    def is_over(self) -> bool:
        return self.load > self.limit

    @property
    def is_broken(self) -> bool:
        """Whether something is planned although the officer is absent."""
        return self.absence is not None and self.planned > self.done


@dataclass
class Line:
    """One officer with their cells."""

    officer: User
    cells: list[Cell]

    @property
    def load(self) -> int:
        return sum(cell.load for cell in self.cells)

    @property
    def limit(self) -> int:
        return sum(cell.limit for cell in self.cells)


class Plan:
    """The plan of one station for some days, from ``first`` to ``last``; with ``proposes`` also what is proposed.

    ``spans`` are the columns: single days of a week, or the weeks of a month.
    """

    def __init__(
        self,
        actor: Actor,
        station: Station,
        spans: Callable[[set[dt.date]], Sequence[tuple[dt.date, dt.date]]],
        *,
        first: dt.date,
        last: dt.date,
        proposes: bool = False,
    ) -> None:
        self.actor, self.station, self.first, self.last, self.proposes = actor, station, first, last, proposes
        self.today = timezone.localdate()
        self.visits = list(between(actor, station.pk, first, last).order_by("on", "half", "pk"))
        self.spans = list(spans({each.on for each in self.visits}))
        self.absences = absences(actor, station.pk, first, last)
        self.rule = rule_on(actor, max(self.today, first))
        self.limit = per_day(self.rule)

    @cached_property
    def nameable(self) -> list[User]:
        """The officers that can be named on a visit."""
        return team_of(self.actor, self.station.pk)

    @cached_property
    def team(self) -> list[User]:
        """The officers that can be named, and whoever has a visit on these days and cannot any more."""
        found = self.nameable
        known = {each.pk for each in found}
        others = {who for each in self.visits for who in each.officer_ids} - known
        return found + (list(User.objects.filter(pk__in=others).defer("password")) if others else [])

    @cached_property
    def on_leave(self) -> list[PlannedVisit]:
        """The visits from today on that lie on an absence of one of their officers, and are to be moved."""
        return [
            each
            for each in self.visits
            if each.on >= self.today
            and not getattr(each, "done_id", None)
            and any(one.officer_id in each.officer_ids and one.covers(each.on) for one in self.absences)
        ]

    @cached_property
    def due(self) -> DueWork:
        """What is to be planned until the last of these days, but at least until the end of this week."""
        return due_work(self.actor, self.station.pk, self.last, today=self.today)

    @cached_property
    def free_days(self) -> list[dt.date]:
        """The working days from today on, which a proposal may use."""
        number = (self.last - self.first).days + 1
        days = (self.first + DAY * each for each in range(number))
        return [day for day in days if day >= self.today and is_working_day(day)]

    def first_with_room(self, officer_id: int) -> dt.date | None:
        """Return the first of ``free_days`` on which an officer is there and has room; None without one."""
        return next((day for day in self.free_days if (officer_id, day) not in self._full), None)

    @cached_property
    def _full(self) -> frozenset[tuple[int, dt.date]]:
        """Officers and days on which they are absent or have as many visits as an officer makes."""
        taken = (key for key, number in loads(self.visits).items() if number >= self.limit)
        return away_on(self.absences, self.free_days).union(taken)

    @cached_property
    def proposal(self) -> Proposal:
        """What is proposed; nothing unless it is asked for."""
        if not self.proposes:
            return Proposal()
        capped = {each.enterprise.pk for each in self.capped}
        return propose(
            [each.job for each in self.due.items if each.enterprise.pk not in capped],
            days=self.free_days,
            officers=[each.pk for each in self.nameable],
            limit=self.limit,
            taken=loads(self.visits),
            away=away_on(self.absences, self.free_days),
        )

    @cached_property
    def capped(self) -> list[Item]:
        """What is due and may not be visited on any of these days, because the year's inspections are made."""
        new = [each for each in self.due.items if each.visit is None]
        if self.rule is None or not new:
            return []
        firms = [each.enterprise for each in new]
        sources = sources_of(self.actor, [each.pk for each in firms])  # as they are when they are taken
        days = {day.year: day for day in self.free_days}.values()
        refused = [over_cap_of(self.rule, self.actor, firms, day, sources) for day in days]
        return [each for each in new if refused and all(each.enterprise.pk in year for year in refused)]

    @cached_property
    def lines(self) -> list[Line]:
        """The officers with what they do in each column."""
        names = {each.enterprise.pk: each.enterprise.name for each in self.due.items}
        people = {each.pk: str(each) for each in self.team}
        return [
            Line(officer, [self._cell(officer, *span, names, people) for span in self.spans])
            # whoever looks comes first
            for officer in sorted(self.team, key=lambda each: each.pk != self.actor.user_id)
        ]

    def _cell(
        self, officer: User, on: dt.date, until_on: dt.date, names: dict[int, str], people: dict[int, str]
    ) -> Cell:
        days = [on + DAY * number for number in range((until_on - on).days + 1)]
        away = [each for each in self.absences if each.officer_id == officer.pk]
        working = [day for day in days if is_working_day(day) and not any(each.covers(day) for each in away)]
        absent = next((each for each in away if all(each.covers(day) for day in days)), None)
        limit = self.limit * len(working)
        cell = Cell(on, until_on, officer, limit, absent)
        trips: dict[tuple[str, str], TripShown] = {}
        for visit in self.visits:
            if not (on <= visit.on <= until_on and officer.pk in visit.officer_ids):
                continue
            is_first = visit.officer_id == officer.pk
            partner = visit.second_name if is_first else visit.officer_name
            way = way_of(visit.enterprise)
            trip = trips.setdefault((way, partner), TripShown(way, partner, officer.pk))
            trip.visits.append(visit)
            due_on = visit.enterprise.next_inspection_on
            trip.is_hot |= state_of(visit, self.today) == VisitState.LEFT or bool(
                due_on and due_on < visit.on and not getattr(visit, "done_id", None)
            )
        cell.trips = list(trips.values())
        for new in self.proposal.trips:
            if on <= new.on <= until_on and officer.pk in new.officers:
                other = next(who for who in new.officers if who != officer.pk)
                shown = TripShown(new.street, people.get(other, ""), is_new=True)
                shown.names = [names.get(pk, "") for pk in new.jobs]
                cell.trips.append(shown)
        return cell


def week_plan(actor: Actor, station: Station, monday: dt.date, *, proposes: bool = False) -> Plan:
    """Return the plan of a week, day by day."""
    return Plan(
        actor,
        station,
        lambda used: [(day, day) for day in days_of_week(monday, used)],
        first=monday,
        last=monday + DAY * 6,
        proposes=proposes,
    )


def month_plan(actor: Actor, station: Station, first: dt.date, *, proposes: bool = False) -> Plan:
    """Return the plan of a month, week by week."""
    return Plan(
        actor,
        station,
        lambda _used: weeks_of_month(first),
        first=first,
        last=next_month(first) - DAY,
        proposes=proposes,
    )


# --- a proposal in an address or a form ----------------------------------------------------------------------------


def written(trip: Trip) -> str:
    """Return a trip as a form carries it."""
    return f"{trip.on.isoformat()}:{trip.officer}:{trip.second}:{','.join(map(str, trip.jobs))}"


def read(text: str, ids: Callable[[Any], int | None]) -> Trip:
    """Return a trip that a form carried. Raise ValueError for anything else."""
    day, officer, second, jobs = text.split(":")
    people = [ids(officer), ids(second)]
    keys = [ids(each) for each in jobs.split(",")]
    if None in people or None in keys:
        raise ValueError(text)
    return Trip(dt.date.fromisoformat(day), people[0] or 0, people[1] or 0, "", [key or 0 for key in keys])
