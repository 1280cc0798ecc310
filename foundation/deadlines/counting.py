"""How the law counts days: pure functions over the legal calendar, the same for every kind of deadline.

The day on which a time limit starts is not counted; if the last day is no working day, the first one after it is
(《公安机关办理行政案件程序规定》 Art. 35). A limit is counted in working days or in calendar days. While it is suspended
no day counts, so a suspension moves the end by as many of the limit's own days as it covers. An extension adds days of
the same unit. When the rule changes for a record (its level was raised), the limit is counted again from its
original start, with what was suspended and extended before.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from foundation.deadlines.calendar import (
    Festival,
    Sort,
    festival_of,
    is_provisional,
    is_working_day,
    sort_of,
)

DAY = dt.timedelta(days=1)
LONGEST = 3660  # days of a limit with its extensions; ten years


class Unit(StrEnum):
    """The days of a limit."""

    WORKING = "working"
    CALENDAR = "calendar"


class Part(StrEnum):
    """What a day is for a limit."""

    START = "start"
    COUNTED = "counted"
    REST = "rest"  # not counted by a limit of working days
    SUSPENDED = "suspended"
    ROLLED = "rolled"  # after the last counted day, which is a rest day


@dataclass(frozen=True)
class Length:
    """So many working or calendar days. Raise ValueError for none, or more than ten years."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.number <= LONGEST:
            raise ValueError(f"a time limit has 1 to {LONGEST} days, not {self.number}")


@dataclass(frozen=True)
class Suspension:
    """Days on which a limit stands still, both included; without ``last_on`` it still does. Raise ValueError if reversed."""

    first_on: dt.date
    last_on: dt.date | None
    reason: str

    def __post_init__(self) -> None:
        if self.last_on is not None and self.last_on < self.first_on:
            raise ValueError("a suspension cannot end before it begins")

    def covers(self, day: dt.date) -> bool:
        """Return whether the limit stands still on that day."""
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


@dataclass(frozen=True)
class Extension:
    """So many more days of the limit's own unit, with the reason."""

    number: int
    reason: str


@dataclass(frozen=True)
class CountedDay:
    """One day as it was counted: what it is in the calendar and for the limit. ``number`` is its place among those counted."""

    on: dt.date
    sort: Sort
    part: Part
    number: int | None = None
    festival: Festival | None = None
    is_last: bool = False
    reason: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether the holidays of its year are not published yet."""
        return is_provisional(self.on.year)


@dataclass(frozen=True)
class Count:
    """A limit as it was counted, day by day. Without ``last_on`` it is suspended and does not end yet."""

    length: Length
    days: tuple[CountedDay, ...]
    last_on: dt.date | None

    @property
    def start_on(self) -> dt.date:
        return self.days[0].on

    @property
    def is_provisional(self) -> bool:
        """Whether it depends on days of a year whose holidays are not published yet."""
        return any(day.is_provisional for day in self.days)

    @property
    def counted(self) -> int:
        """The number of days that were counted."""
        return sum(day.part is Part.COUNTED for day in self.days)


@dataclass(frozen=True)
class Limit:
    """A time limit that runs: the day it starts, its length, and what has happened to it since."""

    start_on: dt.date
    length: Length
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()

    def suspended(self, on: dt.date, reason: str) -> "Limit":
        """Return it standing still from a day on. Raise ValueError if it already does, or from before it started."""
        if on <= self.start_on or any(
            each.last_on is None or each.last_on >= on for each in self.suspensions
        ):
            raise ValueError("it starts later, or is suspended on that day already")
        return replace(self, suspensions=(*self.suspensions, Suspension(on, None, reason)))

    def resumed(self, on: dt.date) -> "Limit":
        """Return it running again from a day on. Raise ValueError if it does not stand still, or only from that day on."""
        if not self.suspensions or self.suspensions[-1].last_on is not None:
            raise ValueError("it is not suspended")
        ended = replace(self.suspensions[-1], last_on=on - DAY)
        return replace(self, suspensions=(*self.suspensions[:-1], ended))

    def extended(self, number: int, reason: str) -> "Limit":
        """Return it longer by so many of its own days. Raise ValueError for none."""
        if number < 1:
            raise ValueError("an extension has at least one day")
        return replace(self, extensions=(*self.extensions, Extension(number, reason)))

    def under(self, length: Length) -> "Limit":
        """Return it under another rule, from its original start; suspensions and extensions stay."""
        return replace(self, length=length)

    def count(self) -> Count:
        """Return how it is counted, day by day. Raise ValueError if it is longer than ten years with its extensions."""
        number = self.length.number + sum(each.number for each in self.extensions)
        whole = Length(number, self.length.unit)
        days, counted = [_day(self.start_on, Part.START)], 0
        for day in _days_after(self.start_on):
            suspension = next((each for each in self.suspensions if each.covers(day)), None)
            works = is_working_day(day)
            if counted == number:  # the last counted day was a rest day
                part = Part.SUSPENDED if suspension else Part.ROLLED
            elif whole.unit is Unit.WORKING and not works:
                part = Part.REST
            elif suspension:
                part = Part.SUSPENDED
            else:
                part, counted = Part.COUNTED, counted + 1
            is_last = counted == number and works and part is not Part.SUSPENDED
            days.append(
                replace(
                    _day(day, part),
                    number=counted if part is Part.COUNTED else None,
                    is_last=is_last,
                    reason=suspension.reason if suspension and part is Part.SUSPENDED else "",
                )
            )
            if is_last or (suspension and suspension.last_on is None):
                break
        return Count(whole, tuple(days), days[-1].on if days[-1].is_last else None)


def _days_after(day: dt.date) -> Iterator[dt.date]:
    while True:
        day += DAY
        yield day


def _day(on: dt.date, part: Part) -> CountedDay:
    return CountedDay(on, sort_of(on), part, festival=festival_of(on))


def counted_until(start_on: dt.date, last_on: dt.date, unit: Unit) -> Count:
    """Return how a day that somebody chose is counted from the start: the days of the unit up to it, none on the start."""
    days, counted, day = [_day(start_on, Part.START)], 0, start_on
    while day < last_on:
        day += DAY
        if unit is Unit.WORKING and not is_working_day(day):
            days.append(replace(_day(day, Part.REST), is_last=day == last_on))
            continue
        counted += 1
        days.append(replace(_day(day, Part.COUNTED), number=counted, is_last=day == last_on))
    return Count(Length(max(counted, 1), unit), tuple(days), last_on)
