"""What a rating measures: periods, indicators and where they come from.

These types live below every domain app; each app's ``indicators.py`` registers its sources here and ``ratings``
reads them, so a new app adds indicators without touching the engine.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import total_ordering

from django.db.models import Func, IntegerField, Model, QuerySet
from django.utils.translation import gettext as _

_CODE = re.compile(r"((?:19|20|21)[0-9]{2})Q([1-4])")


@total_ordering
@dataclass(frozen=True)
class Period:
    """A calendar quarter in Asia/Shanghai; ``code`` is written 2026Q3."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, code: str) -> "Period":
        """The period of a code; ValueError if it is none."""
        match = _CODE.fullmatch(code)
        if not match:
            raise ValueError(f"not a quarter: {code!r} (write 2026Q3)")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> "Period":
        """The quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def code(self) -> str:
        return f"{self.year}Q{self.quarter}"

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, 3 * self.quarter - 2, 1)

    @property
    def end(self) -> dt.date:
        """The last day, the one every state is read as of."""
        return self.shift(1).start - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def year_start(self) -> dt.date:
        """First day of the rolling twelve months that end with the period."""
        return self.shift(-3).start

    @property
    def months(self) -> list[tuple[dt.date, dt.date]]:
        """First and last day of its three months."""
        firsts = [dt.date(self.year, 3 * self.quarter - 2 + index, 1) for index in range(3)]
        lasts = [firsts[1] - dt.timedelta(days=1), firsts[2] - dt.timedelta(days=1), self.end]
        return list(zip(firsts, lasts, strict=True))

    def shift(self, quarters: int) -> "Period":
        """The period so many quarters later (earlier when negative)."""
        index = self.year * 4 + self.quarter - 1 + quarters
        return Period(index // 4, index % 4 + 1)

    def until(self, last: "Period") -> Iterator["Period"]:
        """This period and all that follow, up to and including ``last``."""
        period = self
        while period <= last:
            yield period
            period = period.shift(1)

    def __lt__(self, other: "Period") -> bool:
        return (self.year, self.quarter) < (other.year, other.quarter)

    def __str__(self) -> str:
        return _("Q%(quarter)s %(year)s") % {"year": self.year, "quarter": self.quarter}


DAY = "day"


@dataclass(frozen=True)
class Indicator:
    """One named measure of an enterprise in a period: a whole number, 0 where there is nothing.

    ``unit`` is a plain word ("hazards", "days", "weeks"); a DAY measure is the number of days since 0001-01-01
    (Python's date.toordinal), so that days compare as numbers and 0 means never.
    """

    code: str
    label: str
    unit: str
    group: str  # A safety management, B hidden-danger governance, C case situation, "" basis


@dataclass(frozen=True)
class Source:
    """One scan of one table that yields several indicators per enterprise.

    ``query(period)`` returns a QuerySet grouped by enterprise: ``.values("enterprise_id")`` annotated with exactly
    the codes of ``indicators``; an enterprise without rows counts as zero. It must not filter by tenant: the engine
    runs it inside a scope. ``model`` and ``day`` name the records behind and the field that dates them, for late
    facts; ``tab`` is the tab of the enterprise file that lists them.
    """

    code: str
    model: type[Model]
    day: str
    tab: str
    indicators: tuple[Indicator, ...]
    query: Callable[[Period], QuerySet]


class Ordinal(Func):
    """A day as the number of days since 0001-01-01 (Python's date.toordinal), so that days compare as numbers."""

    template = "(%(expressions)s - DATE '0001-01-01' + 1)"
    arity = 1
    output_field = IntegerField()


sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Make a source known to the engine. Codes are unique over all sources (ValueError)."""
    taken = {
        indicator.code
        for other in sources.values()
        if other.code != source.code
        for indicator in other.indicators
    }
    twice = taken & {indicator.code for indicator in source.indicators}
    if twice:
        raise ValueError(f"indicator registered twice: {sorted(twice)}")
    sources[source.code] = source
    return source


def indicators() -> dict[str, Indicator]:
    """All installed indicators by code, in a stable order."""
    return {each.code: each for code in sorted(sources) for each in sources[code].indicators}


def source_of(code: str) -> Source | None:
    """The source that yields a measure, None if it is not installed."""
    return next((each for each in sources.values() if code in {one.code for one in each.indicators}), None)


def is_day(code: str) -> bool:
    """Whether a measure is a day (its value an ordinal, 0 = never)."""
    indicator = indicators().get(code)
    return indicator is not None and indicator.unit == DAY
