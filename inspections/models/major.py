"""How a major hazard is governed, stage by stage, and listed supervision."""

from typing import Any

from django.db import models
from django.utils import timezone

from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.choices import Stage
from inspections.models.of_hazard import OfHazard


class MajorStage(OfHazard):
    """One stage of a major hazard 重大隐患治理: begun, five guarantees, rectification plan, expert review, expert acceptance.

    ``told`` is what the form of the stage asks, by name; ``passed`` what experts conclude. The next row of a stage
    replaces the one before, which stays. The row that begins has ``due_on``, the last day for the five guarantees. Only
    rows after the last one that begins count: a hazard that is graded as major, reopened or moved begins anew. One that is
    major without such a row was so before these rules, or comes from an import, and is accepted as before. ``entered_by``
    is the officer who entered it from paper or a call.
    """

    stage = models.CharField(max_length=12, choices=Stage.choices)
    on = models.DateField()
    due_on = models.DateField(null=True)
    told: Any = models.JSONField(default=dict)
    passed = models.BooleanField(null=True)
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    entered_by = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["enterprise", "record_id"], name="majorstage_record_idx"),
            models.Index(fields=["station"], name="majorstage_station_idx"),
        ]
        constraints = [
            StationPolicy(name="majorstage_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="majorstage_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="majorstage_kept",
                columns=(
                    *("enterprise_id", "record_id", "stage", "on", "due_on", "told", "passed"),
                    *("by", "by_id", "entered_by", "made_at"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"hazard {self.record_id} {self.stage} {self.on:%Y-%m-%d}"


class Listing(OfHazard):
    """Listed supervision 挂牌督办 of a hazard by the bureau, from ``listed_on`` until it is lifted on ``lifted_on``.

    ``number`` is that of the bureau's notice, if it has one. At most one of a hazard is in force.
    """

    number = models.CharField(max_length=60, blank=True)
    reason = models.TextField(max_length=2000)
    listed_on = models.DateField()
    listed_by = models.CharField(max_length=80)
    listed_by_id = models.BigIntegerField(default=0)
    listed_at = models.DateTimeField(default=timezone.now)
    lifted_on = models.DateField(null=True)
    lift_reason = models.TextField(max_length=2000, blank=True)
    lifted_by = models.CharField(max_length=80, blank=True)
    lifted_by_id = models.BigIntegerField(default=0)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["station"], name="listing_station_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "record_id"],
                condition=models.Q(lifted_on=None),
                name="listing_one_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_on=None) | models.Q(lifted_on__gte=models.F("listed_on")),
                name="listing_lifted_after_listed",
            ),
            StationPolicy(name="listing_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="listing_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="listing_kept",
                columns=(
                    *("enterprise_id", "record_id", "number", "reason", "listed_on"),
                    *("listed_by", "listed_by_id", "listed_at"),
                ),
                once=(("lifted_on", "lift_reason", "lifted_by", "lifted_by_id", "lifted_at"),),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"hazard {self.record_id} {self.listed_on:%Y-%m-%d}"
