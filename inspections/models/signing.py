"""Signatures of an inspection: the summary that was signed, and who signed or refused."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.tenancy.policies import CompositeForeignKey
from inspections.choices import SigningSide, SigningWay
from inspections.models.checklist import OfInspection, of_inspection


class Signing(OfInspection):
    """One signing 签名 of an inspection by both sides. Rows are never changed; what changed is signed again.

    ``summary`` is what was shown and signed, ``summary_sha256`` the digest of its canonical bytes
    (:mod:`inspections.checklists.summary`). Signed on paper, the photo or scan of it is the file under ``key``.
    """

    summary: Any = models.JSONField()
    summary_sha256 = models.CharField(max_length=64)
    way = models.CharField(_("signed on"), max_length=10, choices=SigningWay.choices)
    name = models.CharField(max_length=160, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("signing")
        verbose_name_plural = _("signings")
        indexes = [models.Index(fields=["station"], name="signing_station_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "inspection", "summary_sha256"], name="signing_once"
            ),
            models.UniqueConstraint(fields=["id", "enterprise", "station"], name="signing_custody_key"),
            models.CheckConstraint(
                condition=~Q(way=SigningWay.PAPER.value) | ~Q(key=""), name="signing_paper_is_there"
            ),
            *of_inspection("signing"),
        ]

    def __str__(self) -> str:
        return f"inspection {self.inspection_id} {self.summary_sha256[:8]}"


class Signature(OfInspection):
    """The signature of one person under a signing, or that the enterprise refused to sign.

    An officer has ``user_id`` and ``police_number`` as they were on that day; whoever signed for the enterprise has a
    ``duty``. ``signed_at`` is what the device's clock said, ``Signing.arrived_at`` when it was recorded here. A refusal
    拒绝签名 has its reason and a witness instead of a picture. On paper there is no picture of its own.
    """

    signing = models.ForeignKey(
        Signing, on_delete=models.PROTECT, related_name="signatures", db_constraint=False, db_index=False
    )
    side = models.CharField(max_length=10, choices=SigningSide.choices)
    user_id = models.BigIntegerField(default=0)
    name = models.CharField(_("name"), max_length=80, blank=True)
    police_number = models.CharField(max_length=6, blank=True)
    duty = models.CharField(_("duty"), max_length=80, blank=True)
    signed_at = models.DateTimeField(_("signed at"))
    refused = models.BooleanField(default=False)
    reason = models.TextField(_("reason of the refusal"), max_length=1000, blank=True)
    witness = models.CharField(_("witness"), max_length=80, blank=True)
    key = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        indexes = [
            models.Index(fields=["station"], name="signature_station_idx"),
            models.Index(fields=["signing"], name="signature_signing_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(refused=False)
                | (Q(side=SigningSide.ENTERPRISE.value, key="") & ~Q(reason="") & ~Q(witness="")),
                name="signature_refusal_whole",
            ),
            CompositeForeignKey(
                name="signature_signing_fk",
                columns=("signing_id", "enterprise_id", "station_id"),
                to="inspections.Signing",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
            *of_inspection("signature"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_side_display()
