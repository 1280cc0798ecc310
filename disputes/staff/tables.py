"""The list of disputes."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Exists, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.after.handing_over import waiting_at
from disputes.after.work import SURVIVOR
from disputes.choices import RISK_TONES, DisputeKind, DisputeState, Heard, Risk
from disputes.lives import DISPUTE_LIFE
from disputes.mediation.handing_over import planned_at
from disputes.models import Dispute
from disputes.people.masking import masked_numbers
from enterprises.concerned import left_by
from enterprises.selectors import serving_liaisons
from facts.lives import AWAY_CHOICE
from facts.staff.tables import FactFilter, FactTable, day_column
from foundation.ui.filters import DueFilter, PicksFilter, TickFilter
from foundation.ui.tables import NUM, badge


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
    risk = PicksFilter(
        label=_("Risk of growing"), choices=Risk.choices, empty_label=_("All"), none=_("Not assessed")
    )
    heard = PicksFilter(
        label=pgettext_lazy("dispute", "How it came"), choices=Heard.choices, empty_label=_("All")
    )
    led = TickFilter(method="led_by_reader", label=_("Led by me"))
    left = TickFilter(method="named_has_left", label=_("Named officer has left"))
    due = DueFilter(label=_("To be settled by"), field_name="due_on", unmet="waits")

    def led_by_reader(self, rows: QuerySet[Dispute], name: str, value: bool) -> QuerySet[Dispute]:
        """Return what the reader leads: named for it, or the liaison officer as long as nobody is."""
        if not value:
            return rows
        mine = serving_liaisons("enterprise_id").filter(officer_id=self.actor.user_id)
        return rows.filter(Q(lead_id=self.actor.user_id) | Q(Exists(mine), lead_id=0))

    def in_states(self, values: Sequence[str]) -> Q:
        # the filter "open" includes overdue disputes
        overdue = [DisputeState.OVERDUE] if DisputeState.OPEN in values else []
        return DISPUTE_LIFE.listed(*values, *overdue, voided=True)

    def named_has_left(self, rows: QuerySet[Dispute], name: str, value: bool) -> QuerySet[Dispute]:
        """Return those that are not closed and name somebody who works at the station no more, or came from another one with them.

        As the lead, on a planned session, or for a follow-up.
        """
        if not value:
            return rows
        sessions, follow_ups = planned_at(self.actor.stations), waiting_at(self.actor.stations)
        second = sessions.filter(left_by("second_id"), second_id__isnull=False)
        named = (sessions.filter(left_by("officer_id")), second, follow_ups.filter(left_by("officer_id")))
        where = left_by("lead_id")
        for found in named:
            where |= Q(pk__in=found.values_list(SURVIVOR, flat=True))
        return rows.filter(where, closed_on=None)

    def waits(self) -> Q:
        """Return the condition that a dispute is not settled."""
        return Q(settled_on=None)


class DisputeTable(FactTable):
    """Disputes with their deadlines."""

    url_name = "disputes:detail"
    main, line, own_line = "summary", _("Enterprise"), _("Enterprise")
    sheet_labels = {"due_on": (_("To be settled by"), _("Settled on"), _("File closed on"))}
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
    risk = tables.Column(verbose_name=_("Risk"), orderable=False)
    lead_name = tables.Column(verbose_name=_("Led by"), orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("summary", "kind", "risk", "opened_on", "due_on", "people", "lead_name", "station")
        order_by = ("-opened_on",)

    def sheet_due_on(self, record: Dispute) -> tuple[Any, ...]:
        return record.due_on, record.settled_on, record.closed_on

    def render_risk(self, record: Dispute) -> SafeString:
        return badge(RISK_TONES[Risk(record.risk)], record.get_risk_display())

    def render_summary(self, record: Dispute) -> SafeString:
        return self.opening(record, masked_numbers(record.summary), record.enterprise.name)
