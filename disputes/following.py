"""Rows that replace one another: a correction is a new row that names the one it follows."""

from collections.abc import Iterable
from typing import Any, TypeVar

R = TypeVar("R")


def latest_of(rows: Iterable[R], id: int, by: str = "replaces_id") -> R | None:
    """Return the row that stands now for the one with this id, itself if nothing follows it; None if it is not among them."""
    known: dict[int, Any] = {}
    after: dict[int, Any] = {}
    for each in rows:
        row: Any = each
        known[row.pk] = row
        after[getattr(row, by)] = row
    found = known.get(id)
    while found is not None and found.pk in after:
        found = after[found.pk]
    return found
