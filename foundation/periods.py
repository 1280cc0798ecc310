"""Quarters and their months."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import total_ordering

from django.utils.translation import gettext as _

from foundation.identifiers import compact

_CODE = re.compile(r"((?:19|20|21)[0-9]{2})Q([1-4])")


@total_ordering
@dataclass(frozen=True)
class Period:
    """A calendar quarter in Asia/Shanghai; ``code`` is written 2026Q3."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Return the period with this code, in any width and case. Raise ValueError if there is none."""
        match = _CODE.fullmatch(compact(code).upper())
        if not match:
            raise ValueError(f"not a quarter: {code!r} (write 2026Q3)")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> "Period":
        """Return the quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def code(self) -> str:
        return f"{self.year}Q{self.quarter}"

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, 3 * self.quarter - 2, 1)

    @property
    def end(self) -> dt.date:
        """The last day, as of which every state is read."""
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
        """First and last day of each of its three months."""
        firsts = [dt.date(self.year, 3 * self.quarter - 2 + index, 1) for index in range(3)]
        lasts = [firsts[1] - dt.timedelta(days=1), firsts[2] - dt.timedelta(days=1), self.end]
        return list(zip(firsts, lasts, strict=True))

    def shift(self, quarters: int) -> "Period":
        """Return the period so many quarters later (earlier if negative)."""
        index = self.year * 4 + self.quarter - 1 + quarters
        return Period(index // 4, index % 4 + 1)

    def until(self, last: "Period") -> Iterator["Period"]:
        """Yield this period and all that follow, up to and including ``last``."""
        period = self
        while period <= last:
            yield period
            period = period.shift(1)

    def __lt__(self, other: "Period") -> bool:
        return (self.year, self.quarter) < (other.year, other.quarter)

    def __str__(self) -> str:
        return _("Q%(quarter)s %(year)s") % {"year": self.year, "quarter": self.quarter}
