"""The legal calendar: working days in mainland China.

Source: the State Council's yearly notice on holidays, through ``chinesecalendar`` (from 2004 to the last year it
knows). Beyond that the ``holidays`` package, whose days for coming years are provisional: without make-up working days.
"""

import datetime as dt
from functools import lru_cache

import chinese_calendar
import holidays
import structlog

logger = structlog.get_logger(__name__)


@lru_cache(maxsize=8)
def _provisional(year: int) -> holidays.HolidayBase:
    logger.warning("working days are provisional: chinesecalendar does not know this year yet", year=year)
    return holidays.country_holidays("CN", years=year)


def is_working_day(day: dt.date) -> bool:
    """Return whether offices work on that day."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # beyond the last known year
        return day.weekday() < 5 and day not in _provisional(day.year)


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
