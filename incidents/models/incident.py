"""Police incidents concerning an enterprise."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints
from incidents.choices import IncidentKind, IncidentState


class Incident(Fact):
    """Police incident 警情 or case 案件 concerning an enterprise.

    It counts in a rating once the police verified it (``verified_on``) and, where the criterion says so, only if the
    enterprise is at fault. ``serious`` marks a major criminal case; ``duty_fulfilled`` says whether the enterprise
    fulfilled its duties under Order 421.
    """

    dated_by = "occurred_on"
    searched_by_police = ("summary", "note")
    decided = ("verified_on", "at_fault", "duty_fulfilled")
    judged = ("kind", "occurred_on", "serious")
    acted = ("verified_on",)
    kind = models.CharField(_("kind"), max_length=24, choices=IncidentKind.choices)
    occurred_on = models.DateField(_("occurred on"))
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    at_fault = models.BooleanField(_("enterprise at fault"), null=True, blank=True)
    duty_fulfilled = models.BooleanField(_("duty fulfilled"), null=True, blank=True)
    serious = models.BooleanField(_("serious"), default=False)
    summary = models.TextField(_("summary"), blank=True, max_length=4000)

    class Meta:
        ordering = ["-occurred_on", "-id"]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [
            models.Index(fields=["station", "occurred_on"], name="incident_station_idx"),
            models.Index(fields=["enterprise", "occurred_on"], name="incident_enterprise_idx"),
            models.Index(fields=["occurred_on", "id"], name="incident_latest_idx"),  # lists across stations
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_on=None) | Q(verified_on__gte=F("occurred_on")),
                name="incident_verified_after_occurred",
            ),
            *fact_constraints("incident"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on}"

    @property
    def state(self) -> IncidentState:
        """The state today."""
        return IncidentState.VERIFIED if self.verified_on else IncidentState.UNVERIFIED

    def clean(self) -> None:
        check_days(
            self,
            past=["occurred_on", "verified_on"],
            order=[
                (
                    "verified_on",
                    "occurred_on",
                    _("The verification date cannot be before the date of the incident."),
                )
            ],
        )
