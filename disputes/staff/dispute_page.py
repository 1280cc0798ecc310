"""The page of a dispute: its head (next clock, risk, stage, who leads), then its parts."""

from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from disputes.agreements import part as _agreements  # noqa: F401
from disputes.choices import Stage
from disputes.models import Dispute
from disputes.parts import Clock, File
from facts.staff.views import FactRecord
from foundation.ui.timeline import Event
from foundation.ui.views import Button

FIRST_EVENTS = 8  # shown of what happened; the rest unfolds


class DisputeRecord(FactRecord):
    """A dispute with its parts (``disputes.parts``)."""

    template_name = "disputes/dispute.html"
    record: Dispute

    @cached_property
    def file(self) -> File:
        return File(self.actor, self.record, timezone.localdate())

    def get_buttons(self) -> list[Button]:
        return [] if self.record.is_voided else [*self.file.buttons, *super().get_buttons()]

    @property
    def deadline(self) -> list[Clock]:
        """The day by which the dispute itself is to be settled."""
        dispute = self.record
        if dispute.settled_on or not dispute.due_on or dispute.is_voided:
            return []
        label = Dispute._meta.get_field("due_on").verbose_name
        return [Clock(str(label).capitalize(), dispute.due_on)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        file, dispute = self.file, self.record
        clocks = (
            [] if dispute.is_voided else sorted([*file.clocks, *self.deadline], key=lambda each: each.due_on)
        )
        stage = (
            max(file.stage, Stage.FOLLOW_UP)
            if dispute.settled_on and file.stage < Stage.AGREEMENT
            else file.stage
        )
        found = super().get_context_data(
            panels=file.panels,
            clock=clocks[0] if clocks else None,
            next_clock=clocks[1] if len(clocks) > 1 else None,
            stage=stage,
            stages=[(each, each < stage, each == stage) for each in Stage],
            today=file.of.today,
            **context,
        )
        events: list[Event] = sorted(found["events"], key=_moment, reverse=True)
        return found | {"events": events[:FIRST_EVENTS], "more_events": events[FIRST_EVENTS:]}


def _moment(event: Event) -> tuple[Any, Any]:
    """Return the day of an event, then when it was recorded."""
    at = event.recorded_at or event.on
    day = timezone.localdate(event.on) if hasattr(event.on, "tzinfo") else event.on
    return day, at
