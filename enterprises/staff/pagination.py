"""Pages of a bureau's whole register, which may be a million entries long.

1. A station's list, and a small bureau's, is counted and cut anew for each request: its figures are exact.
2. For a large bureau counting reads the whole register. So a count is remembered for a minute, by what was asked and
   by the scope it was asked in; so are the first entries of an order that no index gives. The rows themselves are
   always read anew, in the scope of whoever asks.
3. A page of the second half is found from the end: PostgreSQL walks past everything before it.
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

LARGE = 10_000  # enterprises of a bureau; below, counting costs less than remembering
KEPT_S = 60
SIZE_KEPT_S = 3600
FIRST = 500  # entries of an order that are remembered


class LongPaginator(Paginator):
    """Pages of ids in a total order. ``by_index`` says that the order is an index's: then nothing is sorted."""

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
    """Pages of a list of enterprises' ids, as long as the actor's register asks for."""
    return LongPaginator(ids, per_page, by_index=by_index) if _is_large(actor) else Paginator(ids, per_page)


def _is_large(actor: Actor) -> bool:
    if actor.role != Role.SUPERVISOR:
        return False
    everybody = visible(actor).order_by()
    return _remembered("size", everybody, everybody.count, SIZE_KEPT_S) >= LARGE


def _remembered(what: str, asked: QuerySet[Any], compute: Callable[[], Any], kept_s: int = KEPT_S) -> Any:
    """Return a value that depends on this question in this scope alone."""
    scope = current_scope()
    in_scope = scope and sorted(scope.settings().items())
    return remembered((f"enterprises:{what}", asked.query.sql_with_params(), in_scope), compute, kept_s)
