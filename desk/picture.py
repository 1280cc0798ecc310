"""The colours of eight quarters as stacked columns, with the words and the table for those who do not see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.periods import Period
from foundation.ui import links
from ratings.comparing import Trend

STACKED = (
    "grey",
    "green",
    "yellow",
    "red",
)  # from the top; red stands on the ground, where lengths compare best
HEIGHT = 100
GAP = 0.8


@dataclass(frozen=True)
class Part:
    """One colour of a column: where it is, and how high."""

    colour: str
    y: str
    height: str


@dataclass(frozen=True)
class Column:
    """One quarter. Without parts it was not rated, or is not counted yet."""

    period: Period
    counts: Mapping[str, int]
    parts: tuple[Part, ...]
    urls: Mapping[str, str]  # the list behind each colour, and under "all" the whole quarter

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def red(self) -> int:
        return self.counts.get("red", 0)

    @property
    def red_share(self) -> float | None:
        return self.red * 100 / self.total if self.total else None


def picture(trend: Trend, station_id: int | None, narrowing: Mapping[str, Any]) -> list[Column]:
    """Return the columns of one station or of all, oldest first. ``narrowing`` are the parameters of its lists."""
    return [_column(period, trend.counts(period, station_id), narrowing) for period in trend.periods]


def _column(period: Period, counts: Mapping[str, int], narrowing: Mapping[str, Any]) -> Column:
    whole, y, parts = sum(counts.values()), 0.0, []
    for colour in STACKED:
        height = counts.get(colour, 0) * HEIGHT / whole if whole else 0.0
        if height:
            parts.append(Part(colour, f"{y:.2f}", f"{max(height - GAP, 0.4):.2f}"))
        y += height

    def url(**more: str) -> str:
        return links.to("ratings:rated", quarter=period.code, **more, **narrowing)

    urls = {colour: url(colour=colour) for colour in counts} | {"all": url()}
    return Column(period, counts, tuple(parts), urls)
