"""Checks of fire doors and their states."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints, fact_indexes


class DoorState(models.TextChoices):
    SHUTS = "shuts", _("Shuts")
    FAULTY = "faulty", _("Faulty")
    REPAIRED = "repaired", _("Repaired")


class DoorCheck(Fact):
    """Check of a fire door 防火门检查. A door that does not shut by itself is faulty until it is repaired."""

    dated_by = "checked_on"
    searched = searched_by_police = ("door",)
    checked_on = models.DateField(_("checked on"))
    door = models.CharField(_("door"), max_length=80)
    shuts = models.BooleanField(_("shuts by itself"), default=True)
    repaired_on = models.DateField(_("repaired on"), null=True, blank=True)

    class Meta:
        verbose_name = _("check of a fire door")
        verbose_name_plural = _("checks of fire doors")
        ordering = ["-checked_on", "-id"]
        indexes = fact_indexes("door_check", "checked_on")
        constraints = fact_constraints("door_check", departments="voided_at IS NULL")

    def __str__(self) -> str:
        return self.door

    @property
    def state(self) -> DoorState:
        faulty = DoorState.REPAIRED if self.repaired_on else DoorState.FAULTY
        return DoorState.SHUTS if self.shuts else faulty

    def clean(self) -> None:
        early = _("It cannot be repaired before it was checked.")
        check_days(self, past=["checked_on", "repaired_on"], order=[("repaired_on", "checked_on", early)])
