"""Events: messages to departments."""

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
    """One message to one subscription: a snapshot of up to 500 ratings of a quarter.

    It is written in the transaction that publishes (:mod:`deliveries.operations.publishing`) and never changed; the
    moment comes from the database.
    ``sequence`` counts from 1 without gaps; ``message_id`` is the ``webhook-id`` of every attempt and replay.
    ``body`` is the exact JSON text that is signed and sent; ``payload`` parses it. It contains names, colours, group
    shares and reason codes, but never parties, disputes or reasons in words. ``enterprise_ids`` are the rated
    enterprises, so that a revision also reaches the subscriptions that received the rating it replaces.

    Only the department and the system can read it; the bureau sees its receipt and attempts, the operator its attempts.
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

    # Set only by selectors.with_payloads.
    visible_payload: dict[str, Any] | None
    receipt: "Receipt"

    class Meta:
        ordering = ["subscription", "sequence"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(  # bureau and department are those of the subscription
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
