"""The list of what enterprises told: what waits for an answer first."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.access import Permission
from disputes.after.screening_pages import dispute_tabs
from disputes.choices import ReportAbout, ReportState, ReportWay
from disputes.models import EnterpriseReport
from disputes.reporting.submitting import WAITING_FIRST, reports_of
from enterprises.open_work import OpenWorkFilter
from enterprises.selectors import list_stations
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.searching import as_typed, every_word
from foundation.ui.filters import PicksFilter
from foundation.ui.tables import NUM, Table, badge, opening
from foundation.ui.views import ListPage

TITLE = _("From enterprises")
TONES = {
    ReportState.WAITS: "yellow",
    ReportState.TAKEN: "green",
    ReportState.PAID: "green",
    ReportState.DECLINED: "secondary",
    ReportState.UNDONE: "secondary",
}
_WHERE = {
    ReportState.WAITS: Q(answered_at=None),
    ReportState.TAKEN: Q(answered_at__isnull=False, declined="", payment_id=0, undone_on=None),
    ReportState.PAID: ~Q(payment_id=0) & Q(undone_on=None),
    ReportState.DECLINED: Q(answered_at__isnull=False) & ~Q(declined=""),
    ReportState.UNDONE: Q(undone_on__isnull=False),
}


class ReportFilter(OpenWorkFilter):
    """Enterprise, what it is, how it came, whether it was answered, station."""

    q = django_filters.CharFilter(method="search", label=_("Enterprise"), max_length=100)
    state = PicksFilter(
        label=_("State"), choices=ReportState.choices, empty_label=_("All"), condition="in_states"
    )
    about = PicksFilter(label=_("What it is"), choices=ReportAbout.choices, empty_label=_("All"))
    way = PicksFilter(
        label=pgettext_lazy("report", "How it came"), choices=ReportWay.choices, empty_label=_("All")
    )
    station = PicksFilter(field_name="station_id", label=_("Station"), empty_label=_("All"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if len(actor.stations) > 1:
            self.filters["station"].extra["choices"] = [(each.pk, each.name) for each in list_stations(actor)]
        else:
            del self.filters["station"]

    def search(self, rows: QuerySet[EnterpriseReport], name: str, value: str) -> QuerySet[EnterpriseReport]:
        return rows.filter(every_word(value, lambda word: as_typed(word, ("enterprise__search_text",))))

    def in_states(self, values: list[str]) -> Q:
        """Return the condition that a report is in one of these states."""
        found = Q(pk=0)
        for each in values:
            found |= _WHERE[ReportState(each)]
        return found


class ReportTable(Table):
    """Reports with enterprise, day, amount and state; no words of anybody."""

    about = tables.Column(verbose_name=_("What it is"), orderable=False)
    told_on = tables.Column(verbose_name=_("Told on"), orderable=False)
    people = tables.Column(verbose_name=_("People"), orderable=False, attrs=NUM)
    amount = tables.Column(verbose_name=_("Amount (yuan)"), orderable=False, attrs=NUM)
    state = tables.Column(verbose_name=_("State"), orderable=False, empty_values=(), accessor="pk")
    answered_by = tables.Column(verbose_name=_("Answered by"), orderable=False)

    sheet_labels = {"about": (_("What it is"), _("Enterprise"), "")}

    class Meta:
        order_by_field = "sort"

    def render_about(self, record: EnterpriseReport) -> SafeString:
        return opening(reverse("disputes:report", args=[record.pk]), record.title, record.enterprise.name)

    def render_told_on(self, record: EnterpriseReport) -> str:
        return record.told_on.isoformat()

    def render_amount(self, record: EnterpriseReport) -> str:
        return f"{record.amount:,.2f}"

    def render_state(self, record: EnterpriseReport) -> SafeString:
        return badge(TONES[record.state], record.state.label)


class Reports(ListPage):
    """What enterprises told, what waits for an answer first."""

    permission = Permission.VIEW_DISPUTES
    title = TITLE
    filterset_class = ReportFilter
    table_class = ReportTable
    icon = "message"
    empty_title = _("No enterprise has told anything")
    empty_text = _(
        "Enterprises report disputes, ask for mediation and prove payments in their portal. What they tell by telephone or"
        " on paper you enter here."
    )
    create_label = _("Enter a report")

    def get_queryset(self) -> QuerySet[EnterpriseReport]:
        return reports_of(self.actor).order_by(*WAITING_FIRST)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_tabs(self) -> list[dict[str, Any]]:
        return dispute_tabs(self.actor, "disputes:reports")

    def may_create(self) -> bool:
        return allows(self.actor, Permission.RECORD_DISPUTES)

    def get_create_url(self) -> str:
        return reverse("disputes:report_create")
