"""Lists of inspections, hazards and self-checks."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises.pickers import officers_input
from enterprises.register_filter import IndustryFilter
from facts.staff.tables import FactFilter, FactTable, day_column, enterprise_column
from foundation.accounts.actors import Actor
from foundation.contributions.limits import names_in
from foundation.searching import as_typed, every_word
from foundation.ui.filters import DueFilter, PicksFilter
from foundation.ui.pickers import PickerInput, names
from foundation.ui.tables import Opening, badge
from foundation.words import listed
from inspections.checklists.failing import answering
from inspections.choices import CheckTarget, Conclusion, HazardState, InspectionKind, Origin, Severity
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, Inspection, SelfCheck
from inspections.selectors import (
    JUDGED,
    LATE,
    MAJOR_TODAY,
    NO_DEADLINE,
    NOT_DUE,
    ON_TIME,
    OVERDUE_NOW,
    Setback,
    setbacks,
    timely,
)
from inspections.staff.question_picker import question_input
from inspections.supervising.counting import found_something, is_ordered, judged, to_order
from inspections.supervising.officers import with_officer
from inspections.wording import setback_words

NOTHING, SOMETHING, EITHER = "nothing", "something", "either"  # found by an inspection
WITHOUT, EXPECTED = "none", "expected"  # order about a hazard
CONCLUSION_TONES = {"qualified": "green", "rectify": "yellow", "unqualified": "red"}


class InspectionFilter(IndustryFilter, FactFilter):
    """Filters inspections by kind and conclusion, by industry, and by an item of their checklists."""

    day = "inspected_on"
    expected_to_find_few = (*FactFilter.expected_to_find_few, "liaison", "inspector", "failed", "checked")
    kind = PicksFilter(label=_("Kind"), choices=InspectionKind.choices, empty_label=_("All"))
    conclusion = PicksFilter(
        label=_("Conclusion"), choices=Conclusion.choices, empty_label=_("All"), none=_("None yet")
    )
    found = django_filters.ChoiceFilter(
        label=_("Findings"),
        choices=[
            (NOTHING, _("Nothing found, without re-inspections")),
            (SOMETHING, _("Hazards found")),
            (EITHER, _("All without re-inspections")),
        ],
        empty_label=_("All"),
        method="that_found",
    )
    inspector = django_filters.CharFilter(
        label=_("Inspector"),
        method="that_names",
        max_length=80,
        widget=officers_input(several=False, placeholder=_("Anyone")),
    )
    failed = django_filters.CharFilter(label=_("Failed item"), method="that_failed", max_length=20)
    checked = django_filters.CharFilter(label=_("Checked item"), method="that_checked", max_length=20)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        for name in ("failed", "checked"):
            self.filters[name].extra["widget"] = question_input(actor)

    def that_found(self, rows: Any, name: str, value: str) -> Any:
        rows = rows.filter(judged()) if value in (NOTHING, EITHER) else rows
        if value == EITHER:
            return rows
        return rows.filter(found_something() if value == SOMETHING else ~found_something())

    def that_names(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(with_officer(value))

    def that_failed(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(answering(self.actor, value.strip(), failed_only=True))

    def that_checked(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(answering(self.actor, value.strip(), failed_only=False))


class InspectionTable(FactTable):
    """Inspections with conclusion and inspectors."""

    url_name = "inspections:inspection"
    line = own_line = _("Kind")
    enterprise = enterprise_column()
    inspected_on = day_column("inspected_on", _("Inspected on"))
    conclusion = tables.Column(verbose_name=_("Conclusion"), orderable=False, empty_values=())
    inspectors = tables.Column(verbose_name=_("Inspectors"), orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("enterprise", "inspected_on", "conclusion", "inspectors", "station")
        order_by = ("-inspected_on",)

    def render_enterprise(self, record: Inspection) -> SafeString:
        return self.opening(record, record.enterprise.name, record.get_kind_display())

    def sheet_inspectors(self, record: Inspection) -> tuple[str]:
        return (record.inspectors,)  # as recorded, so that the sheet comes in again without a difference

    def render_inspectors(self, value: str) -> str:
        return listed(names_in(value))

    def render_conclusion(self, record: Inspection) -> Any:
        if not record.conclusion:
            return "–"
        return badge(CONCLUSION_TONES[record.conclusion], record.get_conclusion_display())


class HazardFilter(IndustryFilter, FactFilter):
    """Filters hazards by their own words, by severity, by who found them and by their deadlines."""

    day = "found_on"
    item = django_filters.CharFilter(
        label=_("Item"),
        method="of_item",
        max_length=120,
        widget=PickerInput("inspections:pick_item", names, free=True, placeholder=_("Any")),
    )
    words = django_filters.CharFilter(label=_("Words of the hazard"), method="in_own_words", max_length=100)
    severity = PicksFilter(
        label=_("Severity"), choices=Severity.choices, empty_label=_("All"), condition="of_severity"
    )
    origin = PicksFilter(label=_("Found by"), choices=Origin.choices, empty_label=_("All"))
    due = DueFilter(field_name="deadline", unmet="waits_for_enterprise")
    ordered = django_filters.ChoiceFilter(
        label=_("Order to rectify"),
        choices=[
            (WITHOUT, _("None, and an inspection found it")),
            (EXPECTED, _("Expected: an inspection found it")),
        ],
        empty_label=_("All"),
        method="by_order",
    )
    timely = django_filters.ChoiceFilter(
        label=_("Deadline"),
        choices=[
            (ON_TIME, _("Rectified on time")),
            (LATE, _("Closed late or overdue")),
            (JUDGED, _("Closed or overdue")),
            (OVERDUE_NOW, _("Overdue now")),
            (NOT_DUE, _("Open, not yet due")),
            (NO_DEADLINE, _("Open, without a deadline")),
        ],
        empty_label=_("All"),
        method="by_deadline",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if actor.is_enterprise:  # its search looks into the hazards' own words
            del self.filters["item"], self.filters["words"], self.filters["ordered"]

    def of_item(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(every_word(value, lambda word: as_typed(word, ("item",))))

    def in_own_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(every_word(value, lambda word: as_typed(word, Hazard.searched_by_police)))

    def by_order(self, rows: Any, name: str, value: str) -> Any:
        rows = rows.filter(to_order())
        return rows.filter(~is_ordered()) if value == WITHOUT else rows

    def by_deadline(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(timely(value, timezone.localdate()))

    def of_severity(self, values: Sequence[str]) -> Q:
        if len(values) > 1:
            return ~Q(pk__in=())
        return MAJOR_TODAY if Severity.MAJOR in values else ~MAJOR_TODAY

    def waits_for_enterprise(self) -> Q:
        """Return the condition that a hazard is not rectified: also if what was submitted was refused."""
        return Q(closed_on=None, rectified_on=None)

    def condition_of(self, name: str) -> Q | None:
        """Return what one of the filters behind the board's figures asks for, None if it is not in force."""
        given = self.form.cleaned_data.get(name)
        if not given:
            return None
        if name == "timely":
            return timely(given, timezone.localdate())
        where = self.looked_after(given.values) if name == "liaison" else self.of_severity(given.values)
        return ~where if given.is_not else where

    def without(self, names: Collection[str]) -> QuerySet[Hazard]:
        """Return the rows that all other filters leave."""
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name in self.filters and name not in names:
                rows = self.filters[name].filter(rows, value)
        return rows


class HazardTable(FactTable):
    """Hazards with state and deadline."""

    url_name = "inspections:hazard"
    main, line, own_line = "item", _("Enterprise"), _("Why it came back")
    item = tables.Column(verbose_name=_("Hazard"), orderable=False)
    severity = tables.Column(verbose_name=_("Severity"), orderable=False, accessor="severity")
    state = tables.Column(verbose_name=_("State"), orderable=False, accessor="state")
    deadline = tables.TemplateColumn(
        template_name="inspections/_due.html",
        verbose_name=_("Due"),
        order_by=("deadline", "pk"),
        empty_values=(),
    )
    found_on = day_column("found_on", _("Found on"))

    class Meta(FactTable.Meta):
        sequence = ("item", "severity", "state", "deadline", "found_on", "station")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        item, *others = self.sheet_labels["item"]
        self.sheet_labels = {**self.sheet_labels, "item": (item, _("Place"), *others)}

    def sheet_item(self, record: Hazard) -> tuple[str, ...]:
        return record.item, record.place, *self.render_item(record).parts[1:]

    def render_item(self, record: Hazard) -> Opening:
        if not self.actor.is_enterprise:
            return self.opening(record, str(record), record.enterprise.name)
        setback = self.setbacks.get(record.pk)
        return self.opening(record, str(record), setback_words(setback) if setback else "")

    @cached_property
    def setbacks(self) -> dict[int, Setback]:
        """Why hazards of this page came back to the enterprise."""
        return setbacks(self.actor, [row.record for row in self.paginated_rows])

    def render_severity(self, value: Severity) -> Any:
        return badge("red", value.label) if value is Severity.MAJOR else value.label

    def render_state(self, value: HazardState, record: Hazard) -> SafeString:
        state = badge(HAZARD_LIFE.tone(value), value.label)
        if not record.waits_for_answer:
            return state
        return format_html("{} {}", state, badge("yellow", _("Extension asked for")))


class SelfCheckFilter(FactFilter):
    """Filters self-checks by what was checked."""

    day = "checked_on"
    target = PicksFilter(label=_("What was checked"), choices=CheckTarget.choices, empty_label=_("All"))


class SelfCheckTable(FactTable):
    """Self-checks with what they found."""

    url_name = "inspections:self_check"
    line = _("What was checked")
    enterprise = enterprise_column()
    checked_on = day_column("checked_on", _("Checked on"))
    checked_by = tables.Column(verbose_name=_("Checked by"), orderable=False)
    findings = tables.Column(verbose_name=_("Findings"), orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("enterprise", "checked_on", "checked_by", "findings", "station")
        order_by = ("-checked_on",)

    def render_enterprise(self, record: SelfCheck) -> SafeString:
        return self.named(record, record.get_target_display())

    def render_findings(self, value: str) -> str:
        return value if len(value) <= 80 else value[:79] + "…"

    def sheet_findings(self, record: SelfCheck) -> tuple[str]:
        return (record.findings,)
