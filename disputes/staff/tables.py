"""The list of disputes."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from disputes.choices import DisputeKind, DisputeState
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from disputes.people.masking import masked_numbers
from facts.lives import AWAY_CHOICE
from facts.staff.tables import FactFilter, FactTable, day_column
from foundation.ui.filters import DueFilter, PicksFilter
from foundation.ui.tables import NUM


class DisputeFilter(FactFilter):
    """Filters disputes by state, kind and deadline."""

    day = "opened_on"
    state = PicksFilter(
        label=_("State"),
        choices=[*DisputeState.choices, AWAY_CHOICE],
        empty_label=_("All"),
        condition="in_states",
    )
    kind = PicksFilter(label=_("Kind"), choices=DisputeKind.choices, empty_label=_("All"))
    due = DueFilter(label=_("To be settled by"), field_name="due_on", unmet="waits")

    def in_states(self, values: Sequence[str]) -> Q:
        # the filter "open" includes overdue disputes
        overdue = [DisputeState.OVERDUE] if DisputeState.OPEN in values else []
        return DISPUTE_LIFE.listed(*values, *overdue, voided=True)

    def waits(self) -> Q:
        """Return the condition that a dispute is not settled."""
        return Q(settled_on=None)


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
        return self.opening(record, masked_numbers(record.summary), record.enterprise.name)
