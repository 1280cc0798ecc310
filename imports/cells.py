"""From the text of a cell to a value: trimmed, cleaned, parsed. One function per kind of value."""

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
# zero width, soft hyphens, and marks that turn the direction of what follows
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
# C0 and C1 except tab and line feed; PostgreSQL cannot store NUL at all
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(raw: str, *, lines: bool = False) -> tuple[str, bool]:
    """The text without what nobody typed, and whether control characters had to go.

    Blanks and tabs become one blank, CR LF one line break (``lines``) or a blank.
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


@lru_cache(maxsize=65_536)  # a file repeats its days; strptime costs twenty times a look-up
def day(text: str, formats: tuple[str, ...]) -> dt.date | None:
    """The day a text names in the first format that fits, or None."""
    for form in formats:
        try:
            found = dt.datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return found if found >= EARLIEST else None
    return None


def as_day(text: str, formats: Sequence[str], column: str) -> dt.date:
    """A day, or Refused."""
    found = day(text, tuple(formats))
    if found is None:
        raise Refused("not_a_date", column, value=text)
    return found


def as_decimal(text: str, column: str) -> Decimal:
    """A number, or Refused. Commas between thousands are read over."""
    plain = text.replace(",", "") if _THOUSANDS.match(text) else text
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused("not_a_number", column, value=text)
    return found


def as_whole(text: str, column: str) -> int:
    """A whole number, or Refused; "30.0" is one."""
    found = as_decimal(text, column)
    if found != found.to_integral_value() or abs(found) > LARGEST_INTEGER:
        raise Refused("not_a_number", column, value=text)
    return int(found)


def as_truth(text: str, column: str) -> bool:
    """Yes or no, or Refused."""
    lower = text.casefold()
    if lower in YES or lower in NO:
        return lower in YES
    raise Refused("not_yes_or_no", column, value=text)


def as_text(value: Any) -> str:
    """How a value stands in a report."""
    return value.isoformat() if isinstance(value, dt.date) else str("" if value is None else value)
