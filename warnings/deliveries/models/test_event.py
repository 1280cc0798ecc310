"""Test events: signed messages without a number, by which a department tries its receiver."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliveries.choices import Outcome
from deliveries.models.subscription import Subscription
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy


class TestEvent(models.Model):
    """One test event: signed and sent as a message, but it has no number, is no event, and never moves the cursor.

    A worker sends it once, after ``requested_at``; ``sent_at`` is when it took it, ``answered_at`` when the result was
    known. If a worker is killed in between, it stays without a result, and the department sends another.
    ``token`` is the request's own: the same request again makes no second one. Its attempt is in the log with the
    number 0. Only the department and the system read it. Kept as long as attempts.
    """

    __test__ = False  # pytest collects classes by this name
    deletable = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    token = models.CharField(max_length=64)
    message_id = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    requested_at = models.DateTimeField(_("requested"))
    requested_by_id = models.BigIntegerField(default=0, db_default=0)
    requested_by_name = models.CharField(_("requested by"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("took (ms)"), default=0, db_default=0)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)  # Outcome
    fault = models.CharField(_("why"), max_length=10, blank=True)  # Fault
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("test event")
        verbose_name_plural = _("test events")
        indexes = [models.Index(fields=["bureau", "requested_at"], name="testevent_bureau_idx")]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "token"], name="testevent_token"),
            Kept(
                name="testevent_kept",
                columns=(
                    *("token", "message_id", "body", "requested_at"),
                    *("requested_by_id", "requested_by_name"),
                ),
                once=(("sent_at",), ("answered_at", "outcome", "fault", "status", "duration_ms", "address")),
            ),
            CompositeForeignKey(
                name="testevent_subscription_fk",
                columns=("subscription_id", "bureau_id", "department_id"),
                to="deliveries.Subscription",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(
                name="testevent_rls", read=("department", "system"), write=("department", "system")
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def was_delivered(self) -> bool:
        """Whether the receiver accepted it (2xx)."""
        return self.outcome == Outcome.DELIVERED
