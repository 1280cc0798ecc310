"""By which way a dispute is led, and what happens on it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from disputes.mediation.choices import (
    Agent,
    Cause,
    Ground,
    Minors,
    Offence,
    Running,
    StepKind,
    TransferTo,
    WayKind,
)
from disputes.models.entered import Entered, entered, of_dispute_indexes, part_of
from disputes.people.sealed import PURPOSE
from foundation.database.sealed import SealedTextField


class Way(Entered):
    """The way by which a dispute is led from a day on, until the next one begins.

    ``running`` and ``due_on`` are the clock that runs now, as the steps and sessions say (``mediation.ways.count_again``);
    a way that another one followed keeps the clock of its case only. ``body``: the committee, office or recipient.
    """

    kind = models.CharField(_("way"), max_length=10, choices=WayKind.choices)
    from_on = models.DateField(_("from"))
    reason = SealedTextField(_("why this way"), purpose=PURPOSE, max_length=2000, blank=True)
    body = models.CharField(max_length=120, blank=True)
    recipient = models.CharField(max_length=10, choices=TransferTo.choices, blank=True)
    oral = models.BooleanField(_("oral agreement, recorded by the mediator"), default=False)
    offence = models.CharField(max_length=10, choices=Offence.choices, blank=True)
    ground = models.CharField(max_length=10, choices=Ground.choices, blank=True)
    minors = models.CharField(max_length=10, choices=Minors.choices, blank=True)
    agent = models.CharField(max_length=10, choices=Agent.choices, blank=True)
    accepted_on = models.DateField(_("case accepted on"), null=True, blank=True)
    needs_appraisal = models.BooleanField(_("an appraisal is awaited"), default=False)
    on_the_spot = models.BooleanField(_("mediated on the spot"), default=False)

    running = models.CharField(max_length=10, choices=Running.choices, blank=True, editable=False)
    due_on = models.DateField(null=True, editable=False)

    steps_of: Any  # of rows that were read by ``ways_of``: the valid steps, the oldest first
    until_on: Any  # the day from which another way was taken, None as long as it is this one

    class Meta:
        ordering = ["from_on", "id"]
        verbose_name = _("way of a dispute")
        verbose_name_plural = _("ways of disputes")
        indexes = [
            *of_dispute_indexes("disputeway"),
            models.Index(fields=["due_on"], condition=~models.Q(running=""), name="disputeway_due_idx"),
        ]
        constraints = entered(
            "disputeway",
            (
                *("kind", "from_on", "reason", "body", "recipient", "oral", "offence", "ground", "minors"),
                *("agent", "accepted_on", "needs_appraisal", "on_the_spot"),
            ),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())


class WayStep(Entered):
    """What happened on a way on a day: the appraisal arrived, the mediation failed, the time for the case was extended.

    ``said``: who approved an extension, who received the transfer, what the result is.
    """

    way = models.ForeignKey(
        Way, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    on = models.DateField(_("on"))
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True)
    said = SealedTextField(purpose=PURPOSE, max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("step on a way")
        verbose_name_plural = _("steps on a way")
        indexes = [
            *of_dispute_indexes("disputewaystep"),
            models.Index(fields=["way"], name="disputewaystep_way_idx"),
        ]
        constraints = [
            *entered("disputewaystep", ("way_id", "kind", "on", "cause", "said")),
            part_of("disputewaystep", "way", "disputes.Way"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
