"""A score over the quarters as a small drawing: positions for an SVG, words for those who do not see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.periods import Period

WIDTH, HEIGHT, MARGIN = 220, 56, 8


@dataclass(frozen=True)
class Point:
    """One quarter: where it stands, its colour and its words."""

    x: float
    y: float
    colour: str
    period: Period
    score: Any


@dataclass(frozen=True)
class Spark:
    """The points and the lines between neighbours that both have a score."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    width: int = WIDTH
    height: int = HEIGHT


def spark(history: Sequence[Any], quarters: int = 8) -> Spark:
    """Draw ratings, the oldest first; the latest stands at the right. A quarter without a score sits on the ground."""
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
