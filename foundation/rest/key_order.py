"""Paging of long lists: first the ids of a page are selected by key, then those rows are read."""

from collections.abc import Callable, Sequence
from typing import Any

TRIES = 5


class InKeyOrder:
    """What paging needs of a queryset (bound, order, slice), in two steps.

    ``pick`` takes ``after``, ``before`` and ``limit`` and returns ids in the order of the page; ``load`` returns the
    rows of these ids in that order. Joining and reading wide rows before the limit would cost the whole list, because
    row-level security hides its size from PostgreSQL.
    """

    def __init__(self, pick: Callable[..., list[int]], load: Callable[[Sequence[int]], list[Any]]) -> None:
        self.pick, self.load = pick, load
        self.bound: dict[str, int] = {}

    def filter(self, **bound: int) -> "InKeyOrder":
        """Set the bound, after or before a key: ``id__gt``, ``id__lt``."""
        self.bound = {"after" if name.endswith("__gt") else "before": key for name, key in bound.items()}
        return self

    def order_by(self, _key: str) -> "InKeyOrder":
        """Do nothing: the order follows from the bound, and is descending before a key."""
        return self

    def __getitem__(self, page: slice) -> list[Any]:
        for _again in range(TRIES):
            ids = self.pick(limit=page.stop, **self.bound)
            rows = self.load(ids)
            if len(rows) == len(ids):
                break  # else a row has become invisible in between, and a short page would look like the last one
        return rows
