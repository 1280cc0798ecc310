"""Photos that an inspection from a phone announces."""

from django.db import models

from foundation.tenancy.kept import Kept
from inspections.models.checklist import OfInspection, of_inspection


class FieldPhoto(OfInspection):
    """A photo that an inspection from a phone announced when it arrived, before the photo itself.

    ``digest`` is of the bytes that the phone sends. With its ``hazard_id``, that of the failed item at which it was taken, it
    is added to the hazard, otherwise to the inspection. ``refused`` says why the server did not take it. ``lost_at``: when
    somebody said, with ``lost_reason``, that nobody waits for it any more; one that arrives after all is taken. The
    inspection is complete when every photo has arrived, was refused, or is lost.
    """

    append_only = False

    place = models.PositiveSmallIntegerField()  # in the order in which they were taken
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    hazard_id = models.BigIntegerField(null=True)
    declared_at = models.DateTimeField(auto_now_add=True)
    declared_by = models.CharField(max_length=80)
    arrived_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=500, blank=True)
    lost_at = models.DateTimeField(null=True)
    lost_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    lost_reason = models.TextField(max_length=2000, blank=True, default="", db_default="")

    class Meta:
        ordering = ["place"]
        indexes = [models.Index(fields=["station", "arrived_at"], name="fieldphoto_station_idx")]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "inspection", "place"], name="fieldphoto_once"),
            *of_inspection("fieldphoto"),
            Kept(
                name="fieldphoto_kept",
                columns=(
                    *("enterprise_id", "inspection_id", "place", "code", "name", "digest"),
                    *("hazard_id", "declared_at", "declared_by"),
                ),
                once=(("arrived_at", "refused"), ("lost_at", "lost_by", "lost_reason")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()
