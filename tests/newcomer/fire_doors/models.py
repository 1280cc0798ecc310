"""Checks of fire doors, and the states they pass through."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints


class DoorState(models.TextChoices):
    SHUTS = "shuts", _("Shuts")
    FAULTY = "faulty", _("Faulty")
    REPAIRED = "repaired", _("Repaired")


class DoorCheck(Fact):
    """Check of a fire door 防火门检查: does it shut by itself? One that does not is faulty until it was repaired."""

    checked_on = models.DateField(_("checked on"))
    door = models.CharField(_("door"), max_length=80)
    shuts = models.BooleanField(_("shuts by itself"), default=True)
    repaired_on = models.DateField(_("repaired on"), null=True, blank=True)

    class Meta:
        ordering = ["-checked_on", "-id"]
        verbose_name = _("check of a fire door")
        verbose_name_plural = _("checks of fire doors")
        indexes = [
            models.Index(fields=["station", "checked_on"], name="door_check_station_idx"),
            models.Index(fields=["enterprise", "checked_on"], name="door_check_enterprise_idx"),
        ]
        constraints = fact_constraints("door_check", departments="voided_at IS NULL")

    def __str__(self) -> str:
        return self.door

    @property
    def state(self) -> DoorState:
        if self.shuts:
            return DoorState.SHUTS
        return DoorState.REPAIRED if self.repaired_on else DoorState.FAULTY

    def clean(self) -> None:
        before = _("It cannot be repaired before it was checked.")
        check_days(self, past=["checked_on", "repaired_on"], order=[("repaired_on", "checked_on", before)])
