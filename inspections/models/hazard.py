"""Hazards and their rectification."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.fact import Fact, fact_constraints
from foundation.tenancy.policies import CompositeForeignKey
from inspections.choices import Origin, Severity
from inspections.models.inspection import Inspection


class Hazard(Fact):
    """Security hazard 治安隐患 found at an enterprise, until it is closed.

    Every state is read from dates as of a day: open from ``found_on`` until ``closed_on``; major from
    ``major_from_on`` until ``major_until_on``; its deadline is ``due_on``, or ``extended_due_on`` once granted on
    ``extension_granted_on``; without a deadline it is never overdue, and never closed on time. ``rectified_on`` is
    the day of the submission that was accepted later: submitted and waiting is not overdue.
    """

    inspection = models.ForeignKey(
        Inspection,
        on_delete=models.PROTECT,
        related_name="hazards",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("inspection"),
    )
    item = models.CharField(_("item"), max_length=120)
    place = models.CharField(_("place"), max_length=160, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=4000)
    origin = models.CharField(_("found by"), max_length=10, choices=Origin.choices, default=Origin.POLICE)
    reported_on = models.DateField(
        _("reported on"), null=True, blank=True, help_text=_("The day the enterprise or department reported it.")
    )
    found_on = models.DateField(_("found on"))
    major_from_on = models.DateField(_("major since"), null=True, blank=True)
    major_until_on = models.DateField(_("major until"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    extended_due_on = models.DateField(_("extended to"), null=True, blank=True)
    extension_granted_on = models.DateField(_("extension granted on"), null=True, blank=True)
    rectified_on = models.DateField(_("rectified on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    refused_on = models.DateField(_("rectification refused on"), null=True, blank=True)

    class Meta:
        ordering = ["-found_on", "-id"]
        verbose_name = _("hazard")
        verbose_name_plural = _("hazards")
        indexes = [
            models.Index(fields=["station", "found_on"], name="hazard_station_idx"),
            models.Index(fields=["enterprise", "found_on"], name="hazard_enterprise_idx"),
            models.Index(
                fields=["station", "due_on"], condition=Q(closed_on=None, voided_at=None), name="hazard_open_idx"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("found_on")), name="hazard_closed_after_found"
            ),
            models.CheckConstraint(
                condition=Q(rectified_on=None) | Q(rectified_on__gte=F("found_on")), name="hazard_rectified_after_found"
            ),
            models.CheckConstraint(
                condition=Q(extended_due_on=None, extension_granted_on=None)
                | Q(extended_due_on__isnull=False, extension_granted_on__isnull=False),
                name="hazard_extension_whole",
            ),
            CompositeForeignKey(
                name="hazard_inspection_fk",
                columns=("inspection_id", "enterprise_id", "station_id"),
                to="inspections.Inspection",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
            *fact_constraints("hazard"),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.place}" if self.place else self.item

    @property
    def deadline_on(self) -> dt.date | None:
        """The deadline in force: a granted extension, else the first."""
        return self.extended_due_on or self.due_on

    @property
    def severity(self) -> Severity:
        """Severity today."""
        return Severity.MAJOR if self.major_from_on and self.major_until_on is None else Severity.ORDINARY
