"""Paged lists in a part of a page."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PANEL = 25


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    parameter: str = "page",
    count: int | None = None,
) -> Page:
    """Return the page that a query parameter asks for, the first one if it is invalid.

    ``count``: how many rows there are, where a figure of the page says it already.
    """
    paginator = Paginator(rows, PER_PANEL)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get(parameter, 1))
