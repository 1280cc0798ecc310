"""Lists: filters, tabs, a table with pages, and the same as a file."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ChoiceField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.views import FilterView
from django_tables2 import RequestConfig, SingleTableMixin

from foundation.accounts import access
from foundation.accounts.access import WrongState
from foundation.bulk.acts import BulkAct
from foundation.contributions.sheets import NUMBER, Target, number_of, target_of
from foundation.downloads import attachment
from foundation.exports import operations as exports
from foundation.exports.choices import CONTENT_TYPES, Format
from foundation.exports.sheets import Sheet, file_name
from foundation.exports.tasks import make
from foundation.ids import id_of
from foundation.lists import operations as kept_views
from foundation.lists.models import SavedView
from foundation.lists.operations import PLACES
from foundation.requests import Request
from foundation.ui.tables import PER_PAGE, CappedPaginator, Presorted
from foundation.ui.templatetags.anqi import filter_chips
from foundation.ui.views.bulk import ACT, ALL, FROM_BAR, BulkPage, picked_ids
from foundation.ui.views.posting import Posting
from foundation.ui.views.reading import NoSuchChoice, Page, chosen_in, invalid_of, refuse_doubled
from foundation.words import Words, listed

RESULTS = "results"  # the element with the rows of a list
WITH_FILTERS = "X-With-Filters"  # on requests of htmx that change the form of the filters too
FORMAT = "download"  # the field of the buttons that take a list away
COLUMNS = "columns"  # the parameter of the URL that names the columns, in their order
MENU = "list-menu"  # the element that htmx puts the views and columns of a list into
PLAIN = f"{kept_views.VIEW}=0"  # the list as it is without anybody's view


LABELS = {"sort": gettext_lazy("Order"), "state": gettext_lazy("State")}


def no_such_choice(parameter: str, value: str) -> tuple[Words, str]:
    """Return label and error of a choice in the URL that a list does not have."""
    return LABELS[parameter], ChoiceField.default_error_messages["invalid_choice"] % {"value": value}


def with_query(url: str) -> str:
    """Return the address of a list as it is without anybody's view, unless it has a query already."""
    return url if "?" in url else f"{url}?{PLAIN}"


class WithResults(Page):
    """A page with an element ``results`` that htmx replaces, which is then all that is sent.

    Its template extends ``page_base`` and has the element in a block ``results``; filters that a chip may change are in
    a block ``filters``.
    """

    @property
    def is_fragment(self) -> bool:
        """Whether htmx puts the answer into the page. Going back to a page needs all of it."""
        htmx = self.request.htmx
        return bool(htmx) and htmx.target == RESULTS and not htmx.history_restore_request

    @cached_property
    def unknown(self) -> dict[str, tuple[Words, str]]:
        """Label and error of each choice in the URL that does not exist, instead of rows, by its parameter."""
        return {}

    def asked_for(self, parameter: str, values: Collection[str], default: str = "") -> str:
        """Return a choice named in the URL. For one that does not exist, the default, and the page says what is wrong."""
        try:
            return chosen_in(self.request, parameter, values, default)
        except NoSuchChoice:
            self.unknown[parameter] = no_such_choice(
                parameter, listed(dict.fromkeys(self.request.GET.getlist(parameter)))
            )
            return default

    @property
    def page_base(self) -> str:
        return "ui/_fragment.html" if self.is_fragment else super().page_base

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        context["with_filters"] = self.is_fragment and WITH_FILTERS in self.request.headers
        response = super().render_to_response(context, **options)
        patch_vary_headers(response, ["HX-Request", "HX-Target", WITH_FILTERS])
        return response


class Downloadable(Posting):
    """A page with a list to take away as a file. Its button posts to the page's own address, with the filters there."""

    http_method_names = [*Posting.http_method_names, "post"]

    def get_sheet(self, most: int) -> Sheet:
        """Return the list with the filters, the order and the columns of the page, ``most`` rows of it."""
        raise NotImplementedError

    def defaults(self) -> dict[str, str]:
        """Return what the page shows without being asked in the URL, and what it may have changed to until a worker comes."""
        return {}

    def is_answerable(self) -> bool:
        """Whether the URL asks for something that the list has; if not, the page says what is wrong."""
        return True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(formats=Format.choices, format_field=FORMAT, **context)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.other_role:
            return self.answer_other_role(may_continue=True)
        kind = request.POST.get(FORMAT, "")
        if not self.is_answerable() or self.shown_again or kind not in Format.values:
            return self.go(request.get_full_path())
        sheet = self.get_sheet(exports.MOST_AT_ONCE + 1)
        if len(sheet.keys) > exports.MOST_AT_ONCE:
            return self.ask(sheet.title, kind)
        made = exports.take_away(actor=self.actor, sheet=sheet, kind=kind)
        response = HttpResponse(made, content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = attachment(file_name(sheet.title, kind))
        return response

    def ask(self, title: str, kind: str) -> HttpResponse:
        """Leave a long list to a worker, and go to the page that shows how far it is."""
        asked = self.request.GET.copy()
        for name in PLACES:
            asked.pop(name, None)
        asked.update(self.defaults())
        path, query = self.request.path, asked.urlencode()
        try:
            export = exports.ask(actor=self.actor, title=title, path=path, query=query, kind=kind)
        except WrongState as error:
            return self.leave(self.request.get_full_path(), str(error), messages.WARNING)
        # if the broker is away, the next sweep finds it
        transaction.on_commit(partial(make.delay, self.actor.bureau_id, export.pk), robust=True)
        return self.go(reverse("accounts:download", args=[export.pk]))


class ListPage(WithResults, Downloadable, SingleTableMixin, FilterView):
    """A list: filter, tabs, chips, a table with pages, and what to do when it is empty.

    A subclass defines ``filterset_class``, ``table_class`` (a ``foundation.ui.tables.Table``) and ``get_queryset()``.
    Without a table the template gets the rows as ``object_list`` and a page of ``paginate_by`` of them as ``page_obj``.
    Search, sorting and paging by htmx get the rows alone, a chip that lifts a filter gets the filters as well.

    Taken away as a file, the list has the columns of the table; without a table ``sheet_labels`` and ``sheet_row`` name them.
    """

    template_name = "ui/list.html"
    strict = True  # an invalid value in the URL shows no rows and says which one it is, never all rows
    create_permission: ClassVar[str] = ""
    create_label: Words = ""
    icon: str = "inbox"
    empty_title: Words = gettext_lazy("Nothing here.")
    empty_text: Words = ""
    # parameters of the URL besides the filters, kept while these change
    kept: ClassVar[tuple[str, ...]] = ()
    sheet_labels: ClassVar[tuple[Words, ...]] = ()
    choices: ClassVar[tuple[str, ...]] = ()  # properties that read a choice from the URL by ``asked_for``
    bulk_acts: ClassVar[
        tuple[BulkAct, ...]
    ] = ()  # what can be done with many rows at once, besides a file of them
    table_pagination: ClassVar[bool] = True  # False: get_table_data() reads one page only

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_menu:
            return self.show_menu()
        if self.is_arrangeable and not request.GET and not self.request.htmx:
            first = kept_views.first_view(self.actor, request.path)
            if first is not None:
                return redirect(first.url)
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

    def get_paginate_by(self, rows: Any) -> int | None:
        return (self.paginate_by or PER_PAGE) if self.table_class is None else None

    def paginate_queryset(self, rows: Any, page_size: int) -> Any:
        shown = self.page_of(rows, page_size)
        return shown.paginator, shown, shown.object_list, shown.has_other_pages()

    def get_tabs(self) -> list[dict[str, Any]]:
        """Return the tabs above the list: label, url, active, count."""
        return []

    def may_create(self) -> bool:
        """Return whether the actor is offered to create a new one."""
        return bool(self.create_permission) and access.allows(self.actor, self.create_permission)

    def get_create_url(self) -> str:
        """Return the URL to create a new one."""
        return ""

    def get_empty_text(self) -> Words:
        """Return the text below the title of an empty list."""
        return self.empty_text

    def get_nothing_matches_text(self) -> Words:
        """Return what to do if the filters leave nothing."""
        if any(self.request.GET.get(name) for name in ("since", "until", "period")):
            return _("Remove a filter, or choose a longer period.")
        return _("Remove a filter, or search for something else.")

    @property
    def is_filtered(self) -> bool:
        """Whether the URL narrows the list."""
        return bool(set(self.request.GET) - {"page", "sort", COLUMNS, kept_views.VIEW, *self.kept})

    # --- views and columns ---

    @property
    def is_arrangeable(self) -> bool:
        """Whether people keep views of the list and choose its columns.

        A list without filters or about one record has nothing to keep; an enterprise's own lists are short.
        """
        return self.filterset_class is not None and not self.kwargs and not self.actor.is_enterprise

    @property
    def is_menu(self) -> bool:
        """Whether htmx asks for the menu of views and columns alone."""
        htmx = self.request.htmx
        return bool(htmx) and htmx.target == MENU and self.is_arrangeable

    @cached_property
    def view(self) -> SavedView | None:
        """The view that the URL names, None without one or if it is gone."""
        asked = id_of(self.request.GET.get(kept_views.VIEW))
        return kept_views.find_view(self.actor, self.request.path, asked) if asked else None

    def arranged(self, table: Any) -> Any:
        """Return the table with the columns that the URL names."""
        table.arrange(self.request.GET.getlist(COLUMNS))
        return table

    def show_menu(self) -> HttpResponse:
        """Respond with the views of the list and its columns, for the page that the browser shows now."""
        try:
            shown = urlsplit(self.request.htmx.current_url or "")
        except ValueError:  # said by the browser, or by something else
            shown = urlsplit("")
        asked = QueryDict(shown.query if shown.path == self.request.path else "", mutable=True)
        query = kept_views.stripped(asked.urlencode())
        views = list(kept_views.list_views(self.actor, self.request.path))
        active = next((view for view in views if str(view.pk) == asked.get(kept_views.VIEW)), None)
        rest = asked.copy()
        for name in (COLUMNS, *PLACES):
            rest.pop(name, None)
        columns = []
        if self.table_class is not None:
            table = self.table_class(data=[], **self.get_table_kwargs())
            table.arrange(asked.getlist(COLUMNS))
            columns = table.choosable
        saved = {"list": self.request.path, "query": query, "name": active.name if active else ""}
        context = {
            "views": [
                {
                    "view": view,
                    "is_active": view is active,
                    "is_own": view.grant_id == self.actor.grant_id,
                    "may_remove": kept_views.may_remove(self.actor, view),
                }
                for view in views
            ],
            "active": active,
            "has_changed": active is not None and active.query != query,
            "save_url": f"{reverse('accounts:view_save')}?{urlencode(saved)}",
            "plain_url": with_query(self.request.path),
            "columns": columns,
            "columns_rest": [(name, value) for name, values in rest.lists() for value in values],
            "has_columns": COLUMNS in asked,
            "all_columns_url": f"{self.request.path}?{rest.urlencode() or PLAIN}",
        }
        response = render(self.request, "ui/_views.html", context)
        patch_vary_headers(response, ["HX-Request", "HX-Target", "HX-Current-URL"])
        return response

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

    def get_table(self, **options: Any) -> Any:
        """Return the table in the order and at the page that the URL names.

        django-tables2 would also let the URL say how many rows a page has.
        """
        if self.table_class is None:
            return None
        table = self.table_class(data=self.get_table_data(), **options)
        RequestConfig(self.request, paginate=False).configure(self.arranged(table))
        table.picks = self.is_pickable
        if self.table_pagination:
            table.paginator = CappedPaginator(table.rows, PER_PAGE)
            table.page = table.paginator.get_page(self.request.GET.get(table.prefixed_page_field))
        return table

    # --- rows that are picked ---

    @property
    def is_pickable(self) -> bool:
        """Whether the rows have boxes: they are records of a table. An enterprise's own lists, and those about one record, are short."""
        return (
            self.table_class is not None
            and not self.kwargs
            and not self.actor.is_enterprise
            and isinstance(self.object_list, QuerySet)
        )

    def get_bulk_acts(self) -> list[BulkAct]:
        """Return what the actor may do with many rows."""
        return [act for act in self.bulk_acts if access.allows(self.actor, act.permission)]

    def find_ids(self, picked: Sequence[int] | None, most: int) -> list[int]:
        """Return those of these rows that the actor sees; None: all that the filters in the URL find."""
        if picked is None:
            table = self.table_class and RequestConfig(self.request, paginate=False).configure(
                self.get_whole_table()
            )
            rows = self.get_sheet_rows(table)
        else:
            rows = self.get_rows().filter(pk__in=picked[:most]).order_by("pk")
        return list(rows.values_list("pk", flat=True)[:most])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.POST.get(ACT, "")
        picks_none = FROM_BAR in request.POST and ALL not in request.POST and not picked_ids(request)
        if picks_none and not self.other_role:
            return self.leave(request.get_full_path(), _("Select at least one row."), messages.WARNING)
        if not code:
            return super().post(request, *args, **kwargs)
        act = next((each for each in self.bulk_acts if each.code == code), None)
        if act is None:
            return self.go(request.get_full_path())
        page: Any = BulkPage.as_view(permission=act.permission, the_list=self, act=act)
        response: HttpResponse = page(request, *args, **kwargs)
        return response

    # --- the list as a file ---

    def is_answerable(self) -> bool:
        """Read the rows. Whether the filters in the URL are valid."""
        self.filterset = self.filterset_class and self.get_filterset(self.filterset_class)
        if self.get_invalid(self.filterset):
            return False
        self.object_list = self.get_rows() if self.filterset is None else self.filterset.qs
        return True

    def get_sheet(self, most: int) -> Sheet:
        if not self.is_answerable():
            raise Http404("the filters are no longer valid")
        table = None
        if self.table_class is not None:
            table = RequestConfig(self.request, paginate=False).configure(
                self.arranged(self.get_whole_table())
            )
        rows = self.get_sheet_rows(table)
        if (picked := self.picked) is not None:
            rows = rows.filter(pk__in=picked)
        keys = rows.values_list("pk", flat=True)[:most] if isinstance(rows, QuerySet) else rows[:most]
        labels = table.header_of_sheet() if table is not None else [str(label) for label in self.sheet_labels]
        if self.numbered:
            labels = [*labels, str(NUMBER)]
        told = self.tell(table)
        if picked is not None:
            told.append((_("Selected"), f"{len(keys):,}"))
        return Sheet(str(self.get_title()), labels, list(keys), self.get_cells, told)

    @property
    def picked(self) -> list[int] | None:
        """The rows that alone are taken away; None for all."""
        is_some = FROM_BAR in self.request.POST and ALL not in self.request.POST and self.is_pickable
        return picked_ids(self.request) if is_some else None

    @property
    def numbered(self) -> Target | None:
        """What the rows may be brought back as: each has a number by which it is known then."""
        return target_of(self.object_list.model) if isinstance(self.object_list, QuerySet) else None

    def get_whole_table(self) -> Any:
        """Return the table of all rows, which gives their order and the columns."""
        return self.table_class(data=self.object_list, **self.get_table_kwargs())

    def get_sheet_rows(self, table: Any) -> Any:
        """Return all rows in the order of the page."""
        return self.object_list if table is None else table.data.data

    def get_sheet_records(self, keys: Any) -> list[Any]:
        """Return some rows, as the page shows them."""
        if not isinstance(self.object_list, QuerySet):
            return list(keys)
        found = {record.pk: record for record in self.object_list.order_by().filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def get_cells(self, keys: Any) -> Any:
        """Return the cells of some rows."""
        records = self.get_sheet_records(keys)
        if self.table_class is None:
            rows: Any = [self.sheet_row(record) for record in records]
        else:
            rows = self.arranged(
                self.table_class(Presorted(records), **self.get_table_kwargs())
            ).rows_of_sheet()
        if kind := self.numbered:
            return [(*row, number_of(kind, record.pk)) for row, record in zip(rows, records, strict=True)]
        return rows

    def sheet_row(self, record: Any) -> tuple[Any, ...]:
        """Return the cells of a row of a list without a table: what the page shows, and no more."""
        raise NotImplementedError

    def tell(self, table: Any) -> list[tuple[str, str]]:
        """Return tab, filters and order in words."""
        tabs = [str(tab["label"]) for tab in self.get_tabs() if tab["active"]]
        told = [(_("Shown"), label) for label in tabs if label != str(self.get_title())]
        chips = filter_chips({"request": self.request}, self.filterset)
        told += [(chip["label"], chip["value"]) for chip in chips]
        for alias in (table is not None and table.order_by) or ():
            if alias.bare in table.columns:
                falling = _("%(column)s, falling") if alias.is_descending else _("%(column)s, rising")
                told.append((_("Order"), falling % {"column": table.columns[alias.bare].header}))
        return told

    def count_found(self, table: Any) -> int:
        """Return how many rows the filters find, as far as pages are counted."""
        paginator = getattr(table, "paginator", None)
        return paginator.count if paginator is not None else 0

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        table = context["table"]
        # Rows are drawn here: deep in a template, where CPython may cross a boundary of its stack in each call, they can
        # take three times as long.
        drawn = context["object_list"] if table is None else table.body
        tabs = self.get_tabs()
        if self.is_arrangeable:
            # the address without a query would lead to the view that opens first
            tabs = [each | {"url": with_query(each["url"])} for each in tabs]
        return context | {
            "tabs": tabs,
            "elsewhere": [each for each in tabs if each.get("count") and not each["active"]],
            "nothing_matches_text": self.get_nothing_matches_text(),
            "create_url": self.get_create_url() if self.may_create() else "",
            "create_label": self.create_label,
            "icon": self.icon,
            "empty_title": self.empty_title,
            "empty_text": self.get_empty_text(),
            "invalid": self.get_invalid(context["filter"]),
            "is_empty": not drawn,
            "is_filtered": self.is_filtered,
            "keep": ("sort", COLUMNS, kept_views.VIEW, *self.kept),
            "is_arrangeable": self.is_arrangeable,
            "saved_view": self.view,
            "menu_id": MENU,
            "is_pickable": self.is_pickable and bool(drawn),
            "bulk_acts": self.get_bulk_acts(),
            "found": self.count_found(table),
            "plain_url": with_query(self.request.path) if self.view else self.request.path,
        }
