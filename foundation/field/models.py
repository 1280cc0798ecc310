"""Receipts of what phones sent."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import OfPerson
from foundation.tenancy.policies import CompositeForeignKey, OwnPolicy


class FieldReceipt(OfPerson):
    """Receipt 回执 of one thing that a phone sent: the key that the phone gave it, the digest of its bytes, the answer.

    Written in the transaction of the work, so there is a receipt exactly if the work is done. The same key and content again
    get the first answer; another content is refused.
    """

    append_only = True

    key = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64)
    answer: Any = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("receipt of a phone")
        verbose_name_plural = _("receipts of phones")
        indexes = [models.Index(fields=["grant"], name="fieldreceipt_grant_idx")]
        constraints = [
            CompositeForeignKey(
                name="fieldreceipt_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            OwnPolicy(name="fieldreceipt_rls"),
        ]

    def __str__(self) -> str:
        return str(self.key)
