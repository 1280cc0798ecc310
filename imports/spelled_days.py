"""Days as people write them: one day, or why it is none and what was probably meant.

The importer by profile reads days by its formats; this is for files whose cells are ``lenient``.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from foundation.normalising import nfkc

FIRST_YEAR, LAST_YEAR = 1950, 2099
FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000  # of a spreadsheet: 1954 to 2064
_SERIALS_FROM = dt.date(1899, 12, 30)
_PIVOT = 50  # two-digit years below it are proposed as 20xx

# NFKC leaves these: dashes, the ideographic full stop and comma, a middle dot
_SEPARATORS = str.maketrans(dict.fromkeys("-‐‑‒–—―−ー", "-") | dict.fromkeys("。．·•、,\\_", "."))
_SPACES = re.compile(r" ?([-./:年月日号]) ?")
_TIME = (
    r"(?:[T ]?\s*(?:(?:上午|下午|[AP]M)\s*)?\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?)?(?:\d{1,2}秒)?)"
    r"(?:\s*[AP]M)?(?:\+08:?00)?|\s*(?:凌晨|上午|中午|下午|晚上|夜间))?"
)
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_END = _WEEKDAY + _TIME + r"\.?\Z"
_FULL = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?" + _END)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?\d{4,6})?(?:\.0)?\Z")
_SPACED = re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})\Z")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?\Z")
_MONTH = re.compile(r"(\d{4})(?:[-./年](\d{1,2})月?(?:份)?|(\d{2}))\Z")
_YEAR = re.compile(r"(\d{4})年?\Z")
_SHORT = re.compile(r"'?(\d{2})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?" + _END)
_SHORT_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})\Z")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})" + _END)
_ENGLISH_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ENGLISH = (
    re.compile(
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-./ ]+(?P<m>[a-z]{3,9})[-./ ]+(?P<y>\d{4}|\d{2})" + _TIME + r"\Z"
    ),
    re.compile(
        r"(?P<m>[a-z]{3,9})[-./ ]+(?P<d>\d{1,2})(?:st|nd|rd|th)?[-./ ]+(?P<y>\d{4}|\d{2})" + _TIME + r"\Z"
    ),
)
_HAN = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_DAY = re.compile(
    r"([〇○零一二三四五六七八九0-9]{4})年([一二三四五六七八九十]{1,3}|\d{1,2})月([一二三四五六七八九十]{1,3}|\d{1,2})[日号]"
)
_INSIDE = re.compile(r"(?<!\d)(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")


@dataclass(frozen=True)
class Spelled:
    """What a text says: a day, or a fault (a code of ``remarks.SENTENCES``) and perhaps the day that was meant."""

    day: dt.date | None = None
    fault: str = ""
    proposal: dt.date | None = None


@lru_cache(maxsize=65_536)
def read(text: str) -> Spelled:
    """Return the day that a text of a column of days says."""
    plain = _plain(text)
    for form in (_FULL, _COMPACT, _SPACED):
        if found := form.match(plain):
            return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _SERIAL.match(plain):
        serial = int(found[1])
        if FIRST_SERIAL <= serial <= LAST_SERIAL:
            return Spelled(_SERIALS_FROM + dt.timedelta(days=serial))
        return Spelled(fault="not_a_date")
    for form in _ENGLISH:
        if (found := form.match(plain.casefold())) and (month := _ENGLISH_MONTHS.get(found["m"][:3])):
            return _year_of(found["y"], month, int(found["d"]))
    return _refused(plain)


def _refused(plain: str) -> Spelled:
    """Return why a text is no day, and what it probably means."""
    if found := _YEAR_LAST.match(plain):
        one, other, year = int(found[1]), int(found[2]), int(found[3])
        meant = _day(year, one, other).day or _day(year, other, one).day
        return Spelled(fault="day_or_month_first" if meant else "no_such_day", proposal=meant)
    if found := _MONTH.match(plain):
        first = _day(int(found[1]), int(found[2] or found[3]), 1)
        if first.day or found[2]:
            return Spelled(fault="month_only", proposal=first.day) if first.day else first
    if found := _SHORT.match(plain) or _SHORT_COMPACT.match(plain):
        return _year_of(found[1], int(found[2]), int(found[3]))
    if (found := _YEAR.match(plain)) and FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return Spelled(fault="year_only")
    inside = _INSIDE.findall(plain)
    meant = _day(*map(int, inside[0])).day if len(inside) == 1 else None
    return Spelled(fault="not_a_date", proposal=meant)


def _plain(text: str) -> str:
    """Return a text with plain digits, separators and blanks, Chinese numerals as digits."""
    plain = nfkc(text).translate(_SEPARATORS).strip()
    plain = _HAN_DAY.sub(
        lambda found: f"{found[1].translate(_HAN)}年{_han(found[2])}月{_han(found[3])}日", plain
    )
    return _SPACES.sub(r"\1", " ".join(plain.split()))


def _han(numeral: str) -> int:
    """Return a numeral from 一 to 九十九 as a number."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int(numeral.translate(_HAN))
    return int(tens.translate(_HAN) or 1) * 10 + int(ones.translate(_HAN) or 0)


def _day(year: int, month: int, day: int) -> Spelled:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Spelled(fault="year_out_of_range")
    try:
        return Spelled(dt.date(year, month, day))
    except ValueError:
        return Spelled(fault="no_such_day")


def _year_of(year: str, month: int, day: int) -> Spelled:
    """Return the day; for a year of two digits, a fault with the day in the nearer century."""
    if len(year) == 4:
        return _day(int(year), month, day)
    meant = _day(int(year) + (2000 if int(year) < _PIVOT else 1900), month, day)
    return Spelled(fault="two_digit_year", proposal=meant.day) if meant.day else Spelled(fault="not_a_date")
