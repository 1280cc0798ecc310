"""Sparkline of the scores of recent quarters: coordinates for an SVG, and text for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.periods import Period

WIDTH, HEIGHT, MARGIN = 220, 56, 8


@dataclass(frozen=True)
class Point:
    """One quarter: its position, colour, period and score."""

    x: float
    y: float
    colour: str
    period: Period
    score: Any


@dataclass(frozen=True)
class Spark:
    """The points, and the lines between adjacent points that have a score."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    width: int = WIDTH
    height: int = HEIGHT


def spark(history: Sequence[Any], quarters: int = 8) -> Spark:
    """Draw ratings given oldest first; the latest is at the right edge. A quarter without a score is at the bottom."""
    step = (WIDTH - 2 * MARGIN) / (quarters - 1)
    scores = [float(rating.score) for rating in history if rating.score is not None]
    low = max(0.0, min([60.0, *scores]) - 5)
    points = []
    for index, rating in enumerate(reversed(history)):
        share = 0.0 if rating.score is None else (float(rating.score) - low) / (100 - low)
        points.append(
            Point(
                x=round(WIDTH - MARGIN - index * step, 1),
                y=round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1),
                colour=rating.colour,
                period=Period.parse(rating.period_code),
                score=rating.score,
            )
        )
    points.reverse()
    lines, run = [], []
    for point in [*points, None]:
        if point is not None and point.score is not None:
            run.append(f"{point.x},{point.y}")
            continue
        if len(run) > 1:
            lines.append(" ".join(run))
        run = []
    return Spark(tuple(points), tuple(lines))
