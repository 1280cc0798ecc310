"""Inspections that were drawn by lot."""

from django.db import models

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Station
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy


class DrawnVisit(models.Model):
    """One officer who was drawn by lot 双随机 to inspect an enterprise by a day; each enterprise has two such rows.

    Written by the draw (``draw_id``). It is done once an inspection of the enterprise on ``drawn_on`` or later is recorded,
    whoever made it, and has lapsed if its draw was replaced before. ``drawn_on`` is the day of the draw, or the next one if
    the enterprise had been inspected that day already.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    draw_id = models.BigIntegerField()
    officer_id = models.BigIntegerField()
    officer_name = models.CharField(max_length=80)
    drawn_on = models.DateField()
    due_on = models.DateField()
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["station", "officer_id"],
                condition=models.Q(lapsed_at=None),
                name="drawnvisit_officer_idx",
            ),
            models.Index(fields=["draw_id"], name="drawnvisit_draw_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "draw_id", "officer_id"], name="drawnvisit_officer_once"
            ),
            StationPolicy(name="drawnvisit_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="drawnvisit_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="drawnvisit_kept",
                columns=("enterprise_id", "draw_id", "officer_id", "officer_name", "drawn_on", "due_on"),
                once=(("lapsed_at",),),
            ),
        ]

    def __str__(self) -> str:
        return f"enterprise {self.enterprise_id} {self.officer_name} {self.due_on:%Y-%m-%d}"
