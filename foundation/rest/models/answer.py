"""Responses stored for repeated requests."""

from django.db import models

from foundation.accounts.models import ApiKey, Bureau, Department
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy


class StoredAnswer(models.Model):
    """The response to a POST with an ``Idempotency-Key``, written in the transaction of its effect: both or neither.

    ``token`` is what the client sent, unique per API key; ``fingerprint`` binds it to method, path and body. The row is
    inserted before the work begins, so a second request waits for the first on the unique index. Kept for a day.
    """

    deletable = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    token = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["bureau", "created_at"], name="storedanswer_age_idx")]
        constraints = [
            models.UniqueConstraint(fields=["key", "token"], name="storedanswer_once"),
            CompositeForeignKey(
                name="storedanswer_department_fk",
                columns=("department_id", "bureau_id"),
                to="accounts.Department",
                to_columns=("id", "bureau_id"),
            ),
            DepartmentPolicy(
                name="storedanswer_rls", read=("department", "system"), write=("department", "system")
            ),
        ]

    def __str__(self) -> str:
        return self.token
