"""The QR code at an enterprise's door, and the check-ins of the police there."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.checkins.choices import Ended, Purpose
from inspections.models.inspection import Inspection

LONGEST_CODE = 32


def _at_enterprise(name: str) -> list[models.BaseConstraint]:
    return [
        StationPolicy(name=f"{name}_rls", enterprise="enterprise"),
        CompositeForeignKey(
            name=f"{name}_enterprise_fk",
            columns=("enterprise_id", "station_id"),
            to="enterprises.Enterprise",
            to_columns=("id", "station_id"),
        ),
    ]


class DoorSign(models.Model):
    """QR code 企业码 of an enterprise, printed and put up at its door (State Council office, 国办发〔2024〕54号: 扫码入企).

    ``code`` cannot be guessed and says nothing by itself. Made by the station or the enterprise's security manager; one
    is in use at a time. Renewing it ends the old one (``ended_at``), whose address then says so.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=LONGEST_CODE, db_index=True)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    ended_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    ended_reason = models.TextField(_("reason"), max_length=2000, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("QR code")
        verbose_name_plural = _("QR codes")
        indexes = [
            models.Index(fields=["enterprise"], name="doorsign_enterprise_idx"),
            models.Index(fields=["station"], name="doorsign_station_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(ended_at=None), name="doorsign_one_in_use"
            ),
            Kept(
                name="doorsign_kept",
                columns=("enterprise_id", "code", "made_at"),
                once=(("ended_at", "ended_reason"),),
            ),
            *_at_enterprise("doorsign"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.made_at):%Y-%m-%d}"


class CheckIn(models.Model):
    """Officers at an enterprise 入企登记: who, since when, what for, by which approval, until when.

    Written by an officer of the station at the door. ``officers``: id, name and police number of each, as on that day;
    colleagues may join while it lasts. ``arrived_at`` is the server's time, or was typed (``is_late``) by whoever had no
    network. It ends (``ended``) by checking out, by the inspection that is recorded (``inspection``), or, if
    nobody checked out on its day, with the next check-in; ``left_at`` is then unknown. ``latitude`` and ``longitude``, degrees
    rounded to 0.001 (about 100 m), only if the officer allowed it; ``accuracy_m`` is the radius in metres that the phone stated.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    approval = models.CharField(_("approval"), max_length=120, blank=True)
    officers: Any = models.JSONField(_("officers"), default=list)
    arrived_at = models.DateTimeField(_("arrived"))
    is_late = models.BooleanField(_("time typed"), default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by_id = models.BigIntegerField(default=0)
    latitude = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    longitude = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)
    ended = models.CharField(max_length=9, choices=Ended.choices, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, null=True
    )

    class Meta:
        ordering = ["-arrived_at", "-id"]
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        indexes = [
            models.Index(fields=["enterprise", "-arrived_at"], name="checkin_enterprise_idx"),
            models.Index(fields=["station", "-arrived_at"], name="checkin_station_idx"),
            models.Index(fields=["inspection"], condition=~Q(inspection=None), name="checkin_inspection_idx"),
        ]
        constraints = [
            # two phones at one door are one visit
            models.UniqueConstraint(fields=["enterprise"], condition=Q(ended=""), name="checkin_one_open"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("arrived_at")), name="checkin_order"
            ),
            Kept(
                name="checkin_kept",
                columns=(
                    "enterprise_id",
                    "purpose",
                    "approval",
                    "arrived_at",
                    "is_late",
                    "recorded_at",
                    "recorded_by_id",
                    "latitude",
                    "longitude",
                    "accuracy_m",
                ),
                once=(("left_at",), ("inspection_id",)),
            ),
            *_at_enterprise("checkin"),
            CompositeForeignKey(
                name="checkin_inspection_fk",
                columns=("inspection_id", "enterprise_id", "station_id"),
                to="inspections.Inspection",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {timezone.localtime(self.arrived_at):%Y-%m-%d}"

    @property
    def day(self) -> str:
        """The day of the arrival, as its name says it."""
        return f"{timezone.localtime(self.arrived_at):%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether they are there now: nobody checked out, and it is still the day on which they came."""
        return not self.ended and timezone.localdate(self.arrived_at) == timezone.localdate()

    @property
    def minutes(self) -> int | None:
        """How long it took, in minutes; None if that is not known."""
        return int((self.left_at - self.arrived_at).total_seconds() // 60) if self.left_at else None

    @property
    def state(self) -> str:
        """How it ended in words; empty while they are there."""
        if self.is_open:
            return ""
        return str(Ended(self.ended or Ended.FORGOTTEN).label)

    @property
    def officer_ids(self) -> set[int]:
        return {each["id"] for each in self.officers}

    @property
    def names(self) -> str:
        """The officers, each with the police number."""
        return "、".join(f"{each['name']} {each['police_number']}".strip() for each in self.officers)
