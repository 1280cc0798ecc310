"""The legal calendar: working days in mainland China.

Source: the State Council's yearly notice on holidays, through ``chinesecalendar`` (from 2004 to the last year it
knows). Beyond that the ``holidays`` package, whose days for coming years are provisional: without make-up working days.
"""

import datetime as dt
import hashlib
from enum import StrEnum
from functools import lru_cache

import holidays
import structlog
from chinese_calendar import constants

logger = structlog.get_logger(__name__)
FIRST_YEAR, LAST_YEAR = 2004, max(constants.holidays).year


@lru_cache(maxsize=8)
def _provisional(year: int) -> holidays.HolidayBase:
    logger.warning("working days are provisional: chinesecalendar does not know this year yet", year=year)
    return holidays.country_holidays("CN", years=year, language="en_US")


class Sort(StrEnum):
    """What a day of the legal calendar is."""

    WORKING = "working"
    MADE_UP = "made_up"  # a Saturday or Sunday on which offices work, for a holiday
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # of the notice, with the days off in exchange for those made up


def is_provisional(year: int) -> bool:
    """Return whether no notice on the holidays of that year is known, so that make-up working days are missing."""
    return not FIRST_YEAR <= year <= LAST_YEAR


def sort_of(day: dt.date) -> Sort:
    """Return what a day is."""
    is_weekend = day.weekday() >= 5
    if is_provisional(day.year):
        if day in _provisional(day.year):
            return Sort.HOLIDAY
        return Sort.WEEKEND if is_weekend else Sort.WORKING
    if day in constants.holidays:
        return Sort.HOLIDAY
    if day in constants.workdays:
        return Sort.MADE_UP
    return Sort.WEEKEND if is_weekend else Sort.WORKING


def is_working_day(day: dt.date) -> bool:
    """Return whether offices work on that day."""
    return sort_of(day) in (Sort.WORKING, Sort.MADE_UP)


class Festival(StrEnum):
    """The festivals of the notice, by the names that chinesecalendar gives its members."""

    NEW_YEAR = "new_years_day"
    SPRING = "spring_festival"
    TOMB_SWEEPING = "tomb_sweeping_day"
    LABOUR = "labour_day"
    DRAGON_BOAT = "dragon_boat_festival"
    NATIONAL = "national_day"
    MID_AUTUMN = "mid_autumn_festival"
    VICTORY_2015 = "anti_fascist_70th_day"


# what a provisional name contains, the first one that fits
_PROVISIONAL_NAMES = {
    "Spring Festival": Festival.SPRING,
    "Eve": Festival.SPRING,
    "New Year": Festival.NEW_YEAR,
    "Tomb": Festival.TOMB_SWEEPING,
    "Labor": Festival.LABOUR,
    "Dragon": Festival.DRAGON_BOAT,
    "National": Festival.NATIONAL,
    "Autumn": Festival.MID_AUTUMN,
}


def festival_of(day: dt.date) -> Festival | None:
    """Return the festival of a holiday, or the one that a working day is made up for; None for other days."""
    if is_provisional(day.year):
        name = _provisional(day.year).get(day, "")
        return next((festival for part, festival in _PROVISIONAL_NAMES.items() if part in name), None)
    found = constants.holidays.get(day) or constants.workdays.get(day)
    return Festival(constants.Holiday(found).name) if found else None


@lru_cache(maxsize=64)
def digest_of(year: int) -> str:
    """Return a digest of the working days of a year. It changes when a newer table has other days."""
    first = dt.date(year, 1, 1)
    days = (first + dt.timedelta(days=index) for index in range((dt.date(year, 12, 31) - first).days + 1))
    return hashlib.sha256("".join(str(int(is_working_day(day))) for day in days).encode()).hexdigest()[:16]


def digest_between(first: dt.date, last: dt.date) -> str:
    """Return a digest of the working days of all years from one day to another, with the years in front."""
    years = range(first.year, last.year + 1)
    digest = hashlib.sha256("".join(map(digest_of, years)).encode()).hexdigest()[:16]
    return f"{first.year}-{last.year}:{digest}"


@lru_cache(maxsize=256)
def full_weeks(first: dt.date, last: dt.date) -> int:
    """Return the number of ISO weeks with a Thursday in these days and at least three working days."""
    thursday = first + dt.timedelta(days=(3 - first.weekday()) % 7)
    weeks = 0
    while thursday <= last:
        monday = thursday - dt.timedelta(days=3)
        weeks += sum(is_working_day(monday + dt.timedelta(days=index)) for index in range(7)) >= 3
        thursday += dt.timedelta(days=7)
    return weeks
