"""Long lists for the paging: the ids of a page are picked by key first, then those rows are read."""

from collections.abc import Callable, Sequence
from typing import Any

TRIES = 5


class InKeyOrder:
    """What the paging asks of a queryset (bound, order, slice), answered in two steps.

    ``pick`` takes ``after``, ``before`` and ``limit`` and returns ids in the order of the page, ``load`` the rows of
    these ids in that order. Joining and reading wide rows first and cutting afterwards costs the whole list where
    row-level security hides its size from PostgreSQL.
    """

    def __init__(self, pick: Callable[..., list[int]], load: Callable[[Sequence[int]], list[Any]]) -> None:
        self.pick, self.load = pick, load
        self.bound: dict[str, int] = {}

    def filter(self, **bound: int) -> "InKeyOrder":
        """After or before a key: ``id__gt``, ``id__lt``."""
        self.bound = {"after" if name.endswith("__gt") else "before": key for name, key in bound.items()}
        return self

    def order_by(self, _key: str) -> "InKeyOrder":
        """The order follows from the bound: before a key it descends."""
        return self

    def __getitem__(self, page: slice) -> list[Any]:
        for _again in range(TRIES):
            ids = self.pick(limit=page.stop, **self.bound)
            rows = self.load(ids)
            if len(rows) == len(ids):
                break  # else a row went out of sight in between, and a page that is short would end the walk
        return rows
