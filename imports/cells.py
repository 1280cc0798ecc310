"""Parsing of cells: one function per kind of value."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from foundation.ids import LARGEST_INTEGER
from foundation.normalising import nfkc
from imports import spelled_days
from imports.remarks import Refused, Remark, warning

YES = {"yes", "y", "true", "t", "1", "是", "有", "√"}
NO = {"no", "n", "false", "f", "0", "否", "无", "×"}
# what lenient cells say besides
ALSO_YES = {"√", "✓", "✔", "☑", "v", "on", "对", "真", "是的", "有的", "已", "ok"}
ALSO_NO = {"×", "✗", "✘", "✕", "╳", "☐", "x", "off", "错", "假", "不是", "没有", "未", "非"}
MOST_DIGITS = 15  # of a number, before or after the point; 1E999999999 would be written out in memory
EARLIEST = dt.date(1900, 1, 1)
_THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
_INSIDE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
# a number with the unit that it counts, and what it is multiplied by
_UNIT = re.compile(
    r"\A(?:(?:¥|人民币|RMB|CNY)\s*)?([+-]?[\d,]*(?:\.\d+|(?<=\d)))\s*(?:(百|千|万|亿)\s*)?"
    r"(人民币|元整|元|块|人|名|位|个|家|户|天|日|次|起|件|台|辆|间|层|处|年|月|people|persons|days)?\Z",
    re.IGNORECASE,
)
_TIMES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
# what is left of a number, and of a person's name, that a list shows in part only: 138****1234, 张*
_MASKED = re.compile(r"[0-9A-Za-z+() -]{0,10}[*•●]{3,}[0-9A-Za-z-]{0,8}|[*•●]{2,}")
_MASKED_NAME = re.compile(
    r"[\u4e00-\u9fff]{0,3}[*•●]{1,3}[\u4e00-\u9fff]?|[A-Za-z][A-Za-z.]{0,20} ?[*•●]{1,20}"
)
_STAR = re.compile(r"[*＊•●]")
LONGEST_NAME = 40
# a mobile number, or one with or without its area code
_PHONE = re.compile(
    r"(?<![\dA-Za-z])(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|(?:\(0\d{2,3}\)|0\d{2,3})[- ]?\d{7,8}(?:-\d{1,5})?|[2-9]\d{6,7})(?![\dA-Za-z])"
)
_AROUND_NAME = re.compile(
    r"(?:联系)?(?:电话|手机)(?:号码?)?|\b(?:tel|phone|mobile|mob)\b\.?|^[\W_]+|(?<![.])[\W_]+$|[:;,|/、()]+",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]{2,}")
_SPACES = re.compile(r"[^\S\n]+")
_SPACED_BREAKS = re.compile(r" ?\n ?")  # after _SPACES there is one at most
# zero-width characters, soft hyphens and marks that change the text direction
_INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\u200b\u200e\u200f\u061c\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
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


def as_written_day(text: str, column: str) -> dt.date:
    """Return a date in any common spelling; raise Refused with the reason and, if it is clear, what was meant."""
    found = spelled_days.read(text)
    if found.day is None:
        meant = {"proposal": found.proposal.isoformat()} if found.proposal else {}
        raise Refused(found.fault, column, value=text, **meant)
    return found.day


def as_decimal(text: str, column: str, remarks: list[Remark]) -> Decimal:
    """Return a number, without its thousands separators; raise Refused if the text is none.

    A unit is left out with a remark, 万 and the like multiply.
    """
    found = decimal(text)
    if found is None:
        match = _UNIT.fullmatch(nfkc(text))
        found = decimal(match[1]) if match else None
        if match is None or found is None:
            raise Refused("not_a_number", column, value=text)
        found *= _TIMES.get(match[2], 1)
        remarks.append(warning("unit", column, value=text, taken=f"{found.normalize():f}"))
    return found


def number_inside(text: str) -> str:
    """Return the only number in a text that is more than a number, such as 约120人; "" if there is none, or several."""
    found = _INSIDE.findall(nfkc(text))
    return found[0].replace(",", "") if len(found) == 1 else ""


def decimal(text: str) -> Decimal | None:
    """Return a plain number or one with thousands separators, None for any other text."""
    try:
        found = Decimal(text.replace(",", "") if _THOUSANDS.match(text) else text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) <= MOST_DIGITS else None


def as_whole(text: str, column: str, remarks: list[Remark]) -> int:
    """Return a whole number; raise Refused if the text is none. "30.0" is one."""
    found = as_decimal(text, column, remarks)
    if found != found.to_integral_value() or abs(found) > LARGEST_INTEGER:
        raise Refused("not_a_number", column, value=text)
    return int(found)


def as_truth(text: str, column: str, *, lenient: bool = False) -> bool:
    """Return True or False for yes or no; raise Refused for anything else. ``lenient`` takes ticks and crosses too."""
    lower = text.casefold()
    if lenient:
        lower = nfkc(lower)
        if lower in ALSO_YES or lower in ALSO_NO:
            return lower in ALSO_YES
    if lower in YES or lower in NO:
        return lower in YES
    raise Refused("not_yes_or_no", column, value=text)


def name_and_phone(text: str) -> tuple[str, str] | None:
    """Return the parts of a cell with a person's name, a telephone number or both; None if they cannot be told apart."""
    plain = nfkc(text)
    phones = [" ".join(each.split()) for each in _PHONE.findall(plain)]
    name = _AROUND_NAME.sub("", _PHONE.sub(" ", plain)).strip()
    if any(letter.isdigit() for letter in name) or len(name) > LONGEST_NAME or _BETWEEN_NAMES.search(name):
        return None
    return name, "/".join(phones)


def part_of(text: str, part: str, column: str) -> str:
    """Return the name or the phone (``part``) in a cell with both; raise Refused if they cannot be told apart."""
    found = name_and_phone(text)
    if found is None:
        raise Refused("not_split", column, value=text)
    return found[0] if part == "name" else found[1]


def is_masked(text: str, *, of_person: bool = False) -> bool:
    """Return whether a cell shows only a part of what stands there: 138****1234 and, of a person's name, 张*."""
    if not _STAR.search(text):
        return False
    plain = nfkc(text).strip()
    return bool(_MASKED.fullmatch(plain) or (of_person and _MASKED_NAME.fullmatch(plain)))


def as_text(value: Any) -> str:
    """Return a value as a report shows it."""
    return value.isoformat() if isinstance(value, dt.date) else str("" if value is None else value)
