"""The list of disputes."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.after.handing_over import waiting_at
from disputes.choices import RISK_TONES, DisputeState, Heard, Risk
from disputes.kinds import all_kinds
from disputes.lives import DISPUTE_LIFE
from disputes.mediation.choices import WayKind
from disputes.mediation.handing_over import planned_at
from disputes.models import FILE, Dispute
from disputes.overview import narrowing, punctuality
from disputes.people.masking import masked_numbers
from enterprises.concerned import left_by
from enterprises.selectors import serving_liaisons
from facts.lives import AWAY_CHOICE
from facts.staff.tables import FactFilter, FactTable, day_column
from foundation.ui.filters import NONE, DueFilter, PicksFilter, TickFilter
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
    kind = PicksFilter(label=_("Kind"), choices=all_kinds, empty_label=_("All"))
    risk = PicksFilter(
        label=_("Risk of growing"), choices=Risk.choices, empty_label=_("All"), none=_("Not assessed")
    )
    led = TickFilter(method="led_by_reader", label=_("Led by me"))
    stage = PicksFilter(
        label=_("Stage"), choices=narrowing.STAGES, empty_label=_("All"), condition="in_stages"
    )
    ends = django_filters.ChoiceFilter(
        label=_("A clock ends"), choices=narrowing.ENDS, empty_label=_("Any time"), method="that_ends"
    )
    breach = django_filters.ChoiceFilter(
        label=_("Breach of the agreement"),
        choices=narrowing.BREACHES,
        empty_label=_("All"),
        method="in_breach",
    )
    way = PicksFilter(
        label=_("Way"),
        choices=WayKind.choices,
        empty_label=_("All"),
        none=_("Not chosen yet"),
        condition="led_by_way",
    )
    followed = django_filters.ChoiceFilter(
        label=pgettext_lazy("stage of a dispute", "Follow-up"),
        choices=narrowing.FOLLOWED,
        empty_label=_("All"),
        method="that_was_followed",
    )
    paid = django_filters.ChoiceFilter(
        label=_("Instalments"), choices=punctuality.PAID, empty_label=_("All"), method="that_paid"
    )
    result = django_filters.ChoiceFilter(
        label=_("Result of a way"), choices=narrowing.RESULTS, empty_label=_("All"), method="with_result"
    )
    heard = PicksFilter(
        label=pgettext_lazy("dispute", "How it came"), choices=Heard.choices, empty_label=_("All")
    )
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
            where |= Q(pk__in=found.values_list(FILE, flat=True))
        return rows.filter(where, closed_on=None)

    def in_stages(self, values: Sequence[str]) -> Q:
        return narrowing.in_stages(self.actor, values, timezone.localdate())

    def that_ends(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        return rows.filter(narrowing.ends(self.actor, value, timezone.localdate()))

    def in_breach(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        return rows.filter(narrowing.breached(value))

    def led_by_way(self, values: Sequence[str]) -> Q:
        kinds = [each for each in values if each != NONE]
        found = narrowing.led_by(kinds) if kinds else Q(pk__in=())
        return found | narrowing.without_way() if NONE in values else found

    def that_was_followed(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        return rows.filter(narrowing.followed(value, timezone.localdate()))

    def that_paid(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        return rows.filter(punctuality.with_instalments(value, timezone.localdate()))

    def with_result(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        return rows.filter(narrowing.with_result(value))

    def waits(self) -> Q:
        """Return the condition that a dispute is not settled."""
        return Q(settled_on=None)


class DisputeTable(FactTable):
    """Disputes with their deadlines."""

    url_name = "disputes:detail"
    main, line, own_line = "summary", _("Enterprise"), _("Enterprise")
    sheet_labels = {
        "due_on": (_("To be settled by"), _("Settled on"), _("File closed on"), _("In breach now"))
    }
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

    def complete(self, records: Sequence[Dispute]) -> None:
        narrowing.mark_breaches(records)

    def sheet_due_on(self, record: Dispute) -> tuple[Any, ...]:
        breach = _("yes") if record.in_breach else ""
        return record.due_on, record.settled_on, record.closed_on, str(breach)

    def render_risk(self, record: Dispute) -> SafeString:
        return badge(RISK_TONES[Risk(record.risk)], record.get_risk_display())

    def render_summary(self, record: Dispute) -> SafeString:
        return self.opening(record, masked_numbers(record.summary), record.enterprise.name)
