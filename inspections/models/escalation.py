"""To whom a hazard that is overdue went, step by step."""

from django.db import models
from django.utils import timezone

from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.choices import EscalationStep
from inspections.models.of_hazard import OfHazard


class Escalation(OfHazard):
    """One step 逾期升级 of an overdue hazard: who was told, and when it fell due.

    ``due_on`` is the working day, counted from ``deadline_on``, on which the step falls due; it is the same however late
    the job ran that wrote it (``made_at``). A hazard that gets another deadline begins anew with that one. Nothing is ever
    taken back: a row whose deadline is no longer in force says what was.
    """

    deadline_on = models.DateField()
    step = models.CharField(max_length=8, choices=EscalationStep.choices)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["station"], name="escalation_station_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "record_id", "deadline_on", "step"], name="escalation_once"
            ),
            StationPolicy(name="escalation_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="escalation_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="escalation_kept",
                columns=("enterprise_id", "record_id", "deadline_on", "step", "due_on", "made_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"hazard {self.record_id} {self.step} {self.due_on:%Y-%m-%d}"
