"""The legal calendar: which days are worked in mainland China.

Source: the State Council's yearly notice on holidays, through ``chinesecalendar`` (2004 to the last year it knows),
beyond it the ``holidays`` package, whose days for coming years are provisional: no make-up working days yet.
"""

import datetime as dt
from functools import lru_cache

import chinese_calendar
import holidays


@lru_cache(maxsize=8)
def _provisional(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on that day."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # the table ends
        return day.weekday() < 5 and day not in _provisional(day.year)


@lru_cache(maxsize=256)
def full_weeks(first: dt.date, last: dt.date) -> int:
    """ISO weeks whose Thursday lies in the days given and that have at least three working days."""
    thursday = first + dt.timedelta(days=(3 - first.weekday()) % 7)
    weeks = 0
    while thursday <= last:
        monday = thursday - dt.timedelta(days=3)
        weeks += sum(is_working_day(monday + dt.timedelta(days=index)) for index in range(7)) >= 3
        thursday += dt.timedelta(days=7)
    return weeks
