"""Messages of a snapshot that are still to be written."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from deliveries.models.subscription import Subscription
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy


class SnapshotPart(models.Model):
    """One message of a new subscription's first messages, from when its ratings are chosen until it is written.

    Its ratings are those in force at one moment, by id and in their order, so that the messages tell one state however
    long they take. ``place`` is the order of the messages, from 1. Those of one standard, which ``evaluation_id`` names,
    count as ``part`` of ``parts``. The worker that writes the message deletes the row (``operations/snapshot.py``).
    """

    deletable = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    place = models.PositiveIntegerField()
    evaluation_id = models.BigIntegerField()
    part = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    rating_ids = ArrayField(models.BigIntegerField())

    class Meta:
        ordering = ["subscription", "place"]
        verbose_name = _("part of a snapshot")
        verbose_name_plural = _("parts of a snapshot")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "place"], name="snapshotpart_key"),
            CompositeForeignKey(
                name="snapshotpart_subscription_fk",
                columns=("subscription_id", "bureau_id", "department_id"),
                to="deliveries.Subscription",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(name="snapshotpart_rls", read=("system",), write=("system",)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} · {self.part}/{self.parts}"
