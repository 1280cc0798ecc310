"""The page of the enterprises that a list does not name."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.access import Permission as EnterprisePermission
from enterprises.models import Enterprise
from foundation.accounts.access import allows
from foundation.contributions.file import address_of
from foundation.ui.tables import NAME, Table, opening
from foundation.ui.views import Crumb, ListPage
from imports.operations.missing import MOST_UNKNOWN, is_settled, not_in
from imports.staff.preview import Preview
from imports.staff.sheets import SHEETS, OfSheet
from imports.targets import ENTERPRISE


class MissingTable(Table):
    """Enterprises with what people know them by, and the way to take one off the register."""

    name = tables.Column(verbose_name=gettext_lazy("Enterprise"), orderable=False)
    credit_code = tables.Column(orderable=False, default="")
    phone = tables.Column(orderable=False, default="")
    registered_on = tables.DateColumn(format="Y-m-d", orderable=False, default="")
    station = tables.Column(
        verbose_name=gettext_lazy("Station"), accessor="station__name", orderable=False, attrs=NAME
    )
    act = tables.Column(verbose_name="", empty_values=(), orderable=False)

    sheet_labels = {"name": (gettext_lazy("Enterprise"), gettext_lazy("Address"), ""), "act": ()}

    class Meta:
        model = Enterprise
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, may_take_off: bool, of_stations: bool, **options: Any) -> None:
        hidden = [name for name, shown in (("act", may_take_off), ("station", of_stations)) if not shown]
        super().__init__(*args, exclude=hidden, **options)

    def render_name(self, record: Enterprise) -> SafeString:
        return opening(address_of(record.pk), record.name, record.address)

    def render_act(self, record: Enterprise) -> SafeString:
        url = reverse("enterprises:inactivity", args=[record.pk])
        return format_html('<a class="btn" href="{}">{}</a>', url, _("Take off the register"))


class SheetMissing(OfSheet, ListPage):
    """The enterprises of the register that a sheet does not name."""

    table_class = MissingTable
    template_name = "imports/sheet_missing.html"
    icon = "circle-check"

    def find_record(self) -> Any:
        found = super().find_record()
        if found.kind != ENTERPRISE:
            raise Http404("only a list of enterprises")
        return found

    def get_title(self) -> str:
        return _("Not in %(file)s") % {"file": self.record.file_name}

    def get_trail(self) -> list[Crumb]:
        return [
            Crumb(SHEETS, reverse("imports:sheets")),
            Crumb(self.record.file_name, self.url),
            Crumb(_("Not in the list")),
        ]

    def get_queryset(self) -> QuerySet[Enterprise]:
        return not_in(self.actor, self.record).select_related("station")

    def get_empty_title(self) -> str:
        """Return what stands in place of the rows if there are none."""
        if is_settled(self.record):
            return _("Everything on the register is in the list")
        words = _("More than %(count)d rows stand for no enterprise yet. Mend them or leave them out first.")
        return words % {"count": MOST_UNKNOWN}

    def get_table_kwargs(self) -> dict[str, Any]:
        return {
            "may_take_off": allows(self.actor, EnterprisePermission.DEACTIVATE_ENTERPRISES),
            "of_stations": not self.record.station_id,
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        preview = Preview(self.actor, self.record)
        if is_settled(self.record):
            preview.missing = self.object_list.count()  # the rows were looked for already
        shown = super().get_context_data(sheet=self.record, preview=preview, on_missing=True, **context)
        return shown | {"empty_title": self.get_empty_title()}
