"""The register of numbers: every number of the actor's stations, and what it stands for."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import list_stations
from foundation.contributions.papers import forms
from foundation.searching import as_typed, every_word
from foundation.ui.filters import PicksFilter
from foundation.ui.tables import Table, badge, opening
from foundation.ui.views import ListPage
from papers import selectors
from papers.access import Permission
from papers.choices import PaperState
from papers.models import Paper

TITLE = _("Papers")
TONES = {
    PaperState.ISSUED: "yellow",
    PaperState.KEPT: "secondary",
    PaperState.SERVED: "green",
    PaperState.CORRECTED: "secondary",
    PaperState.VOIDED: "secondary",
}
_VALID = Q(voided_at=None, corrected_at=None)
_STATES = {
    PaperState.ISSUED: _VALID & Q(served_on=None),
    PaperState.KEPT: _VALID,
    PaperState.SERVED: _VALID & Q(served_on__isnull=False),
    PaperState.CORRECTED: Q(voided_at=None, corrected_at__isnull=False),
    PaperState.VOIDED: Q(voided_at__isnull=False),
}


class RegisterFilter(django_filters.FilterSet):
    """Number or enterprise, form, state, year, station."""

    q = django_filters.CharFilter(method="search", label=_("Number or enterprise"), max_length=100)
    form_code = PicksFilter(field_name="form", label=_("Form"), empty_label=_("All"))
    state = PicksFilter(
        label=_("State"), choices=PaperState.choices, empty_label=_("All"), condition="of_state"
    )
    year = django_filters.NumberFilter(label=_("Year"), min_value=2000, max_value=2999)
    station = PicksFilter(field_name="issued_by_station_id", label=_("Station"), empty_label=_("All"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.filters["form_code"].extra["choices"] = [(each.code, each.title) for each in forms if each.word]
        if len(actor.stations) > 1:
            self.filters["station"].extra["choices"] = [(each.pk, each.name) for each in list_stations(actor)]
        else:
            del self.filters["station"]

    def search(self, rows: QuerySet[Paper], name: str, value: str) -> QuerySet[Paper]:
        return rows.filter(every_word(value, lambda word: as_typed(word, ("number_text", "enterprise_name"))))

    def of_police(self, state: str) -> Q:
        """Return the condition on the form of a number in this state: what the police keep is never to be served."""
        internal = Q(form__in=[form.code for form in forms if form.internal])
        if state in (PaperState.ISSUED, PaperState.SERVED):
            return ~internal
        return internal if state == PaperState.KEPT else Q()

    def of_state(self, values: list[str]) -> Q:
        """Return the condition that a number is in one of these states."""
        found = Q(pk=0)
        for each in values:
            found |= _STATES[PaperState(each)] & self.of_police(each)
        return found


class RegisterTable(Table):
    """Numbers with enterprise, day, who issued it, and what became of it."""

    number_text = tables.Column(verbose_name=_("Paper number"), orderable=False)
    enterprise_name = tables.Column(verbose_name=_("Enterprise"), orderable=False)
    issued_on = tables.Column(verbose_name=_("Issued on"), orderable=False)
    issued_by = tables.Column(verbose_name=_("Issued by"), orderable=False)
    served_on = tables.Column(verbose_name=_("Served on"), orderable=False)
    state = tables.Column(verbose_name=_("State"), orderable=False)

    sheet_labels = {"number_text": (_("Paper number"), _("Form"), "")}

    class Meta:
        order_by_field = "sort"

    def render_number_text(self, record: Paper) -> SafeString:
        return opening(reverse("papers:paper", args=[record.pk]), record, record.title)

    def render_issued_on(self, record: Paper) -> str:
        return record.issued_on.isoformat()

    def render_served_on(self, record: Paper) -> str:
        return record.served_on.isoformat() if record.served_on else "–"

    def render_state(self, record: Paper) -> SafeString:
        return badge(TONES[record.state], record.state.label)


class Register(ListPage):
    """All numbers, the latest first."""

    permission = Permission.VIEW_REGISTER
    title = TITLE
    template_name = "papers/register.html"
    filterset_class = RegisterFilter
    table_class = RegisterTable
    icon = "file-text"
    empty_title = _("No paper was issued yet")
    empty_text = _("An order to rectify is issued from the page of a hazard.")

    def get_queryset(self) -> QuerySet[Paper]:
        return selectors.issued(self.actor).order_by("-year", "-issued_on", "form", "-number", "-version")

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may_change = allows(self.actor, Permission.CHANGE_LETTERHEAD)
        return super().get_context_data(may_change_letterhead=may_change, **context)
