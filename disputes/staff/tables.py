"""The list of disputes."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from disputes.choices import DisputeKind, DisputeState
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from facts.lives import AWAY_CHOICE
from facts.staff.tables import FactFilter, FactTable, day_column
from foundation.ui.tables import NUM


class DisputeFilter(FactFilter):
    """Filters disputes by state and kind."""

    day = "opened_on"
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[*DisputeState.choices, AWAY_CHOICE],
        empty_label=_("All"),
        method="in_state",
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=DisputeKind.choices, empty_label=_("All"))

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        # the filter "open" includes overdue disputes
        states = (DisputeState.OPEN, DisputeState.OVERDUE) if value == DisputeState.OPEN else (value,)
        return rows.filter(DISPUTE_LIFE.listed(*states, voided=True))


class DisputeTable(FactTable):
    """Disputes with their deadlines."""

    url_name = "disputes:detail"
    main, line, own_line = "summary", _("Enterprise"), _("Enterprise")
    sheet_labels = {"due_on": (_("To be settled by"), _("Settled on"))}
    summary = tables.Column(verbose_name=_("Dispute"), orderable=False)
    kind = tables.Column(verbose_name=_("Kind"), orderable=False)
    opened_on = day_column("opened_on", _("Opened on"))
    due_on = tables.TemplateColumn(
        template_name="disputes/_settled.html",
        verbose_name=_("To be settled by"),
        order_by=("due_on", "pk"),
        empty_values=(),
    )
    people = tables.Column(verbose_name=_("People"), orderable=False, attrs=NUM)

    class Meta(FactTable.Meta):
        sequence = ("summary", "kind", "opened_on", "due_on", "people", "station")
        order_by = ("-opened_on",)

    def sheet_due_on(self, record: Dispute) -> tuple[Any, ...]:
        return record.due_on, record.settled_on

    def render_summary(self, record: Dispute) -> SafeString:
        return self.opening(record, record.summary, record.enterprise.name)
