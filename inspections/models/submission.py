"""What an enterprise answers to a hazard: its words, its photos and files, and who of the police opened it first."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.models.of_hazard import OfHazard

ARRIVES_WITHIN = dt.timedelta(days=1)


class Submission(OfHazard):
    """An answer 整改提交 of an enterprise to a hazard that it has put right.

    It names its ``files``, each with the digest of the bytes that are sent (``Attachment.received_sha256``), before they
    have arrived, and is complete once all of them have: then the hazard is submitted (``hazard.rectify``), and a step of
    the hazard has the day. Until then there is at most one of a hazard, which the next try replaces. Withdrawn before
    anybody of the police opened it, it stays with ``withdrawn_at``. ``entered_by`` is the officer who entered it from
    paper or a call.
    """

    version = models.PositiveIntegerField(default=1)  # of the hazard when it was declared
    note = models.TextField(blank=True)
    put_right_on = models.DateField(null=True)  # what the enterprise says; ``rectified_on`` is what counts
    files: Any = models.JSONField(default=list)  # [{"name": …, "digest": …}]
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    entered_by = models.CharField(max_length=80, blank=True)
    declared_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=80, blank=True)
    opened_by_id = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["enterprise", "record_id"], name="submission_record_idx"),
            models.Index(fields=["station"], name="submission_station_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "record_id"],
                condition=Q(completed_at=None),
                name="submission_one_under_way",
            ),
            StationPolicy(name="submission_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="submission_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            Kept(
                name="submission_kept",
                columns=("enterprise_id", "record_id"),
                once=(
                    (
                        "completed_at",
                        "declared_at",
                        "note",
                        "put_right_on",
                        "files",
                        "by",
                        "by_id",
                        "entered_by",
                    ),
                    ("opened_at", "opened_by", "opened_by_id"),
                    ("withdrawn_at",),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"hazard {self.record_id} {self.declared_at:%Y-%m-%d}"

    @property
    def digests(self) -> list[str]:
        """The digests of the files it names."""
        return [each["digest"] for each in self.files]

    @property
    def is_under_way(self) -> bool:
        """Whether something of it has not arrived yet."""
        return self.completed_at is None

    @property
    def is_in_force(self) -> bool:
        """Whether it is complete and was not withdrawn."""
        return self.completed_at is not None and self.withdrawn_at is None

    def counts_on(self, version: int) -> dt.date:
        """Return the day that counts when the last file arrives: that of declaring, whose digests prove what there was.

        Only within a day, and if the hazard (``version``) has not changed since; otherwise today.
        """
        is_prompt = timezone.now() - self.declared_at <= ARRIVES_WITHIN and version == self.version
        return timezone.localdate(self.declared_at) if is_prompt else timezone.localdate()
