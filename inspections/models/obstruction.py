"""Obstruction of police inspections."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.models import fact_constraints, fact_indexes
from foundation.tenancy.policies import CompositeForeignKey
from inspections.choices import ObstructedBy
from inspections.models.finding import Finding, days_in_order
from inspections.models.inspection import Inspection


class Obstruction(Finding):
    """Obstruction of a police inspection 拒绝、阻碍检查: who was kept from inspecting, how, by whom, and what proves it.

    From the day on which another officer confirms it, it is a veto of a rating (V6). ``inspection`` is the one that was
    obstructed; there is none if it did not come about. Photos, recordings and papers that prove it are its files.
    """

    dated_by = "obstructed_on"
    searched = ("what", "by_whom")
    searched_by_police = ("what", "by_whom", "evidence", "note")
    judged = ("kind", "what", "by_whom", "evidence", "obstructed_on")
    inspection = models.ForeignKey(
        Inspection,
        on_delete=models.PROTECT,
        related_name="obstructions",
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        verbose_name=_("inspection"),
    )
    kind = models.CharField(_("how it was obstructed"), max_length=10, choices=ObstructedBy.choices)
    what = models.CharField(
        _("what happened"),
        max_length=200,
        help_text=_("Once it is confirmed, the enterprise reads this."),
    )
    by_whom = models.CharField(
        _("by whom"), max_length=120, help_text=_("Name and post, as far as they are known.")
    )
    obstructed_on = models.DateField(_("obstructed on"))
    evidence = models.TextField(
        _("evidence"),
        max_length=2000,
        help_text=_("Recording and its number, witnesses, papers. Photos and files are added to the record."),
    )

    class Meta:
        ordering = ["-obstructed_on", "-id"]
        verbose_name = _("obstruction of an inspection")
        verbose_name_plural = _("obstructions of inspections")
        indexes = [
            *fact_indexes("obstruction", "obstructed_on"),
            models.Index(fields=["obstructed_on", "id"], name="obstruction_latest_idx"),  # across stations
            models.Index(
                fields=["inspection"],
                condition=models.Q(inspection__isnull=False),
                name="obstruction_inspection_idx",
            ),
        ]
        constraints = [
            *days_in_order("obstructed_on", "obstruction_days_in_order"),
            CompositeForeignKey(
                name="obstruction_inspection_fk",
                columns=("inspection_id", "enterprise_id", "station_id"),
                to="inspections.Inspection",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
            *fact_constraints("obstruction"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.obstructed_on}"
