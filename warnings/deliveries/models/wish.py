"""What a department asks for: a key, or an address for its messages."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.choices import WishKind, WishState
from deliveries.models.subscription import Subscription
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy


class Wish(models.Model):
    """A department's request 申请 for an API key (the bureau decides) or for a receiver's address (the operator decides).

    ``values`` are what was asked for, as the form had it: of a key title, scopes, whole_bureau, stations, networks and
    expires_on; of an address url. Nothing works before it is approved. An approved key is made and seen by the department
    alone, once (``key_prefix`` names it). One that was declined has a reason; the department may withdraw what nobody has decided.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        null=True,
        related_name="wishes",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=8, choices=WishKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=WishState.choices, default=WishState.ASKED)
    values = models.JSONField(default=dict)
    why = models.TextField(_("what for"), max_length=1000)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    asked_by_id = models.BigIntegerField(default=0)
    asked_by_name = models.CharField(_("asked by"), max_length=80)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by_id = models.BigIntegerField(default=0)
    decided_by_name = models.CharField(_("decided by"), max_length=80, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    key_made_at = models.DateTimeField(_("key created"), null=True)
    key_prefix = models.CharField(_("prefix"), max_length=8, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [models.Index(fields=["bureau", "department", "-id"], name="wish_department_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="key", subscription=None) | Q(kind="address", subscription__isnull=False),
                name="wish_is_of_a_kind",
            ),
            models.CheckConstraint(  # with wish_kept: a request is decided once, from asked
                condition=Q(state="asked", decided_at=None) | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="wish_decided_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(key_made_at=None) | Q(kind="key", state="approved"), name="wish_key_was_approved"
            ),
            Kept(
                name="wish_kept",
                columns=(
                    *("bureau_id", "department_id", "subscription_id", "kind", "values", "why"),
                    *("asked_at", "asked_by_id", "asked_by_name"),
                ),
                once=(
                    ("decided_at", "state", "decided_by_id", "decided_by_name", "reason"),
                    ("key_made_at", "key_prefix"),
                ),
            ),
            CompositeForeignKey(
                name="wish_department_fk",
                columns=("department_id", "bureau_id"),
                to="accounts.Department",
                to_columns=("id", "bureau_id"),
            ),
            CompositeForeignKey(
                name="wish_subscription_fk",
                columns=("subscription_id", "bureau_id", "department_id"),
                to="deliveries.Subscription",
                to_columns=("id", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(
                name="wish_rls",
                read=("police", "department", "operator", "system"),
                write=("police", "department", "operator", "system"),
                operators=True,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"  # the audit log stores it, so it is not translated

    @property
    def is_collectable(self) -> bool:
        """Whether an approved key waits to be created. Its last day may pass before somebody does."""
        last = self.values.get("expires_on") if self.kind == WishKind.KEY else None
        is_open = self.state == WishState.APPROVED and self.key_made_at is None
        return is_open and last is not None and dt.date.fromisoformat(last) >= timezone.localdate()
