"""A count as pages show it: the weeks of a calendar, and a sentence for each day that was not simply counted."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from foundation.deadlines.calendar import FIRST_YEAR, Sort
from foundation.deadlines.counting import DAY, Count, CountedDay, Part
from foundation.deadlines.words import FESTIVALS, WEEKDAYS
from foundation.words import Words


@dataclass(frozen=True)
class Cell:
    """One day of the calendar. ``day`` is None for days of the week before the start and after the end."""

    on: dt.date
    day: CountedDay | None
    today: dt.date

    @property
    def is_today(self) -> bool:
        return self.day is not None and self.on == self.today

    @property
    def tone(self) -> str:
        """The class of its look."""
        if self.day is None:
            return "out"
        return "last" if self.day.is_last else str(self.day.part)

    @property
    def words(self) -> Words:
        """What the day is, in a few words."""
        return _words(self.day) if self.day else ""

    @property
    def weekday(self) -> Words:
        return WEEKDAYS[self.on.weekday()]

    @property
    def begins_month(self) -> bool:
        """Whether the month is written on it."""
        return self.day is not None and (self.on.day == 1 or self.day.part is Part.START)


def _words(day: CountedDay) -> str:
    festival = str(FESTIVALS[day.festival]) if day.festival else ""
    if day.part is Part.START:
        return _("not counted")
    if day.part is Part.SUSPENDED:
        return _("suspended")
    if day.sort is Sort.HOLIDAY:
        return festival or _("holiday")
    if day.sort is Sort.MADE_UP:
        return (
            _("made up for %(festival)s") % {"festival": festival} if festival else _("made-up working day")
        )
    if day.sort is Sort.WEEKEND:
        return _("weekend")
    return ""


@dataclass(frozen=True)
class Shown:
    """A count with its weeks, each of seven cells from Monday on."""

    count: Count
    today: dt.date

    @property
    def weeks(self) -> list[list[Cell]]:
        return list(self._weeks())

    def _weeks(self) -> Iterator[list[Cell]]:
        by_day = {day.on: day for day in self.count.days}
        monday = self.count.start_on - self.count.start_on.weekday() * DAY
        while monday <= self.count.days[-1].on:
            days = [monday + number * DAY for number in range(7)]
            yield [Cell(on, by_day.get(on), self.today) for on in days]
            monday += 7 * DAY

    @property
    def weekdays(self) -> tuple[Words, ...]:
        return WEEKDAYS

    @property
    def is_before_calendar(self) -> bool:
        """Whether it begins before the first year whose holidays are known."""
        return self.count.start_on.year < FIRST_YEAR

    @property
    def rolled(self) -> bool:
        """Whether the last day was moved because it was no working day."""
        return any(day.part is Part.ROLLED for day in self.count.days)
