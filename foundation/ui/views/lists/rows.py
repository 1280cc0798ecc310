"""The rows of a list: what the URL asks for, in which order, at which page."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django_filters.views import FilterView
from django_tables2 import RequestConfig, SingleTableMixin

from foundation.database.planner import in_index_order
from foundation.ui.tables import COUNT_TO, PER_PAGE, CappedPaginator
from foundation.ui.views.lists.downloadable import Downloadable
from foundation.ui.views.lists.results import WithResults, no_such_choice
from foundation.ui.views.reading import invalid_of, refuse_doubled
from foundation.words import Words


class Rows(WithResults, Downloadable, SingleTableMixin, FilterView):
    """Rows narrowed by a filter, in a table with pages. Without a table the template gets a page of them."""

    strict = True  # an invalid value in the URL shows no rows and says which one it is, never all rows
    choices: ClassVar[tuple[str, ...]] = ()  # properties that read a choice from the URL by ``asked_for``
    table_pagination: ClassVar[bool] = True  # False: get_table_data() reads one page only

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.filterset_class is not None:
            return super().get(request, *args, **kwargs)
        self.object_list = self.get_rows()
        return self.render_to_response(self.get_context_data(filter=None, object_list=self.object_list))

    def get_rows(self) -> Any:
        """Return the rows of a list without a filter."""
        return self.get_queryset()

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        # an empty query binds the filter too: an unticked box narrows the list
        return super().get_filterset_kwargs(filterset_class) | {"data": self.request.GET}

    def get_filterset(self, filterset_class: Any) -> Any:
        return refuse_doubled(super().get_filterset(filterset_class))

    def get_invalid(self, filterset: Any) -> list[tuple[Words, str]]:
        """Return label and error of each filter, and of the tab and the order, whose value in the URL is invalid."""
        for name in self.choices:
            getattr(self, name)
        return [*self.unknown.values(), *self._unknown_order(), *invalid_of(filterset)]

    def _unknown_order(self) -> list[tuple[Words, str]]:
        """Return the error if the URL asks for an order that the table does not have."""
        if self.table_class is None or "sort" in self.choices:
            return []
        columns, default = self.table_class.base_columns, self.table_class._meta.orderable
        known = {
            name
            for name, column in columns.items()
            if (default if column.orderable is None else column.orderable)
        }
        given = ",".join(self.request.GET.getlist("sort")).split(",")
        asked = sorted({alias.strip() for alias in given} - {""})
        return [no_such_choice("sort", alias) for alias in asked if alias.removeprefix("-") not in known]

    def arranged(self, table: Any) -> Any:
        """Return the table with the columns to show."""
        return table

    def get_table(self, **options: Any) -> Any:
        """Return the table in the order and at the page that the URL names.

        django-tables2 would also let the URL say how many rows a page has.
        """
        if self.table_class is None:
            return None
        table = self.table_class(data=self.get_table_data(), **options)
        RequestConfig(self.request, paginate=False).configure(self.arranged(table))
        if self.table_pagination:
            table.paginator = CappedPaginator(table.rows, PER_PAGE)
            table.page = table.paginator.get_page(self.request.GET.get(table.prefixed_page_field))
            if self.reads_in_order() and table.paginator.count >= COUNT_TO:
                with in_index_order():
                    len(table.page.object_list.data)  # keeps what it reads
        return table

    def reads_in_order(self) -> bool:
        """Return whether a page of very many rows is found sooner by following the index of their order than by collecting them."""
        return False

    def get_whole_table(self) -> Any:
        """Return the table of all rows, which gives their order and the columns."""
        return self.table_class(data=self.object_list, **self.get_table_kwargs())

    def get_paginate_by(self, rows: Any) -> int | None:
        return (self.paginate_by or PER_PAGE) if self.table_class is None else None

    def paginate_queryset(self, rows: Any, page_size: int) -> Any:
        shown = self.page_of(rows, page_size)
        return shown.paginator, shown, shown.object_list, shown.has_other_pages()

    def count_found(self, table: Any) -> int:
        """Return how many rows the filters find, as far as pages are counted."""
        paginator = getattr(table, "paginator", None)
        return paginator.count if paginator is not None else 0

    def get_tabs(self) -> list[dict[str, Any]]:
        """Return the tabs above the list: label, url, active, count."""
        return []
