"""Evaluations: runs over the register of a bureau, and their batches."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau
from foundation.ids import LARGEST_ID
from foundation.periods import Period
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import BureauPolicy, CompositeForeignKey
from ratings.choices import BatchState, EvaluationKind, EvaluationState
from ratings.models.standard import Standard


class Evaluation(models.Model):
    """One run for a bureau, a period and a version of a standard.

    A bureau has at most one regular run per period (``run`` 1). Corrections, interim vetoes and trials increase ``run``;
    a rating's revision is the ``run`` of its evaluation. ``criteria`` and ``measures`` name the positions of the arrays
    in :class:`Rating`. ``digest`` depends only on the results, not on workers or order.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    period_code = models.CharField(_("quarter"), max_length=6)
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(_("kind"), max_length=10, choices=EvaluationKind.choices)
    run = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        _("state"), max_length=10, choices=EvaluationState.choices, default=EvaluationState.OPEN
    )
    effective_on = models.DateField(_("effective on"))
    criteria = ArrayField(models.CharField(max_length=16), default=list)
    measures = ArrayField(models.CharField(max_length=64), default=list)
    enterprise_ids = ArrayField(models.BigIntegerField(), null=True, blank=True)  # corrections: only these
    registered = models.PositiveIntegerField(_("on the register"), default=0)
    counts = models.JSONField(_("counts by colour"), default=dict)
    digest = models.CharField(_("digest"), max_length=32, blank=True)
    error = models.TextField(_("error"), blank=True)
    requested_by_id = models.BigIntegerField(default=0)
    reason = models.TextField(_("reason"), blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "period_code"],
                condition=Q(kind=EvaluationKind.REGULAR),
                name="evaluation_one_regular",
            ),
            Kept(name="evaluation_kept", columns=("bureau_id", "kind", "requested_by_id", "opened_at")),
            models.UniqueConstraint(
                fields=["bureau", "period_code", "run"],
                condition=~Q(kind=EvaluationKind.TRIAL),
                name="evaluation_revision",
            ),
            models.UniqueConstraint(
                fields=["bureau", "period_code", "standard", "run"],
                condition=Q(kind=EvaluationKind.TRIAL),
                name="evaluation_trial",
            ),
            models.UniqueConstraint(fields=["id", "bureau"], name="evaluation_bureau_key"),
            CompositeForeignKey(
                name="evaluation_standard_fk",
                columns=("standard_id", "bureau_id"),
                to="ratings.Standard",
                to_columns=("id", "bureau_id"),
            ),
            BureauPolicy(name="evaluation_rls", write=("police", "system")),
        ]

    def __str__(self) -> str:
        return f"{self.period_code} · {self.get_kind_display()}"

    @property
    def period(self) -> Period:
        return Period.parse(self.period_code)

    @property
    def is_trial(self) -> bool:
        return self.kind == EvaluationKind.TRIAL

    @property
    def is_complete(self) -> bool:
        return self.state == EvaluationState.COMPLETE

    @property
    def duration_s(self) -> float | None:
        """The duration of the run in seconds; None until it is complete."""
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()

    def position_of(self, measure: str) -> int:
        """Return the position of a measure in the arrays of the run's ratings, from 1; 0 if it is not stored."""
        return self.measures.index(measure) + 1 if measure in self.measures else 0


class EvaluationBatch(models.Model):
    """A part of an evaluation that one worker rates.

    It covers some stations, a range of ids within a large station, or single enterprises (for corrections, and those
    handed over during the run). Its row lock is the lease: a worker holds it from taking the batch until the ratings are
    committed, so that a killed worker releases it at once.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.CASCADE, related_name="batches", db_index=False
    )
    number = models.PositiveIntegerField()
    stations = ArrayField(models.BigIntegerField())
    enterprise_ids = ArrayField(models.BigIntegerField(), null=True, blank=True)
    id_from = models.BigIntegerField(default=0)
    id_to = models.BigIntegerField(default=LARGEST_ID)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PENDING)
    size = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    digest = models.DecimalField(max_digits=40, decimal_places=0, default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="batch_unique"),
            CompositeForeignKey(
                name="evaluationbatch_evaluation_fk",
                columns=("evaluation_id", "bureau_id"),
                to="ratings.Evaluation",
                to_columns=("id", "bureau_id"),
            ),
            Kept(name="evaluationbatch_kept", ended=("state", BatchState.PUBLISHED.value)),
            BureauPolicy(name="evaluationbatch_rls", read=("police", "system"), write=("police", "system")),
        ]
