"""Views that people keep of a list, and the columns they choose."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from foundation.ids import id_of
from foundation.lists import operations as kept_views
from foundation.lists.models import SavedView
from foundation.lists.operations import PLACES
from foundation.ui.views.lists.rows import Rows

COLUMNS = "columns"  # the parameter of the URL that names the columns, in their order
MENU = "list-menu"  # the element that htmx puts the views and columns of a list into
PLAIN = f"{kept_views.VIEW}=0"  # the list as it is without anybody's view


def with_query(url: str) -> str:
    """Return the address of a list as it is without anybody's view, unless it has a query already."""
    return url if "?" in url else f"{url}?{PLAIN}"


class Arranged(Rows):
    """A list whose filters, order and columns people keep as views. One of them may open first."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_menu:
            return self.show_menu()
        if self.is_arrangeable and not request.GET and not self.request.htmx:
            first = kept_views.first_view(self.actor, request.path)
            if first is not None:
                return redirect(first.url)
        return super().get(request, *args, **kwargs)

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
        views = kept_views.views_to_offer(self.actor, self.request.path)
        asked_view = id_of(asked.get(kept_views.VIEW)) or 0
        active = next((view for view in views if view.pk == asked_view), None)
        if active is None and asked_view:
            active = kept_views.find_view(self.actor, self.request.path, asked_view)
            views += [active] if active else []
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
