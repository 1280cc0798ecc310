"""Cells of workbooks as text: numbers without digits that nobody typed, days in ISO form."""

import datetime as dt
import re
from typing import Any

FIRST_INEXACT = 10**15  # a spreadsheet keeps 15 digits of a number and replaces the others by zeros
UNCALCULATED = "#UNCALCULATED!"  # a formula whose result was not saved
LATEST = 2_958_466  # the serial number of the day after 9999-12-31
LEAP = 60  # the serial number of 1900-02-29, a day that spreadsheets invented
DAY_S = 86_400
BUILT_IN_DAYS = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}  # 27–36, 50–58: Chinese and Japanese
BUILT_IN_HOURS = 46  # [h]:mm:ss
_LITERAL = re.compile(
    r'"[^"]{0,255}"|\\.|_.|\*.|\[(?!(?:h{1,9}|m{1,9}|s{1,9})\])[^\]]{0,255}\]', re.IGNORECASE
)
_HOURS = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAY = re.compile(r"[ymdhsYMDHS年月日时分秒]")


def number_text(value: float) -> str:
    """Return a number; one with 16 digits or more as 3.50102E+17, because its last digits are lost."""
    if abs(value) >= FIRST_INEXACT:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def text_of(value: Any) -> str:
    """Return a cell as it would appear in a CSV file."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
    return str(value)


def kind_of_format(code: str) -> str:
    """Return what a custom number format shows: a "day" (also with a time), "hours" elapsed, or "" for the rest."""
    shown = _LITERAL.sub("", code.partition(";")[0])
    if _HOURS.search(shown):
        return "hours"
    return "day" if _DAY.search(shown) and "General" not in shown else ""


def day_text(serial: float, *, is_1904: bool) -> str:
    """Return the day of a serial number, with the time if there is one; below 1 the time alone.

    What is no day (0, below it, or after the year 9999) stays the number.
    """
    seconds = round(serial * DAY_S)
    days, rest = divmod(seconds, DAY_S)
    time = str(dt.timedelta(seconds=rest)).zfill(8) if rest else ""
    if seconds <= 0 or days >= LATEST:
        return number_text(serial)
    if not days:
        return time
    if days == LEAP and not is_1904:
        day = "1900-02-29"
    else:
        first = dt.date(1904, 1, 1) if is_1904 else dt.date(1899, 12, 31 if days < LEAP else 30)
        day = (first + dt.timedelta(days=days)).isoformat()
    return f"{day} {time}".strip()


def hours_text(serial: float) -> str:
    """Return a span of time as hours, minutes and seconds."""
    seconds = round(serial * DAY_S)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
