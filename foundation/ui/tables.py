"""Lists as tables: page size, paging that does not count to a million, badges."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.data import TableListData

from foundation.words import Words

PER_PAGE = 50
COUNT_TO = 5_000
NUM = {"th": {"class": "num"}, "td": {"class": "num"}}


class CappedPaginator(Paginator):
    """Counts no further than COUNT_TO rows: nobody pages through more, a filter is quicker."""

    @cached_property
    def count(self) -> int:
        bound: Any = self.object_list  # django-tables2 passes its BoundRows
        rows = bound.data.data
        return rows.order_by()[:COUNT_TO].count() if isinstance(rows, QuerySet) else len(rows)


class Presorted(TableListData):
    """A page of rows that PostgreSQL has already sorted and cut; the table must not sort them again."""

    def order_by(self, aliases: Any) -> None:
        return None


def badge(tone: str, words: Words) -> SafeString:
    """Return a state as a badge."""
    return format_html('<span class="badge bg-{}-lt">{}</span>', tone, words)


def opening(url: str, title: object, line: object = "", mark: object = "") -> SafeString:
    """Return the main cell of a row: a title that links to the record and a quiet line below it."""
    return format_html(
        '<div class="cell-title"><a href="{}">{}</a> {}</div><div class="quiet">{}</div>',
        url,
        title,
        mark,
        line,
    )
