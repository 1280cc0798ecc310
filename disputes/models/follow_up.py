"""Follow-ups of a settled dispute."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.after.questions import asked
from disputes.choices import FollowUpWay, Satisfied
from disputes.models.of_dispute import OfDispute, of_dispute, of_dispute_indexes
from disputes.people.sealed import PURPOSE
from foundation.database.sealed import SealedTextField
from foundation.tenancy.kept import Kept


class FollowUp(OfDispute):
    """Follow-up 回访 of a settled dispute: on a day an officer asks whether the settlement holds, and what came of it.

    A plan (``planned_on`` to ``question``) never changes. It ends once: done (``done_on``), by a visit, a call or the
    answer to a survey, or dropped with a reason (``dropped_on``). ``reached``: somebody could be asked. ``relapse``: the
    dispute has broken out again, or what was agreed is not kept; ``reopened`` that the dispute was reopened for it.
    One that was recorded wrongly is voided with a reason and planned anew. A survey's relapse is only a message: ``judged_on`` is the day on which an officer decided what follows from it.
    """

    planned_on = models.DateField(_("planned for"))
    way = models.CharField(pgettext_lazy("follow-up", "way"), max_length=10, choices=FollowUpWay.choices)
    officer_id = models.BigIntegerField(default=0)
    officer_name = models.CharField(_("by whom"), max_length=80, blank=True)
    question = models.CharField(_("what is asked"), max_length=200)
    planned_by = models.CharField(max_length=80, blank=True)
    planned_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    key = models.CharField(max_length=36, blank=True)  # of the form, so that one sent twice makes one row

    done_on = models.DateField(pgettext_lazy("follow-up", "done on"), null=True)
    reached = models.BooleanField(pgettext_lazy("follow-up", "somebody was reached"), null=True)
    satisfied = models.CharField(
        pgettext_lazy("follow-up", "satisfied"), max_length=10, choices=Satisfied.choices, blank=True
    )
    relapse = models.BooleanField(_("it has broken out again"), null=True)
    said = SealedTextField(_("what was said"), purpose=PURPOSE, max_length=2000, blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    done_by_id = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    judged_on = models.DateField(null=True)
    judged_by = models.CharField(max_length=80, blank=True)
    reopened = models.BooleanField(null=True)

    dropped_on = models.DateField(null=True)
    drop_reason = models.TextField(max_length=2000, blank=True)
    dropped_by = models.CharField(max_length=80, blank=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["planned_on", "id"]
        verbose_name = pgettext_lazy("dispute", "follow-up")
        verbose_name_plural = pgettext_lazy("dispute", "follow-ups")
        indexes = [
            *of_dispute_indexes("followup"),
            models.Index(
                fields=["station", "planned_on"],
                condition=Q(done_on=None, dropped_on=None, voided_at=None),
                name="followup_waiting_idx",
            ),
            models.Index(
                fields=["station", "done_on"],
                condition=Q(relapse=True, judged_on=None, voided_at=None),
                name="followup_relapse_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "key"], condition=~Q(key=""), name="followup_key_unique"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(dropped_on=None), name="followup_done_or_dropped"
            ),
            models.CheckConstraint(
                condition=Q(dropped_on=None) | ~Q(drop_reason=""), name="followup_dropped_with_reason"
            ),
            *of_dispute("followup"),
            Kept(
                name="followup_kept",
                columns=(
                    *("dispute_id", "enterprise_id", "planned_on", "way", "question", "planned_by"),
                    *("planned_by_id", "recorded_at", "key"),
                ),
                once=(
                    (
                        "done_on",
                        "reached",
                        "satisfied",
                        "relapse",
                        "said",
                        "done_by",
                        "done_by_id",
                        "done_at",
                    ),
                    ("judged_on", "judged_by", "reopened"),
                    ("dropped_on", "drop_reason", "dropped_by"),
                    ("voided_at", "void_reason"),
                ),
            ),
        ]

    @property
    def asked(self) -> str:
        """What is asked, in the reader's language if nobody changed what was proposed."""
        return asked(self.question)

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.planned_on}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_on is None and self.dropped_on is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.planned_on < timezone.localdate()

    @property
    def waits_for_decision(self) -> bool:
        """Whether somebody has to decide what follows from what was said."""
        return bool(self.relapse) and self.judged_on is None

    @property
    def ended_on(self) -> dt.date | None:
        return self.done_on or self.dropped_on
