"""Pagination of a bureau's whole register, which may have a million entries.

1. The list of a station or of a small bureau is counted and cut on each request, so its figures are exact.
2. Counting the register of a large bureau reads all of it. So the count is cached for a minute by query and scope, and
   so are the first entries of an order that has no index. The rows themselves are always read fresh, in the current
   scope.
3. A page in the second half is read from the end, because PostgreSQL reads everything that an OFFSET skips.
"""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from enterprises.selectors import visible
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.database.caching import remembered
from foundation.tenancy.scope import current_scope

LARGE = 10_000  # enterprises in a bureau; with fewer, counting is cheaper than caching
KEPT_S = 60
SIZE_KEPT_S = 3600
FIRST = 500  # entries of an order that are cached


class LongPaginator(Paginator):
    """Pages of ids in a total order. ``by_index``: an index has this order, so nothing needs sorting."""

    def __init__(self, ids: QuerySet[Any], per_page: int, *, by_index: bool) -> None:
        super().__init__(ids, per_page)
        self.ids = ids
        self.by_index = by_index

    @cached_property
    def count(self) -> int:
        return _remembered("count", self.ids, self.ids.count)

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(self._cut(start, min(start + self.per_page, self.count)), number, self)

    def _cut(self, start: int, end: int) -> list[int]:
        if end <= FIRST and not self.by_index:
            return _remembered("first", self.ids, lambda: list(self.ids[:FIRST]))[start:end]
        if start > self.count // 2:
            return list(self.ids.reverse()[self.count - end : self.count - start])[::-1]
        return list(self.ids[start:end])


def paginator(actor: Actor, ids: QuerySet[Any], per_page: int, *, by_index: bool) -> Paginator:
    """Return the paginator that suits the size of the actor's register."""
    return LongPaginator(ids, per_page, by_index=by_index) if _is_large(actor) else Paginator(ids, per_page)


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
