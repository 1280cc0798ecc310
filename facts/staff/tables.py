"""Lists of facts: the common filter, the common columns, and the defaults for a kind that adds nothing."""

import datetime as dt
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.forms import TextInput
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enterprises.register_filter import RegisterFilter
from enterprises.selectors import list_stations
from facts.lives import AWAY_CHOICE, Life
from facts.models import Fact
from facts.selectors import field_of, with_words
from foundation.accounts.actors import Actor
from foundation.ui.filters import IdFilter, PeriodForm, PicksFilter, SpanFilter, TickFilter, day_filter
from foundation.ui.tables import NAME, Opening, Table, badge, opening
from foundation.ui.templatetags.anqi import day
from foundation.words import Words


class FactFilter(RegisterFilter):
    """Words of the record or its enterprise, days, station, what the register says, open work, voided records.

    Subclasses set ``day`` and add choices.
    """

    day = ""
    # where another table narrows the rows, PostgreSQL expects few of them, also if they are thousands
    expected_to_find_few: ClassVar[tuple[str, ...]] = ("area", "section", "street")
    base_filters: ClassVar[dict[str, django_filters.Filter]]

    class Meta:
        form = PeriodForm

    q = django_filters.CharFilter(
        method="search", label=_("Enterprise, or words of the record"), max_length=100
    )
    period = SpanFilter(by="within")
    since = day_filter(_("From"), method="on_or_after")
    until = day_filter(_("To"), method="on_or_before")
    station = PicksFilter(label=_("Station"), empty_label=_("All"))
    enterprise = IdFilter()
    voided = TickFilter(method="with_voided", label=_("Show voided"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.enterprises_of_words: dict[
            str, list[int]
        ] = {}  # a page filters the rows, then again for its tabs
        if len(actor.stations) > 1:
            self.filters["station"].extra["choices"] = [(each.pk, each.name) for each in list_stations(actor)]
        else:
            del self.filters["station"]
        hint = _("Words of the record") if actor.is_enterprise else _("Enterprise, or words of the record")
        self.filters["q"].extra["widget"] = TextInput({"placeholder": hint})
        # the first of a long form are seen at once
        first, days = ["q", "station", "liaison"], ["period", "since", "until"]
        rest = ["area", "street", "work", "whose", "enterprise", "voided"]
        order = [*first, *self.own_filters(), *days, *rest]
        self.filters = {name: self.filters[name] for name in order if name in self.filters}

    @classmethod
    def own_filters(cls) -> list[str]:
        """Return the filters that a subclass adds. They follow the station and the officer."""
        return [name for name in cls.base_filters if name not in FactFilter.base_filters]

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(self.actor, rows, value, named=self.enterprises_of_words)

    def within(self, rows: QuerySet, first: dt.date, last: dt.date) -> QuerySet:
        return rows.filter(**{f"{self.day}__range": (first, last)})

    def on_or_after(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{self.day}__gte": value})

    def on_or_before(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{self.day}__lte": value})

    def with_voided(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows if value else rows.filter(voided_at=None)


class FactTable(Table):
    """The common columns. The first cell links to the record; voided rows are struck out."""

    url_name = ""
    main = "enterprise"  # the column of the main cell
    line: Words = ""  # what the second line of the main cell says, as a column of a sheet
    own_line: Words = ""  # the same where an enterprise's people read it
    station = tables.Column(verbose_name=_("Station"), accessor="station__name", orderable=False, attrs=NAME)

    class Meta:
        order_by_field = "sort"
        row_attrs = {"class": lambda record: "voided" if record.is_voided else ""}

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        exclude = [] if len(actor.stations) > 1 else ["station"]
        super().__init__(*args, exclude=exclude, **options)
        if len(actor.stations) > 1 and "enterprise" in self.columns.names():
            # no index sorts the records of a bureau by enterprise
            self.columns["enterprise"].column.orderable = False
        if actor.is_enterprise and "enterprise" in self.columns.names():
            # all rows are about the one enterprise, so the cell says what they are about
            self.columns["enterprise"].column.orderable = False
            self.columns["enterprise"].column.verbose_name = _("Record")
        line = self.own_line if actor.is_enterprise else self.line
        main = (self.columns[self.main].header, line, _("Voided"))
        self.sheet_labels = {**type(self).sheet_labels, self.main: main}

    def named(self, record: Fact, what: Any) -> SafeString:
        """Return the main cell of a record that is known by its enterprise: to its own people, by what it is about."""
        if self.actor.is_enterprise:
            return self.opening(record, what)
        return self.opening(record, record.enterprise.name, what)

    def opening(self, record: Fact, title: Any, line: Any = "") -> Opening:
        """Return the main cell: a title that links to the record and a quiet line below it."""
        mark = badge("secondary", _("voided")) if record.is_voided else ""
        return opening(reverse(self.url_name, args=[record.pk]), title, line, mark)


def enterprise_column() -> tables.Column:
    """Return the column of a record's enterprise. Add a ``render_enterprise`` to it."""
    return tables.Column(verbose_name=_("Enterprise"), order_by=("enterprise__sort_key", "pk"))


class DayColumn(tables.Column):
    """A day, written without a template."""

    empty_values = ()

    def render(self, value: dt.date | None) -> SafeString:
        return day(value)


def day_column(name: str, label: Words) -> DayColumn:
    """Return the column of a day."""
    return DayColumn(verbose_name=label, order_by=(name, "pk"))


def filter_of(day: str, life: Life[Any] | None) -> type[FactFilter]:
    """Return the filter of a kind that adds nothing: its day and, if it has a life, its state."""
    fields: dict[str, Any] = {"day": day}
    if life is not None:
        choices = [*((code, state.code.label) for code, state in life.states.items()), AWAY_CHOICE]
        fields["state"] = PicksFilter(
            label=_("State"), choices=choices, empty_label=_("All"), condition="in_states"
        )
        fields["in_states"] = lambda self, values: life.listed(*values, voided=True)
    return type("KindFilter", (FactFilter,), fields)


def table_of(model: type[Fact], day: str, life: Life[Any] | None, url: str) -> type[FactTable]:
    """Return the table of a kind that adds nothing: enterprise and record, day, state."""
    label = capfirst(str(field_of(model, day).verbose_name))
    fields: dict[str, Any] = {
        "url_name": url,
        "enterprise": enterprise_column(),
        day: day_column(day, label),
        "line": _("Record"),
        "render_enterprise": lambda self, record: self.named(record, str(record)),
    }
    if life is not None:
        fields["state"] = tables.Column(verbose_name=_("State"), orderable=False, accessor="state")
        fields["render_state"] = lambda self, value: badge(life.tone(value), value.label)
    order = [name for name in ("enterprise", day, "state", "station") if name in fields or name == "station"]
    fields["Meta"] = type("Meta", (FactTable.Meta,), {"sequence": order, "order_by": (f"-{day}",)})
    return type("KindTable", (FactTable,), fields)
