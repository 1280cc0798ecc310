"""What was sent and answered in an attempt, for the department alone and for a week."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from deliveries.models.receipt import Attempt
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy

KEPT_DAYS = 7


class Exchange(models.Model):
    """Request and response of one attempt: what a developer needs to see why it failed.

    ``request_headers`` are pairs of name and value as they were sent, none if the certificate was refused; the body is
    that of the message. The rest is the receiver's: ``response_headers``, the first 2 kB of the body as text, its ``body_size`` as far as it was read, and
    ``certificate``, what the certificate that was refused says of itself.

    Bureau and operators never read it, and it goes into no log of ours. After ``KEPT_DAYS`` it is erased
    (:func:`deliveries.operations.exchanges.erase_expired`); the database refuses to erase or change one before.
    """

    deletable = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, related_name="exchange", db_constraint=False
    )
    at = models.DateTimeField(_("when"))
    request_headers = models.JSONField(default=list)
    response_headers = models.JSONField(default=list)
    body = models.TextField(blank=True)
    body_size = models.PositiveIntegerField(default=0)
    certificate = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        indexes = [models.Index(fields=["bureau", "at"], name="exchange_at_idx")]
        constraints = [
            Kept(
                name="exchange_kept",
                columns=(
                    *("bureau_id", "department_id", "attempt_id", "at", "request_headers"),
                    *("response_headers", "body", "body_size", "certificate"),
                ),
            ),
            CompositeForeignKey(
                name="exchange_attempt_fk",
                columns=("attempt_id", "bureau_id", "department_id"),
                to="deliveries.Attempt",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(
                name="exchange_rls", read=("department", "system"), write=("system",), kept=("at", KEPT_DAYS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}"
