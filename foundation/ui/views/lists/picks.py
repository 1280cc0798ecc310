"""Rows that are picked, and what is done with all of them at once."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from foundation.accounts import access
from foundation.bulk.acts import MOST, BulkAct
from foundation.requests import Request
from foundation.ui.views.bulk import ACT, ALL, FROM_BAR, BulkPage, picked_ids
from foundation.ui.views.lists.as_file import AsFile


class Pickable(AsFile):
    """A list whose rows have boxes. ``bulk_acts`` names what can be done with those picked, besides a file of them."""

    bulk_acts: ClassVar[Sequence[BulkAct]] = ()

    @property
    def is_pickable(self) -> bool:
        """Whether the rows have boxes: they are records of a table. An enterprise's own lists, and those about one record, are short."""
        return (
            self.table_class is not None
            and not self.kwargs
            and not self.actor.is_enterprise
            and isinstance(self.object_list, QuerySet)
        )

    def get_table(self, **options: Any) -> Any:
        table = super().get_table(**options)
        if table is not None:
            table.picks = self.is_pickable
        return table

    @property
    def picked(self) -> list[int] | None:
        """The rows that alone are taken away; None for all."""
        is_some = FROM_BAR in self.request.POST and ALL not in self.request.POST and self.is_pickable
        return picked_ids(self.request) if is_some else None

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
        picks = len(picked_ids(request)) if FROM_BAR in request.POST and ALL not in request.POST else None
        if picks == 0 and not self.other_role:
            return self.leave(request.get_full_path(), _("Select at least one row."), messages.WARNING)
        if picks is not None and picks > MOST:
            words = _("At most %(most)s at once. Narrow the list first.") % {"most": f"{MOST:,}"}
            return self.leave(request.get_full_path(), words, messages.WARNING)
        if not code:
            return super().post(request, *args, **kwargs)
        act = next((each for each in self.bulk_acts if each.code == code), None)
        if act is None:
            return self.go(request.get_full_path())
        page: Any = BulkPage.as_view(permission=act.permission, the_list=self, act=act)
        response: HttpResponse = page(request, *args, **kwargs)
        return response
