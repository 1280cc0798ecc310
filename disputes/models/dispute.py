"""Disputes at an enterprise."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.choices import DisputeState, Heard, Risk
from disputes.models.kind import KindField
from disputes.people.masking import masked_numbers, refuse_persons
from facts.dates import check_days
from facts.models import SteppedFact, fact_constraints
from foundation.accounts.actors import Actor
from foundation.faults import Faults


class Dispute(SteppedFact):
    """Dispute 矛盾纠纷 concerning an enterprise, from the day it was opened until it is settled and then closed.

    ``settled_on`` is the day on which all sides agreed; what they owe each other from then on is performance, which has
    rows of its own, as have the parties, the mediation and the follow-up (``disputes.parts``). One that breaks out again
    is reopened; the settlement before is in ``earlier``. ``closed_on`` is the day on which its file was closed 结案: it was
    followed up, and nothing is owed any more. It measures nothing: a closed dispute is a settled one.

    ``lead_id`` is the officer who leads it, 0 as long as nobody was named: then the liaison officer of the enterprise
    does. ``risk`` and ``risk_next_on`` are those of the latest :class:`RiskReview`. Of two files on one matter one
    survives: it has the ids of the others in ``absorbed``, those name it in ``merged_into_id``, and all rows of them
    count as its own (``file_ids``).
    """

    dated_by = "opened_on"
    searched_by_police = ("summary", "place", "note")
    stepped = (("settled_on", "due_on"), ("closed_on",))
    undated = frozenset({"due_on"})
    stepped_deadlines = frozenset({"due_on"})
    decided = ("settled_on",)
    acted = ("settled_on", "closed_on")
    kind = KindField(_("kind"))
    opened_on = models.DateField(_("opened on"))
    due_on = models.DateField(_("to be settled by"), null=True, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    closed_on = models.DateField(_("file closed on"), null=True, blank=True)
    summary = models.CharField(_("what it is about"), max_length=200)
    people = models.PositiveIntegerField(
        _("people involved"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True)

    heard = models.CharField(
        _("how it came"), max_length=10, choices=Heard.choices, blank=True, default="", db_default=""
    )
    happened_on = models.DateField(_("it began on"), null=True, blank=True)
    place = models.CharField(
        pgettext_lazy("disputes", "place"), max_length=120, blank=True, default="", db_default=""
    )
    claimed = models.TextField(
        _("what the applicants demand"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("In their own words."),
    )
    answered = models.TextField(
        _("what the other side says"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("In their own words."),
    )
    lead_id = models.BigIntegerField(default=0, db_default=0, editable=False)
    lead_name = models.CharField(
        _("led by"), max_length=80, blank=True, default="", db_default="", editable=False
    )

    risk = models.CharField(
        _("risk of growing"),
        max_length=10,
        choices=Risk.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    risk_next_on = models.DateField(_("risk to be reviewed by"), null=True, editable=False)
    merged_into_id = models.BigIntegerField(_("merged into"), default=0, db_default=0, editable=False)
    absorbed = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    in_breach: bool  # of a page's rows: ``overview.narrowing.mark_breaches``

    class Meta:
        ordering = ["-opened_on", "-id"]
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        indexes = [
            models.Index(fields=["station", "opened_on"], name="dispute_station_idx"),
            models.Index(fields=["enterprise", "opened_on"], name="dispute_enterprise_idx"),
            models.Index(fields=["opened_on", "id"], name="dispute_latest_idx"),  # lists across stations
            # the few that were merged: rows of all disputes are joined with them
            models.Index(fields=["id"], condition=Q(merged_into_id__gt=0), name="dispute_merged_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "enterprise", "station"], name="dispute_custody_key"),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(settled_on__gte=F("opened_on")),
                name="dispute_settled_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("settled_on"), settled_on__isnull=False),
                name="dispute_closed_after_settled",
            ),
            *fact_constraints("dispute"),
        ]

    def __str__(self) -> str:
        # one recorded before titles refused numbers may have some
        return f"{self.get_kind_display()} · {masked_numbers(self.summary)}"

    @property
    def file_ids(self) -> list[int]:
        """The ids under which rows of this dispute stand: its own, and those of files that were merged into it."""
        return [self.pk, *self.absorbed]

    @property
    def state(self) -> DisputeState:
        """The state today."""
        return self.state_on(timezone.localdate())

    def state_on(self, day: dt.date) -> DisputeState:
        """Return the state as of a day."""
        settled_on, due_on = self.as_of("settled_on", day), self.as_of("due_on", day)
        if settled_on and settled_on <= day:
            closed_on = self.as_of("closed_on", day)
            return DisputeState.CLOSED if closed_on and closed_on <= day else DisputeState.SETTLED
        return DisputeState.OVERDUE if due_on and due_on < day else DisputeState.OPEN

    def refuse_reason(self, actor: Actor, reason: str) -> None:
        """Raise ValidationError at ``reason`` for one that names a party or has a number of a person: others read it in the log."""
        from disputes.people.selectors import names_in, parties_of  # which read models of this package

        refuse_persons(reason, "reason", names_in(parties_of(actor, self)))

    def clean(self) -> None:
        faults = Faults()
        if self.amount is not None and self.amount < 0:
            faults.add(ValidationError({"amount": _("An amount cannot be negative.")}))
        with faults.of():
            check_days(
                self,
                past=["opened_on", "settled_on", "closed_on", "happened_on"],
                order=[
                    ("opened_on", "happened_on", _("It cannot have been opened before it began.")),
                    ("due_on", "opened_on", _("The deadline cannot be before the opening date.")),
                    ("settled_on", "opened_on", _("The settlement date cannot be before the opening date.")),
                    ("closed_on", "settled_on", _("It cannot have been closed before it was settled.")),
                ],
            )
        if self.closed_on and not self.settled_on:
            faults.add(ValidationError({"closed_on": _("Only a settled dispute can be closed.")}))
        faults.refuse()
