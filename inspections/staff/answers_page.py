"""All answers to checklists as a list, which goes out as a sheet and comes in again."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.selectors import list_stations
from foundation.searching import as_typed, every_word
from foundation.ui.filters import PeriodForm, PicksFilter, day_filter
from foundation.ui.tables import Table, badge, opening
from foundation.ui.views import Crumb, ListPage
from inspections.access import Permission
from inspections.checklists.answering import answers_given, police_numbers_of
from inspections.checklists.content import Answered
from inspections.models import CheckedItem
from inspections.staff.question_picker import question_input

TONES = {Answered.PASS: "green", Answered.FAIL: "red", Answered.NOT_APPLICABLE: "secondary", "": "secondary"}


class AnswerFilter(django_filters.FilterSet):
    """Filters answers by enterprise, item, answer, day and station."""

    q = django_filters.CharFilter(label=_("Enterprise"), method="search", max_length=100)
    item = django_filters.CharFilter(
        label=pgettext_lazy("checklist", "Item"), field_name="code", max_length=20
    )
    answer = PicksFilter(
        label=pgettext_lazy("checklist", "Answer"), choices=Answered.choices, empty_label=_("All")
    )
    since = day_filter(_("From"), field_name="inspection__inspected_on", lookup_expr="gte")
    until = day_filter(_("To"), field_name="inspection__inspected_on", lookup_expr="lte")
    station = PicksFilter(field_name="station_id", label=_("Station"), empty_label=_("All"))

    class Meta:
        form = PeriodForm

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.filters["item"].extra["widget"] = question_input(actor)
        if len(actor.stations) > 1:
            self.filters["station"].extra["choices"] = [(each.pk, each.name) for each in list_stations(actor)]
        else:
            del self.filters["station"]

    def search(self, rows: QuerySet[CheckedItem], name: str, value: str) -> QuerySet[CheckedItem]:
        return rows.filter(every_word(value, lambda word: as_typed(word, ("enterprise__search_text",))))


class AnswerTable(Table):
    """Answers with enterprise, day, item and note; the sheet also has the police numbers of who inspected."""

    enterprise = tables.Column(verbose_name=_("Enterprise"), orderable=False)
    inspected_on = tables.Column(
        verbose_name=_("Inspected on"), orderable=False, accessor="inspection__inspected_on"
    )
    code = tables.Column(verbose_name=_("Item code"), orderable=False)
    asked = tables.Column(
        verbose_name=pgettext_lazy("checklist", "Item"),
        orderable=False,
        empty_values=(),
        attrs={"td": {"class": "cell-wide"}},
    )
    answer = tables.Column(
        verbose_name=pgettext_lazy("checklist", "Answer"), orderable=False, empty_values=()
    )
    note = tables.Column(verbose_name=_("Note"), orderable=False, default="")
    officers = tables.Column(
        verbose_name=_("Police numbers"), orderable=False, empty_values=(), accessor="pk"
    )

    class Meta:
        order_by_field = "sort"

    def render_enterprise(self, record: CheckedItem) -> SafeString:
        url = reverse("inspections:inspection", args=[record.inspection_id])
        return opening(url, record.enterprise.name)

    def render_inspected_on(self, record: CheckedItem) -> str:
        return record.inspection.inspected_on.isoformat()

    def render_asked(self, record: CheckedItem) -> str:
        return record.question.words

    def render_answer(self, record: CheckedItem) -> SafeString | str:
        return badge(TONES[record.answer], record.get_answer_display()) if record.answer else "–"

    def render_officers(self, record: CheckedItem) -> str:
        return police_numbers_of(record) or "–"


class AnswersPage(ListPage):
    """What inspections answered to their checklists, the latest first."""

    permission = Permission.VIEW_INSPECTIONS
    title = _("Answers to checklists")
    filterset_class = AnswerFilter
    table_class = AnswerTable
    icon = "checklist"
    empty_title = _("No answers yet")
    empty_text = _("Answers come from inspections by checklist, or from a sheet under Imports.")

    def get_trail(self) -> list[Crumb]:
        return [
            Crumb(_("Inspections"), reverse("inspections:inspections")),
            Crumb(_("Checklists"), reverse("inspections:checklists")),
        ]

    def get_queryset(self) -> QuerySet[CheckedItem]:
        return answers_given(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}
