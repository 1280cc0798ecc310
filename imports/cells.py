"""Parsing of cells: one function per kind of value."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from foundation.ids import LARGEST_INTEGER
from imports.remarks import Refused

YES = {"yes", "y", "true", "t", "1", "是", "有", "√"}
NO = {"no", "n", "false", "f", "0", "否", "无", "×"}
EARLIEST = dt.date(1900, 1, 1)
_THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
_SPACES = re.compile(r"[^\S\n]+")
_SPACED_BREAKS = re.compile(r" *\n *")
# zero-width characters, soft hyphens and marks that change the text direction
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
# C0 and C1 except tab and line feed; PostgreSQL cannot store NUL
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(raw: str, *, lines: bool = False) -> tuple[str, bool]:
    """Return the text without invisible characters and whether control characters were removed.

    Spaces and tabs become one space; a line break becomes LF (with ``lines``) or a space.
    """
    if raw.isprintable() and "  " not in raw:
        return raw.strip(), False
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").translate(_INVISIBLE)
    dirty = bool(_CONTROL.search(text))
    if dirty:
        text = _CONTROL.sub("", text)
    text = _SPACES.sub(" ", text)
    text = _SPACED_BREAKS.sub("\n" if lines else " ", text)
    return text.strip(), dirty


@lru_cache(maxsize=65_536)  # dates repeat within a file; strptime takes twenty times as long as a look-up
def day(text: str, formats: tuple[str, ...]) -> dt.date | None:
    """Return the date by the first format that fits; None if none does or the date is before EARLIEST."""
    for form in formats:
        try:
            found = dt.datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return found if found >= EARLIEST else None
    return None


def as_day(text: str, formats: Sequence[str], column: str) -> dt.date:
    """Return a date; raise Refused if the text is none."""
    found = day(text, tuple(formats))
    if found is None:
        raise Refused("not_a_date", column, value=text)
    return found


def as_decimal(text: str, column: str) -> Decimal:
    """Return a number, without its thousands separators; raise Refused if the text is none."""
    plain = text.replace(",", "") if _THOUSANDS.match(text) else text
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused("not_a_number", column, value=text)
    return found


def as_whole(text: str, column: str) -> int:
    """Return a whole number; raise Refused if the text is none. "30.0" is one."""
    found = as_decimal(text, column)
    if found != found.to_integral_value() or abs(found) > LARGEST_INTEGER:
        raise Refused("not_a_number", column, value=text)
    return int(found)


def as_truth(text: str, column: str) -> bool:
    """Return True or False for yes or no; raise Refused for anything else."""
    lower = text.casefold()
    if lower in YES or lower in NO:
        return lower in YES
    raise Refused("not_yes_or_no", column, value=text)


def as_text(value: Any) -> str:
    """Return a value as a report shows it."""
    return value.isoformat() if isinstance(value, dt.date) else str("" if value is None else value)
