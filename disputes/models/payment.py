"""What followed an agreement: payments, breaches, and the court's confirmation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disputes.choices import ConfirmationStep, PaymentWay
from disputes.models.agreement import OfAgreement, of_agreement, of_agreement_indexes
from disputes.people.sealed import PURPOSE
from foundation.database.sealed import SealedTextField
from foundation.tenancy.kept import Kept


class Payment(OfAgreement):
    """A payment 付款 under an agreement. What it says never changes; a wrong one is taken back with a reason.

    ``number`` is the instalment that whoever paid named, 0 if none: then it pays the earliest that is unpaid. ``proof_id`` is a photo or
    file of the dispute. One that was entered anew follows the one it corrects (``replaces_id``). When an agreement is corrected,
    its payments go over to the corrected one.
    """

    paid_on = models.DateField(_("paid on"))
    fen = models.BigIntegerField()
    number = models.PositiveSmallIntegerField(default=0)
    way = models.CharField(_("way of payment"), max_length=10, choices=PaymentWay.choices)
    proof_id = models.BigIntegerField(default=0)
    remark = SealedTextField(_("remark"), purpose=PURPOSE, max_length=200, blank=True)
    replaces_id = models.BigIntegerField(default=0)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    form_key = models.CharField(max_length=40, blank=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=80, blank=True)
    taken_back_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["paid_on", "id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = of_agreement_indexes("payment")
        constraints = [
            *of_agreement("payment"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payment_is_something"),
            models.UniqueConstraint(
                fields=["dispute", "form_key"], condition=~Q(form_key=""), name="payment_form_once"
            ),
            Kept(
                name="payment_kept",
                columns=(
                    *("enterprise_id", "dispute_id", "paid_on", "fen", "number", "way", "proof_id", "remark"),
                    *("replaces_id", "recorded_by", "recorded_by_id", "recorded_at", "form_key"),
                ),
                once=(("taken_back_at", "taken_back_by", "taken_back_reason"),),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on:%Y-%m-%d}"


class Breach(OfAgreement):
    """That an instalment was not paid 违约: nothing of it by the end of its day. Found by a job, once.

    ``on`` is the day after ``due_on``, however late the job ran (``made_at``). What is paid later says nothing about it. One that
    never was, because a payment on time was recorded later, is undone with a reason (:func:`disputes.agreements.undoing.undo_breach`).
    """

    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    on = models.DateField()
    fen = models.BigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    undone_reason = models.TextField(max_length=2000, blank=True, default="", db_default="")

    class Meta:
        ordering = ["id"]
        verbose_name = _("breach of an agreement")
        verbose_name_plural = _("breaches of agreements")
        indexes = of_agreement_indexes("breach")
        constraints = [
            *of_agreement("breach"),
            models.UniqueConstraint(
                fields=["agreement", "number"], condition=Q(undone_at=None), name="breach_once"
            ),
            Kept(
                name="breach_kept",
                columns=("enterprise_id", "dispute_id", "number", "due_on", "on", "fen", "made_at"),
                once=(("undone_at", "undone_by", "undone_reason"),),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.on:%Y-%m-%d}"


class Confirmation(OfAgreement):
    """A step of the joint judicial confirmation 司法确认 of an agreement. A wrong one is taken back with a reason.

    ``number`` is that of the court's decision.
    """

    step = models.CharField(max_length=10, choices=ConfirmationStep.choices)
    on = models.DateField()
    court = models.CharField(_("court"), max_length=120, blank=True)
    number = models.CharField(max_length=60, blank=True)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=80, blank=True)
    taken_back_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("step of the judicial confirmation")
        verbose_name_plural = _("steps of judicial confirmations")
        indexes = of_agreement_indexes("confirmation")
        constraints = [
            *of_agreement("confirmation"),
            models.UniqueConstraint(
                fields=["agreement", "step"],
                condition=Q(taken_back_at=None),
                name="confirmation_step_once",
            ),
            Kept(
                name="confirmation_kept",
                columns=(
                    *("enterprise_id", "dispute_id", "step", "on", "court", "number"),
                    *("recorded_by", "recorded_by_id", "recorded_at"),
                ),
                once=(("taken_back_at", "taken_back_by", "taken_back_reason"),),
            ),
        ]

    def __str__(self) -> str:
        return self.get_step_display()
