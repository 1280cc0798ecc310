"""Links that are opened without a login."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.accounts.models import Station
from foundation.database.sealed import SealedJSONField
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, LinkPolicy


class SignedLink(models.Model):
    """Signed link 签名链接: an address whose holder, without a login, sees what it shows and may answer it once.

    ``purpose`` names what it is for (:mod:`foundation.contributions.links`), ``object_id`` the record of that app. The
    token itself is never stored, only its SHA-256. ``shown`` is all that the page says, fixed when the link was made; it
    names nobody. ``answer`` comes from the holder, at ``answered_at``; ``taken_at`` is when the app has read it. A link
    that has expired or was withdrawn shows nothing. Nothing of a link is ever changed, only added once.
    """

    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    token_digest = models.CharField(max_length=64)
    shown: Any = models.JSONField(default=dict)
    expires_at = models.DateTimeField()
    made_by = models.CharField(max_length=80, blank=True)
    made_by_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answer: Any = SealedJSONField(purpose="links.answer", null=True)
    taken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["station", "purpose", "object_id"], name="signedlink_object_idx"),
            models.Index(
                fields=["station"],
                condition=Q(answered_at__isnull=False, taken_at=None),
                name="signedlink_waiting_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["token_digest"], name="signedlink_token_unique"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer=None)
                | Q(answered_at__isnull=False, answer__isnull=False),
                name="signedlink_answer_whole",
            ),
            LinkPolicy(name="signedlink_rls"),
            CompositeForeignKey(name="signedlink_enterprise_fk"),
            Kept(
                name="signedlink_kept",
                columns=(
                    *("enterprise_id", "purpose", "object_id", "token_digest", "shown", "expires_at"),
                    *("made_by", "made_by_id", "made_at"),
                ),
                once=(("answered_at", "answer"), ("taken_at",), ("withdrawn_at", "withdrawn_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.object_id}"

    @property
    def last_on(self) -> dt.date:
        """The last day on which it works; ``expires_at`` may be the midnight after it."""
        return timezone.localdate(self.expires_at - dt.timedelta(microseconds=1))
