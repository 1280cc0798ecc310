"""Ratings: an enterprise's colour for a quarter, with everything it is based on."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour
from enterprises.models import Enterprise, Liaison
from foundation.accounts.models import Station
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from ratings.models.evaluation import Evaluation


def _numbers(digits: int, places: int) -> ArrayField:
    return ArrayField(models.DecimalField(max_digits=digits, decimal_places=places), default=list)


if TYPE_CHECKING:
    from ratings.explain.rating import Decision


class Rating(models.Model):
    """One enterprise's rating for a quarter. It is never edited; a correction is a new revision.

    The arrays are in the order of ``evaluation.criteria`` (own points and maximum, scaled points and maximum, reason
    codes) and ``evaluation.measures``. They are plain arrays because up to a million are written, one statement per
    batch. ``flags`` are all vetoes, ceilings and floors that apply; ``decided_by`` is the last step that changed the
    colour ("" if the score alone decided). ``red_since`` is the effective day of the revision that turned it red.

    Only :mod:`ratings.engine.batch` and interim vetoes write ratings, while they hold the lock of the batch or create
    the evaluation. So the database has no foreign key to the evaluation: it would cost 5 µs a row and could not fail.
    """

    append_only = True

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, related_name="ratings", db_constraint=False, db_index=False
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="ratings", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    rated_at_station_id = models.BigIntegerField()
    period_code = models.CharField(_("quarter"), max_length=6)
    revision = models.PositiveSmallIntegerField()
    trial = models.BooleanField()
    colour = models.CharField(_("colour"), max_length=6, choices=Colour.choices)
    score_colour = models.CharField(max_length=6)
    previous_colour = models.CharField(_("previous colour"), max_length=6, blank=True)
    previous_score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True)
    coverage = models.DecimalField(_("coverage"), max_digits=5, decimal_places=4)
    decided_by = models.CharField(_("decided by"), max_length=8, blank=True)
    flags = ArrayField(models.CharField(max_length=8), default=list)
    shares = _numbers(9, 6)  # by group of the standard; -1 if nothing is applicable
    own_points = _numbers(9, 6)
    own_maxima = _numbers(9, 6)
    points = _numbers(9, 6)
    maxima = _numbers(9, 6)
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    measures = ArrayField(models.BigIntegerField(), default=list)
    effective_on = models.DateField(_("effective on"))
    red_since = models.DateField(null=True)
    visible_from = models.DateTimeField()

    # Attached by the pages that show them.
    cause: str
    decision: "Decision"
    decided_words: str
    served_by: list[Liaison]
    official_colour: str
    official_score: Decimal | None

    class Meta:
        ordering = ["-period_code", "-revision"]
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        indexes = [
            models.Index(fields=["station", "evaluation"], name="rating_station_idx"),
            models.Index(  # ratings that changed colour: a tenth of the rows, without reading the wide rows of the quarter
                fields=["evaluation", "station"],
                include=[
                    "id",
                    "enterprise",
                    "colour",
                    "previous_colour",
                    "score",
                    "visible_from",
                    "revision",
                ],
                condition=~Q(previous_colour="") & ~Q(previous_colour=F("colour")) & Q(trial=False),
                name="rating_changed_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "enterprise"], name="rating_once"),
            models.UniqueConstraint(
                fields=["enterprise", "period_code", "revision"],
                condition=Q(trial=False),
                name="rating_revision",
            ),
            StationPolicy(
                name="rating_rls",
                enterprise="enterprise",
                departments="NOT trial AND visible_from <= now()",
            ),
            CompositeForeignKey(
                name="rating_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_code} {self.colour}"
