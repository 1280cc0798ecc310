"""The audit log, which is append-only."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.tenancy.policies import AuditPolicy, Policy, audience_in


class OperatorActsPolicy(Policy):
    """Operators read what operators did anywhere, and the platform's own entries, to hold each other to account.

    They cannot read acts on casework: ``enterprise_id`` must be 0.
    """

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        mine = (
            f"{quote('enterprise_id')} = 0 AND {quote('role')} = 'operator' AND {audience_in(('operator',))}"
        )
        return {self.name: f"FOR SELECT USING ({mine})"}


class AuditEntry(models.Model):
    """One act: who, in which role, from where, on what, before and after.

    Written by :func:`foundation.accounts.auditing.record` in the transaction of the act. The runtime role may only
    INSERT and SELECT. Organisations and objects are plain ids (0 = none), so an entry outlives its object. The station
    that has custody of an enterprise reads its log. ``object_values`` are the values that the object's name is made of,
    if it has words of a language (``Kind.named_by``); ``object_label`` is the name in the language of the act.
    """

    append_only = True

    at = models.DateTimeField(_("when"), auto_now_add=True)
    actor_id = models.BigIntegerField(default=0)
    actor_name = models.CharField(_("who"), max_length=80)
    role = models.CharField(_("role"), max_length=20, choices=[*Role.choices, ("system", _("System"))])
    bureau_id = models.BigIntegerField(default=0)
    station_id = models.BigIntegerField(default=0)
    enterprise_id = models.BigIntegerField(default=0)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    action = models.CharField(_("act"), max_length=64)
    object_type = models.CharField(_("kind"), max_length=64)
    object_id = models.BigIntegerField(default=0)
    object_label = models.CharField(_("object"), max_length=200, blank=True)
    object_values = models.JSONField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["enterprise_id", "-id"], name="audit_enterprise_idx"),
            models.Index(fields=["bureau_id", "station_id", "-id"], name="audit_organisation_idx"),
            models.Index(fields=["bureau_id", "-id"], name="audit_bureau_idx"),
        ]
        constraints = [AuditPolicy(name="audit_rls"), OperatorActsPolicy(name="audit_operator_rls")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"
