"""The page of a dispute: its head (next clock, risk, stage, who leads), then its parts."""

from collections.abc import Sequence
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

import disputes.after.part
import disputes.agreements.part
import disputes.filing.papers_part
import disputes.filing.part
import disputes.reporting.part  # noqa: F401  # the parts of the file register themselves
from disputes.access import Permission
from disputes.choices import Stage
from disputes.mediation import part as _mediation  # noqa: F401 - registers its parts
from disputes.models import Dispute, Party
from disputes.parts import Clock, File
from disputes.people import part as people_part
from disputes.people.masking import OWN_WORDS, masked
from disputes.people.selectors import masking, names_to_mask
from disputes.staff.masked import MaskedPage
from facts.staff.changing import FactCorrect
from facts.staff.views import FactRecord
from foundation.accounts.access import allows
from foundation.ui.timeline import Event
from foundation.ui.views import Button
from foundation.words import Words

FIRST_EVENTS = 8  # shown of what happened; the rest unfolds


class DisputeRecord(MaskedPage, FactRecord):
    """A dispute with its parts (``disputes.parts``)."""

    template_name = "disputes/dispute.html"
    record: Dispute

    @cached_property
    def file(self) -> File:
        return File(self.actor, self.record, timezone.localdate())

    def get_buttons(self) -> list[Button]:
        if self.record.is_voided:
            return []
        more = [
            Button(label, reverse(name, args=[self.record.pk]), icon, is_primary=False)
            for label, name, icon, permission in (
                (_("Who leads it"), "disputes:lead", "user-check", Permission.LEAD_DISPUTES),
                (_("Merge"), "disputes:merge", "git-merge", Permission.CORRECT_DISPUTES),
            )
            if allows(self.actor, permission)
        ]
        settle_as_agreed = reverse("disputes:settle_as_agreed", args=[self.record.pk])
        acts = super().get_buttons()
        if any(each.url == settle_as_agreed for each in self.file.buttons):  # the one way then
            acts = [each for each in acts if each.url != self.pages.url("settle", self.record.pk)]
        return [*self.file.buttons, *acts, *more]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead on to the file into which this one was merged, unless the URL asks for this one (``alone``)."""
        if self.record.merged_into_id and not self.given("alone"):
            words = _("The file %(dispute)s was merged into this one.") % {"dispute": self.record}
            return self.leave(self.pages.url("detail", self.record.merged_into_id), words)
        return super().get(request, *args, **kwargs)

    def parties_to_mask(self) -> list[Party]:
        return list(self.file.of.loaded[people_part.PartiesPart.code].named)

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
        for name in OWN_WORDS:  # once a party cannot be read any more, nobody knows whom they name
            setattr(dispute, name, masked(getattr(dispute, name), masking(self.parties_to_mask())))
        clocks = (
            [] if dispute.is_voided else sorted([*file.clocks, *self.deadline], key=lambda each: each.due_on)
        )
        stage = file.stage
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


class DisputeCorrect(FactCorrect):
    """The correction of a dispute. What somebody else changed meanwhile is told masked."""

    def differences(self, form: BaseForm) -> Sequence[tuple[Words, Words, Words]]:
        people = names_to_mask(self.actor, self.record)
        return [
            (label, masked(str(present), people), masked(str(typed), people))
            for label, present, typed in super().differences(form)
        ]


def _moment(event: Event) -> tuple[Any, Any]:
    """Return the day of an event, then when it was recorded."""
    at = event.recorded_at or event.on
    day = timezone.localdate(event.on) if hasattr(event.on, "tzinfo") else event.on
    return day, at
