"""Monthly screening of enterprises for disputes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy


class Screening(models.Model):
    """Screening 排查 of an enterprise for disputes in a month: on ``screened_on`` an officer asked there.

    ``found``: there was something, and the dispute is recorded by itself; otherwise it is a nil report 零报告. Written by
    the officers of the station, once a month for each enterprise; the next one of the month is the same. A wrong one is
    voided with a reason. The enterprise sees it as part of what it is rated by.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()  # its first day
    screened_on = models.DateField(_("screened on"))
    found = models.BooleanField(pgettext_lazy("screening", "something was found"), default=False)
    screened_by = models.CharField(_("by whom"), max_length=80, blank=True)
    screened_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-screened_on", "-id"]
        verbose_name = pgettext_lazy("disputes", "screening")
        verbose_name_plural = pgettext_lazy("disputes", "screenings")
        indexes = [
            models.Index(fields=["station", "month"], name="screening_station_idx"),
            models.Index(fields=["enterprise", "screened_on"], name="screening_enterprise_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "month"], condition=Q(voided_at=None), name="screening_once_a_month"
            ),
            models.CheckConstraint(condition=Q(screened_on__gte=F("month")), name="screening_of_its_month"),
            StationPolicy(name="screening_rls", enterprise="enterprise"),
            CompositeForeignKey(name="screening_enterprise_fk"),
            Kept(
                name="screening_kept",
                columns=(
                    *("enterprise_id", "month", "screened_on", "found", "screened_by", "screened_by_id"),
                    "recorded_at",
                ),
                once=(("voided_at", "void_reason"),),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
