"""Re-checks of closed hazards, drawn by lot."""

from django.db import models
from django.db.models import Q

from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.choices import RecheckOutcome
from inspections.models.of_hazard import OfHazard


class Recheck(OfHazard):
    """Re-check 随机复核 of a closed hazard that was drawn by lot: who goes there by when, and what they found.

    Written by the draw (``draw_id``) for a person who did not accept the hazard; 0 if there is none, and then a superior
    who did not takes it. The outcome is added once. If the hazard is there again, the same act reopens it. One that is
    not done when its draw is replaced has lapsed. ``by_bureau``: the bureau drew it, so the station is not told before.
    """

    draw_id = models.BigIntegerField()
    by_bureau = models.BooleanField(default=False)
    due_on = models.DateField()
    to_name = models.CharField(max_length=80, blank=True)
    to_id = models.BigIntegerField(default=0)
    drawn_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=RecheckOutcome.choices, null=True)
    on = models.DateField(null=True)
    note = models.TextField(max_length=2000, blank=True)
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["station", "due_on"],
                condition=Q(outcome=None, lapsed_at=None),
                name="recheck_waiting_idx",
            ),
            models.Index(fields=["draw_id"], name="recheck_draw_idx"),
            models.Index(fields=["enterprise", "record_id"], name="recheck_record_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "record_id"],
                condition=Q(outcome=None, lapsed_at=None),
                name="recheck_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(lapsed_at=None, on__isnull=False, made_at__isnull=False),
                name="recheck_done_whole",
            ),
            StationPolicy(name="recheck_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="recheck_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="recheck_kept",
                columns=(
                    *("enterprise_id", "record_id", "draw_id", "by_bureau", "due_on"),
                    *("to_name", "to_id", "drawn_at"),
                ),
                once=(("outcome", "on", "note", "by", "by_id", "made_at"), ("lapsed_at",)),
            ),
        ]

    def __str__(self) -> str:
        return f"hazard {self.record_id} {self.due_on:%Y-%m-%d}"

    @property
    def waits(self) -> bool:
        """Whether it is still to be done."""
        return self.outcome is None and self.lapsed_at is None
