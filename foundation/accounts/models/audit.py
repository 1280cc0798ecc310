"""The audit log, which is append-only, the personal values that it mentions, and its seals."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import Role
from foundation.tenancy.policies import AuditPolicy, Policy, SealerPolicy, audience_in


class OperatorActsPolicy(Policy):
    """Operators read what operators did anywhere, and the platform's own entries, to hold each other to account.

    They cannot read acts on casework: ``enterprise_id`` must be 0.
    """

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        mine = (
            f"{quote('enterprise_id')} = 0 AND {quote('role')} = 'operator' AND {audience_in(('operator',))}"
        )
        return {self.name: f"FOR SELECT USING ({mine})"}


class TransactionId(models.Field):
    """The number of the transaction that wrote a row (``xid8``): numbers of rows do not follow the order of commits."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class AuditEntry(models.Model):
    """One act: who, in which role, from where, on what, before and after.

    Written by :func:`foundation.accounts.auditing.record` in the transaction of the act. The runtime role may only
    INSERT and SELECT; number, moment and who acted come from the database (``set_by_database``). Personal values stand
    in ``before`` and ``after`` as commitments (:class:`AuditValue`), in entries of earlier versions as they were.
    ``transaction`` is None in those. Organisations and objects are plain ids (0 = none), so an entry outlives its object. The station
    that has custody of an enterprise reads its log. ``object_values`` are the values that the object's name is made of,
    if it has words of a language (``Kind.named_by``); ``object_label`` is the name in the language of the act.
    """

    append_only = True
    set_by_database = ("at", "transaction", "actor_id", "actor_name", "role", "address", "request_id")

    at = models.DateTimeField(_("when"), editable=False)
    transaction = TransactionId(null=True, editable=False)
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
        constraints = [
            AuditPolicy(name="audit_rls"),
            OperatorActsPolicy(name="audit_operator_rls"),
            SealerPolicy(name="audit_sealer_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"


class AuditValue(models.Model):
    """A personal value that an audit entry mentions by its commitment, the SM3 digest of salt and value.

    Whoever reads the entry reads the value. It can be erased without breaking the seal over the entry: without the salt
    nobody finds the value from its commitment by trying. Object and places are those of the entry.
    """

    deletable = True
    set_by_database = ("role",)

    commitment = models.CharField(max_length=64, primary_key=True)
    salt = models.CharField(max_length=32)
    value = models.JSONField()
    role = models.CharField(max_length=20)
    object_type = models.CharField(max_length=64)
    object_id = models.BigIntegerField()
    bureau_id = models.BigIntegerField(default=0)
    station_id = models.BigIntegerField(default=0)
    enterprise_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("personal value of the audit log")
        verbose_name_plural = _("personal values of the audit log")
        indexes = [models.Index(fields=["object_type", "object_id"], name="auditvalue_object_idx")]
        constraints = [
            AuditPolicy(name="auditvalue_rls"),
            OperatorActsPolicy(name="auditvalue_operator_rls"),
            SealerPolicy(name="auditvalue_sealer_rls", deletes=True),
        ]

    def __str__(self) -> str:
        return self.commitment


class AuditLink(models.Model):
    """A sealed entry's link in the chain of its bureau (0: the platform's): the digest of the link before and the entry."""

    append_only = True

    bureau_id = models.BigIntegerField()
    number = (
        models.BigIntegerField()
    )  # in the chain: entries are sealed in the order in which they were committed
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["bureau_id", "number"]
        verbose_name = _("link of the audit log")
        verbose_name_plural = _("links of the audit log")
        constraints = [
            models.UniqueConstraint(fields=["bureau_id", "number"], name="auditlink_number"),
            SealerPolicy(name="auditlink_rls", inserts=True),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}/{self.number}"


class AuditSeal(models.Model):
    """A seal over everything committed until then: ``heads`` are number and digest of each bureau's last link.

    The seals are the chain of the installation: each digest covers the one before. Every seal is also written to the
    log stream, so that a copy lies where this database's owner cannot change it.
    """

    append_only = True
    set_by_database = ("at",)

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField(_("when"), editable=False)
    heads = models.JSONField()  # {bureau: [number, digest]} of the chains that grew
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        verbose_name = _("seal of the audit log")
        verbose_name_plural = _("seals of the audit log")
        constraints = [SealerPolicy(name="auditseal_rls", inserts=True)]

    def __str__(self) -> str:
        return str(self.number)
