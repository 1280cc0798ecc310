"""Ratings as departments see them, with the field names of docs/deliveries.md: colours, shares, reason codes.

Measures are left out, because their figures reveal disputes and incidents. So is the reason of a correction.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ratings.models import Evaluation, Rating
from ratings.standards.parsing import book_of
from ratings.standards.rulebook import Rulebook

LOST, NO_EVIDENCE, NOT_APPLICABLE, FULL = "lost", "no_evidence", "not_applicable", "full"
REASONS = [FULL, LOST, NO_EVIDENCE, NOT_APPLICABLE]


def rating_fields(rating: Rating, run: Evaluation, replaced: Rating | None = None) -> dict[str, Any]:
    """Return the fields of a rating: quarter, colour, groups, cause, and the rating it replaces."""
    book = book_of(run.standard.body)
    return {
        "period": rating.period_code,
        "effective_on": rating.effective_on,
        "colour": rating.colour,
        "previous_colour": rating.previous_colour or None,
        "score": _score(rating),
        "groups": _groups(book, rating),
        "reasons": [
            {"criterion": code, "reason": reason, "points_lost": _lost(rating, place)}
            for place, (code, reason) in enumerate(_reasons(run, rating))
            if _costs(reason)
        ],
        "decided_by": rating.decided_by,
        "flags": rating.flags,
        "revision": rating.revision,
        "cause": run.kind,
        "replaces": replaced
        and {"colour": replaced.colour, "score": _score(replaced), "revision": replaced.revision},
        "evaluation": run.pk,
        "standard": {"id": run.standard_id, "code": run.standard.code, "version": run.standard.version},
    }


def enterprise_fields(rating: Rating) -> dict[str, Any]:
    """Return the fields of the rated enterprise."""
    enterprise = rating.enterprise
    return {
        "enterprise": enterprise.pk,
        "name": enterprise.name,
        "credit_code": enterprise.credit_code,
        "site": enterprise.site,
        "industry": enterprise.industry_code,
        "station": rating.station,
    }


def lines(rating: Rating, run: Evaluation) -> list[dict[str, Any]]:
    """Return every criterion with its points (of 100 in all), its maximum and its reason code."""
    book = book_of(run.standard.body)
    groups = {code: group.code for group in book.groups for code in (group.code, *_codes(group))}
    found = []
    for index, (code, reason) in enumerate(_reasons(run, rating)):
        applies = reason != NOT_APPLICABLE
        found.append(
            {
                "criterion": code,
                "group": groups.get(code, ""),
                "label": book.label(code),
                "points": float(rating.points[index] or 0) if applies else None,
                "maximum": float(rating.maxima[index] or 0) if applies else None,
                "reason": reason,
            }
        )
    return found


def _codes(group: Any) -> Iterator[str]:
    return (criterion.code for criterion in group.criteria)


def _score(rating: Rating) -> float | None:
    return float(rating.score) if rating.score is not None and rating.colour != "grey" else None


def _groups(book: Rulebook, rating: Rating) -> dict[str, float | None]:
    shares: list[Decimal | None] = [*rating.shares, *[None] * len(book.groups)]
    return {
        group.code: None if share is None or share < 0 else float(share)
        for group, share in zip(book.groups, shares, strict=False)
    }


def _reasons(run: Evaluation, rating: Rating) -> Iterator[tuple[str, str]]:
    for code, kind in zip(run.criteria, rating.reasons, strict=False):
        if kind.startswith("na"):
            yield code, NOT_APPLICABLE
        elif kind == "lost-":
            yield code, NO_EVIDENCE
        else:
            yield code, LOST if kind.startswith("lost") else FULL


def _lost(rating: Rating, place: int) -> float | None:
    points, maximum = (
        values[place] if place < len(values) else None for values in (rating.points, rating.maxima)
    )
    return None if points is None or maximum is None else float(maximum - points)


def _costs(reason: str) -> bool:
    return reason in (LOST, NO_EVIDENCE)
