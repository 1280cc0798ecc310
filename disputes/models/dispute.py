"""Disputes at an enterprise."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from disputes.choices import DisputeKind, DisputeState
from facts.dates import check_days
from facts.models import SteppedFact, fact_constraints
from foundation.faults import Faults


class Dispute(SteppedFact):
    """Dispute 矛盾纠纷 concerning an enterprise, from the day it was opened until it is settled.

    One that breaks out again is reopened; the settlement before is in ``earlier``.
    """

    dated_by = "opened_on"
    searched_by_police = ("summary", "note")
    stepped = (("settled_on", "due_on"),)
    undated = frozenset({"due_on"})
    stepped_deadlines = frozenset({"due_on"})
    decided = acted = ("settled_on",)
    kind = models.CharField(_("kind"), max_length=10, choices=DisputeKind.choices)
    opened_on = models.DateField(_("opened on"))
    due_on = models.DateField(_("to be settled by"), null=True, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    summary = models.CharField(_("what it is about"), max_length=200)
    people = models.PositiveIntegerField(
        _("people involved"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["-opened_on", "-id"]
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        indexes = [
            models.Index(fields=["station", "opened_on"], name="dispute_station_idx"),
            models.Index(fields=["enterprise", "opened_on"], name="dispute_enterprise_idx"),
            models.Index(fields=["opened_on", "id"], name="dispute_latest_idx"),  # lists across stations
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(settled_on__gte=F("opened_on")),
                name="dispute_settled_after_opened",
            ),
            *fact_constraints("dispute"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.summary}"

    @property
    def state(self) -> DisputeState:
        """The state today."""
        return self.state_on(timezone.localdate())

    def state_on(self, day: dt.date) -> DisputeState:
        """Return the state as of a day."""
        settled_on, due_on = self.as_of("settled_on", day), self.as_of("due_on", day)
        if settled_on and settled_on <= day:
            return DisputeState.SETTLED
        return DisputeState.OVERDUE if due_on and due_on < day else DisputeState.OPEN

    def clean(self) -> None:
        faults = Faults()
        if self.amount is not None and self.amount < 0:
            faults.add(ValidationError({"amount": _("An amount cannot be negative.")}))
        with faults.of():
            check_days(
                self,
                past=["opened_on", "settled_on"],
                order=[
                    ("due_on", "opened_on", _("The deadline cannot be before the opening date.")),
                    ("settled_on", "opened_on", _("The settlement date cannot be before the opening date.")),
                ],
            )
        faults.refuse()
