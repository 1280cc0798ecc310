"""Pagination of a bureau's whole register, which may have a million entries.

1. The list of a station or of a small bureau is counted and cut on each request, so its figures are exact.
2. Counting the register of a large bureau reads all of it. So the count is cached for a minute by query and scope, and
   so are the first entries of an order that has no index. The rows themselves are always read fresh, in the current
   scope.
3. PostgreSQL reads everything that an OFFSET skips. So a page in the second half is read from the end, and by name the
   keys of every 500th entry are cached for a minute: a page deep in the list is read from the nearest of them.
4. A search reads the register once for its first entries, which are cached too: if those are all, it needs no count.
"""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet, Window
from django.db.models.functions import Mod, RowNumber
from django.utils.functional import cached_property

from enterprises.selectors import visible
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.database.caching import remembered
from foundation.database.planner import without_nested_loops
from foundation.tenancy.scope import current_scope

LARGE = 10_000  # enterprises in a bureau; with fewer, counting is cheaper than caching
KEPT_S = 60
SIZE_KEPT_S = 3600
FIRST = 500  # entries of an order that are cached
STEP = 500  # entries between two cached keys
DEEP = 5_000  # entries that may be skipped without them


class LongPaginator(Paginator):
    """Pages of ids in a total order. ``by_index``: by name, so an index has this order and nothing needs sorting."""

    def __init__(self, ids: QuerySet[Any], per_page: int, *, by_index: bool, is_search: bool) -> None:
        super().__init__(ids, per_page)
        self.ids = ids
        self.by_index = by_index
        self.is_search = is_search

    @cached_property
    def first(self) -> list[int]:
        """The first entries, one more than ``FIRST`` if there are so many."""
        return _remembered("first", self.ids, self._first)

    def _first(self) -> list[int]:
        # Of a search PostgreSQL expects a handful; with nested loops it compares each with all who are off the register.
        with without_nested_loops() if self.is_search else nullcontext():
            return list(self.ids[: FIRST + 1])

    @cached_property
    def count(self) -> int:
        if self.is_search and len(self.first) <= FIRST:
            return len(self.first)
        return _remembered("count", self.ids, self.ids.count)

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(self._cut(start, min(start + self.per_page, self.count)), number, self)

    def _cut(self, start: int, end: int) -> list[int]:
        if end <= FIRST and (self.is_search or not self.by_index):
            return self.first[start:end]
        if self.by_index and min(start, self.count - end) > DEEP:
            return self._from_key(start, end)
        if start > self.count // 2:
            return list(self.ids.reverse()[self.count - end : self.count - start])[::-1]
        return list(self.ids[start:end])

    def _from_key(self, start: int, end: int) -> list[int]:
        backwards = str(self.ids.query.order_by[0]).startswith("-")
        if backwards:
            start, end = self.count - end, self.count - start
        keys = _remembered("keys", self.ids, self._keys)
        step = min(start // STEP, len(keys) - 1)
        name, pk = keys[step]
        following = self.ids.order_by("sort_key", "pk").filter(sort_key__gte=name)
        ids = list(following.exclude(sort_key=name, pk__lt=pk)[start - step * STEP : end - step * STEP])
        return ids[::-1] if backwards else ids

    def _keys(self) -> list[tuple[str, int]]:
        """Return name and id of every 500th entry by name."""
        place = Window(RowNumber(), order_by=[F("sort_key").asc(), F("pk").asc()])
        rows = self.ids.order_by().annotate(place=place - 1).annotate(rest=Mod("place", STEP)).filter(rest=0)
        return list(rows.order_by("place").values_list("sort_key", "pk"))


def paginator(
    actor: Actor, ids: QuerySet[Any], per_page: int, *, by_index: bool, is_search: bool
) -> Paginator:
    """Return the paginator that suits the size of the actor's register."""
    if not _is_large(actor):
        return Paginator(ids, per_page)
    return LongPaginator(ids, per_page, by_index=by_index, is_search=is_search)


def _is_large(actor: Actor) -> bool:
    if actor.role != Role.SUPERVISOR:
        return False
    everybody = visible(actor).order_by()
    return _remembered("size", everybody, everybody.count, SIZE_KEPT_S) >= LARGE


def _remembered(what: str, asked: QuerySet[Any], compute: Callable[[], Any], kept_s: int = KEPT_S) -> Any:
    """Return a value computed from a query, cached for this query and the current scope."""
    scope = current_scope()
    in_scope = scope and sorted(scope.settings().items())
    return remembered((f"enterprises:{what}", asked.query.sql_with_params(), in_scope), compute, kept_s)
