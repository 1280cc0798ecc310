"""Events: the messages themselves."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from deliveries.choices import EventKind
from deliveries.models.subscription import Subscription
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy

if TYPE_CHECKING:
    from deliveries.models.receipt import Receipt


class Event(models.Model):
    """One message to one subscription: up to 500 ratings of a quarter, as they were when it was written.

    Written in the transaction that publishes (:mod:`deliveries.operations.publishing`), never changed afterwards.
    ``sequence`` counts from 1 without a gap, ``message_id`` is the ``webhook-id`` of every attempt and replay.
    ``body`` is the JSON text that is signed and sent, to the byte; ``payload`` reads it. It is a snapshot: names,
    colours, group shares, reason codes; never parties, disputes or reasons in words.
    ``enterprise_ids`` are whose ratings it tells, so that a revision finds who was told what it replaces.
    Only the department and the system read it; the bureau and the operator see how it travelled.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    sequence = models.PositiveBigIntegerField(_("number"))
    message_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=24, choices=EventKind.choices)
    period_code = models.CharField(_("quarter"), max_length=6)
    size = models.PositiveIntegerField(_("ratings"))
    enterprise_ids = ArrayField(models.BigIntegerField(), default=list)
    body = models.TextField()
    created_at = models.DateTimeField(_("written"))

    # of the rows of selectors.with_payloads alone
    visible_payload: dict[str, Any] | None
    receipt: "Receipt"

    class Meta:
        ordering = ["subscription", "sequence"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(  # bureau and department follow from the subscription
                fields=["subscription", "sequence", "bureau", "department"], name="event_key"
            ),
            CompositeForeignKey(
                name="event_subscription_fk",
                columns=("subscription_id", "bureau_id", "department_id"),
                to="deliveries.Subscription",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(name="event_rls", read=("department", "system"), write=("system",)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period_code} · {self.sequence}"

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.body)
