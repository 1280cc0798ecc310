"""Receipts of messages, and attempts to push them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from deliveries.choices import Detail, EventKind, Fault, Outcome
from deliveries.models.subscription import Subscription
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy


class Receipt(models.Model):
    """The progress of a message: delivered, acknowledged 签收, feedback 反馈. Written with the message.

    The fields from ``kind`` to ``better`` summarize the event, so that lists need not read messages of 500 ratings, and
    because the bureau may read receipts but not events. ``worse`` and ``better`` count the colours that fell or rose,
    compared with the previous quarter or, for a revision, with the rating it replaces; a change from or to grey is
    neither. ``feedback`` is the last about the whole message; :class:`~deliveries.models.Answer` has all of it.
    ``answered_at``: since then the department has answered the message as a whole, or each enterprise in it.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="receipts", db_constraint=False, db_index=False
    )
    sequence = models.PositiveBigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=24, choices=EventKind.choices)
    period_code = models.CharField(_("quarter"), max_length=6)
    cause = models.CharField(_("cause"), max_length=12, blank=True)  # ratings.choices.EvaluationKind
    part = models.PositiveIntegerField(default=1)
    parts = models.PositiveIntegerField(default=1)
    size = models.PositiveIntegerField(_("ratings"))
    green = models.PositiveIntegerField(default=0)
    yellow = models.PositiveIntegerField(default=0)
    red = models.PositiveIntegerField(default=0)
    grey = models.PositiveIntegerField(default=0)
    worse = models.PositiveIntegerField(default=0)
    better = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(_("written"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by_id = models.BigIntegerField(default=0)
    acknowledged_by_name = models.CharField(_("acknowledged by"), max_length=80, blank=True)
    feedback = models.TextField(_("feedback"), max_length=4000, blank=True)
    feedback_at = models.DateTimeField(null=True, blank=True)
    feedback_by_id = models.BigIntegerField(default=0)
    feedback_by_name = models.CharField(_("feedback by"), max_length=80, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ["subscription", "-sequence"]
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        indexes = [models.Index(fields=["department", "-id"], name="receipt_department_idx")]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "sequence"], name="receipt_sequence"),
            Kept(
                name="receipt_kept",
                columns=(
                    *("sequence", "kind", "period_code", "cause", "part", "parts", "size"),
                    *("green", "yellow", "red", "grey", "worse", "better"),
                ),
                once=(
                    ("delivered_at",),
                    ("acknowledged_at", "acknowledged_by_id", "acknowledged_by_name"),
                    ("answered_at",),
                ),
            ),
            CompositeForeignKey(
                name="receipt_event_fk",
                columns=("subscription_id", "sequence", "bureau_id", "department_id"),
                to="deliveries.Event",
                to_columns=("subscription_id", "sequence", "bureau_id", "department_id"),
            ),
            CompositeForeignKey(
                name="receipt_subscription_fk",
                columns=("subscription_id", "bureau_id", "department_id"),
                to="deliveries.Subscription",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(
                name="receipt_rls", read=("police", "department", "system"), write=("department", "system")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_code} · {self.sequence}"  # the audit log stores it, so it is not translated

    @property
    def colours(self) -> dict[str, int]:
        """The number of ratings of each colour in the message."""
        return {"green": self.green, "yellow": self.yellow, "red": self.red, "grey": self.grey}


class Attempt(models.Model):
    """One attempt to push a message, or the decision to skip it (``by_name``: whose).

    It contains only codes and figures: no body, no header and nothing the receiver wrote, which is kept in its
    :class:`Exchange` for a week. ``signed_with`` are the hints of the secrets that signed. Kept for half a year.
    """

    deletable = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        related_name="attempts_made",
        db_constraint=False,
        db_index=False,
    )
    sequence = models.PositiveBigIntegerField(_("number"))
    message_id = models.CharField(max_length=64)
    at = models.DateTimeField(_("when"))
    duration_ms = models.PositiveIntegerField(_("took (ms)"), default=0)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    fault = models.CharField(_("why"), max_length=10, choices=Fault.choices, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    detail = models.CharField(
        _("exactly"), max_length=10, choices=Detail.choices, blank=True, default="", db_default=""
    )
    signed_with = ArrayField(models.CharField(max_length=8), default=list, db_default=[])
    by_name = models.CharField(_("by"), max_length=80, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["subscription", "-id"], name="attempt_subscription_idx"),
            models.Index(fields=["bureau", "at"], name="attempt_at_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "bureau", "department"], name="attempt_key"),
            Kept(name="attempt_kept", columns=("sequence", "message_id", "at", "outcome", "fault", "status")),
            CompositeForeignKey(
                name="attempt_subscription_fk",
                columns=("subscription_id", "bureau_id", "department_id"),
                to="deliveries.Subscription",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(
                name="attempt_rls",
                read=("police", "department", "operator", "system"),
                write=("operator", "system"),
                operators=True,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} · {self.get_outcome_display()}"
