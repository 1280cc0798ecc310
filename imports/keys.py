"""Keys of rows: the same key for each spelling of the days and numbers in it."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from foundation.identifiers import IdentifierField, readable
from foundation.normalising import nfkc
from imports import cells, spelled_days
from imports.profile import DATE_FORMATS, EARLIER_FORMATS, FileSpec, Record

_DIGIT_GROUPS = re.compile(r"\d+")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_WHOLE = re.compile(r"\A(-?\d+)\.0+\Z")
_PADDED = re.compile(r"(?<!\d)0(?=\d)")
_WIDE = str.maketrans("()", "（）")
_NUMBERS = {"PositiveIntegerField", "PositiveSmallIntegerField", "DecimalField"}


_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # ＱＨ－１ is QH-1


@dataclass(frozen=True)
class Spelled:
    """A key as it is stored, and as the file spells it. Earlier versions stored the spelling."""

    text: str
    raw: str
    parts: tuple[str, ...] = ()  # of ``text``, without prefix and row number
    prefix: str = ""
    suffix: str = ""

    def earlier(self, formats: Iterable[str]) -> list[str]:
        """Return the other spellings of its days under which an earlier version may have stored it."""
        days = {number: day for number, part in enumerate(self.parts) if (day := _iso_day(part))}
        if not days:
            return []
        found: dict[str, None] = {}
        for form in dict.fromkeys((*formats, *EARLIER_FORMATS)):
            parts = [days[n].strftime(form) if n in days else part for n, part in enumerate(self.parts)]
            bare = [_PADDED.sub("", each) if n in days else each for n, each in enumerate(parts)]
            for each in (parts, bare):
                found[self.prefix + ":".join(each) + self.suffix] = None
        return [each for each in found if each not in (self.text, self.raw)]


def _iso_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


class Spelling:
    """How the days and numbers of one file are spelled, by column."""

    def __init__(self, spec: FileSpec, extra_dates: tuple[str, ...]) -> None:
        self.formats = (*spec.date_formats, *extra_dates)
        is_default = spec.date_formats == DATE_FORMATS
        self.earlier_formats = (*(EARLIER_FORMATS if is_default else spec.date_formats), *extra_dates)
        self._days: dict[str, tuple[str, ...]] = {}
        self._numbers: set[str] = set()
        self._codes: dict[str, Callable[[str], str]] = {}  # of lenient files
        self._lenient = spec.lenient
        for record in (spec.record, *spec.also):
            self._learn(record, extra_dates)

    def _learn(self, record: Record, extra_dates: tuple[str, ...]) -> None:
        for name, how in record.fields.items():
            kind = record.target.fields[name].get_internal_type()
            if kind == "DateField":
                self._days.update(dict.fromkeys(how.columns, (*how.date_formats, *extra_dates)))
            elif kind in _NUMBERS and how.mapping is None:
                self._numbers.update(how.columns)
            elif self._lenient and isinstance(field := record.target.fields[name], IdentifierField):
                self._codes.update(dict.fromkeys(how.columns, field.normalise))

    def normal(self, column: str, text: str) -> str:
        """Return the one spelling of a day, a number or a lenient file's code; of any other text only the width of its signs changes."""
        if normalise := self._codes.get(column):
            return normalise(text)
        if self._lenient and column in self._days and (spelled := spelled_days.read(text)).day:
            return spelled.day.isoformat()
        if not text or (
            text.isascii() and text.isalnum() and column not in self._numbers | self._days.keys()
        ):
            return text
        plain = nfkc(text)
        if column in self._numbers:
            number = cells.decimal(plain)
            if number is not None:
                return f"{number.normalize():f}"
        if column in self._days or len(_DIGIT_GROUPS.findall(plain)) >= 3:
            day = moment(plain, self._days.get(column, self.formats))
            if day:
                return day
        if _THOUSANDS.fullmatch(plain):
            plain = plain.replace(",", "")
        elif not plain.isdigit() and not _WHOLE.fullmatch(plain):
            return text.translate(_FULL_WIDTH)
        whole = _WHOLE.fullmatch(plain)
        return whole[1] if whole else plain

    def same(self, column: str, one: str, other: str) -> bool:
        """Return whether two texts are the same but for the spelling of a day or a number."""
        return one == other or self.normal(column, one) == self.normal(column, other)


def name_spellings(text: str) -> set[str]:
    """Return how a register may spell a name: as it is, and with brackets of either width."""
    plain = readable(text)
    return {text, plain, plain.translate(_WIDE)}


@lru_cache(maxsize=65_536)
def moment(text: str, formats: tuple[str, ...]) -> str:
    """Return a day, with its time unless that is midnight, in ISO format; "" if no format fits."""
    for form in formats:
        try:
            found = dt.datetime.strptime(text, form)  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return found.date().isoformat() if found.time() == dt.time() else found.isoformat(" ")
    return ""
