"""The page of a list: tabs, chips, its rows, and what to do when it is empty."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access
from foundation.lists import operations as kept_views
from foundation.ui.views.lists.arranging import COLUMNS, MENU, with_query
from foundation.ui.views.lists.picks import Pickable
from foundation.words import Words


class ListPage(Pickable):
    """A list: filter, tabs, chips, a table with pages, and what to do when it is empty.

    A subclass defines ``filterset_class``, ``table_class`` (a ``foundation.ui.tables.Table``) and ``get_queryset()``.
    Without a table the template gets the rows as ``object_list`` and a page of ``paginate_by`` of them as ``page_obj``.
    Search, sorting and paging by htmx get the rows alone, a chip that lifts a filter gets the filters as well.
    """

    template_name = "ui/list.html"
    create_permission: ClassVar[str] = ""
    create_label: Words = ""
    icon: str = "inbox"
    empty_title: Words = gettext_lazy("Nothing here.")
    empty_text: Words = ""
    # parameters of the URL besides the filters, kept while these change
    kept: ClassVar[tuple[str, ...]] = ()

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
