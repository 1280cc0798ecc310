"""Lists of facts: the filter every one has, the columns they share, paging that does not count to a million."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises.selectors import list_stations, matching, visible
from facts.models import Fact
from foundation.accounts.actors import Actor
from foundation.ui.filters import IdFilter, TickFilter, day_filter
from foundation.ui.tables import badge, opening


class FactFilter(django_filters.FilterSet):
    """Enterprise as typed, days from and to, station, voided records. Subclasses name their ``day`` and add choices."""

    day = ""

    q = django_filters.CharFilter(
        method="search", label=_("Name, initials or code of the enterprise"), max_length=100
    )
    since = day_filter(_("From"), method="on_or_after")
    until = day_filter(_("To"), method="on_or_before")
    station = django_filters.ChoiceFilter(label=_("Station"), empty_label=_("All"))
    enterprise = IdFilter()
    voided = TickFilter(method="with_voided", label=_("Show voided"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        if len(actor.stations) > 1:
            self.filters["station"].extra["choices"] = [(each.pk, each.name) for each in list_stations(actor)]
        else:
            del self.filters["station"]
        if actor.is_enterprise:
            del self.filters["q"]
        order = ["q", *self.own_filters(), "since", "until", "station", "enterprise", "voided"]
        self.filters = {name: self.filters[name] for name in order if name in self.filters}

    @classmethod
    def own_filters(cls) -> list[str]:
        """The filters a subclass adds; they stand right after the search."""
        return [name for name in cls.base_filters if name not in FactFilter.base_filters]

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(enterprise_id__in=matching(visible(self.actor), value).values("pk"))

    def on_or_after(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{self.day}__gte": value})

    def on_or_before(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{self.day}__lte": value})

    def with_voided(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows if value else rows.filter(voided_at=None)


class FactTable(tables.Table):
    """Columns every list of facts has. The first cell opens the record; voided rows are struck out."""

    url_name = ""
    station = tables.Column(verbose_name=_("Station"), accessor="station__name", orderable=False)

    class Meta:
        order_by_field = "sort"
        row_attrs = {"class": lambda record: "voided" if record.is_voided else ""}

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        exclude = [] if len(actor.stations) > 1 else ["station"]
        super().__init__(*args, exclude=exclude, **options)
        if len(actor.stations) > 1 and "enterprise" in self.columns.names():
            self.columns[
                "enterprise"
            ].column.orderable = False  # no index gives the records of a bureau by name

    def opening(self, record: Fact, title: Any, line: Any = "") -> SafeString:
        """The main cell: a title that opens the record and a quiet line below it."""
        url = reverse(self.url_name, args=[record.pk])
        mark = badge("secondary", _("voided")) if record.is_voided else ""
        return opening(url, title, line, mark)
