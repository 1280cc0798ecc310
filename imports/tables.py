"""Tables of imports and remarks."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.ui.tables import NUM, Table, badge
from imports.choices import ImportState, Outcome
from imports.models import Import, ImportIssue
from imports.remarks import sentence

TONES: dict[str, str] = {
    ImportState.DONE: "green",
    ImportState.FAILED: "red",
    Outcome.REFUSED: "red",
    Outcome.WARNED: "yellow",
    Outcome.DIFFERS: "yellow",
    Outcome.UPDATED: "blue",
}


def tone_of(value: str) -> str:
    """Return the hue for a state or an outcome."""
    return TONES.get(value, "secondary")


class ImportTable(Table):
    """The imports of a bureau."""

    title = tables.Column(
        verbose_name=_("What"),
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "cell-title"}},
        linkify=lambda record: reverse("imports:report", args=[record.pk]),
    )
    started_at = tables.DateTimeColumn(verbose_name=_("Started"), format="Y-m-d H:i")
    starter = tables.Column(verbose_name=_("By"), orderable=False)
    state = tables.Column(verbose_name=_("State"))
    rows = tables.Column(verbose_name=_("Rows"), accessor="files", orderable=False, attrs=NUM)
    taken = tables.Column(verbose_name=_("Taken"), accessor="files", orderable=False, attrs=NUM)
    refused = tables.Column(verbose_name=_("Refused"), accessor="files", orderable=False, attrs=NUM)
    issue_count = tables.Column(verbose_name=_("Remarks"), attrs=NUM)

    class Meta:
        model = Import
        fields: tuple[str, ...] = ()
        order_by = "-started_at"
        row_attrs = {"data-href": lambda record: reverse("imports:report", args=[record.pk])}

    def render_title(self, record: Import) -> str:
        return str(record)

    def render_state(self, record: Import) -> SafeString:
        return badge(tone_of(record.state), record.get_state_display())

    def render_rows(self, value: list[dict]) -> str:
        return f"{sum(each['rows'] for each in value):,}"

    def render_taken(self, value: list[dict]) -> str:
        return f"{sum(each['taken'] for each in value):,}"

    def render_refused(self, value: list[dict]) -> str:
        return f"{sum(each['refused'] for each in value):,}"

    def render_issue_count(self, value: int) -> str:
        return f"{value:,}"


class IssueTable(Table):
    """Remarks, row by row."""

    row = tables.Column(verbose_name=_("Row"), attrs=NUM)
    file = tables.Column(verbose_name=_("File"))
    column = tables.Column(verbose_name=_("Column"))
    code = tables.Column(verbose_name=_("What"), orderable=False, attrs={"td": {"class": "cell-wide"}})
    outcome = tables.Column(verbose_name=_("Outcome"))

    class Meta:
        model = ImportIssue
        fields: tuple[str, ...] = ()
        sequence = ("file", "row", "column", "code", "outcome")

    def render_code(self, record: ImportIssue) -> str:
        return sentence(record.code, record.values)

    def render_outcome(self, record: ImportIssue) -> SafeString:
        return badge(tone_of(record.outcome), record.get_outcome_display())
