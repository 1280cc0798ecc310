"""Calls to an enterprise about what nobody there has opened."""

from django.db import models

from foundation.tenancy.policies import CompositeForeignKey, StationPolicy
from inspections.models.of_hazard import OfHazard


class HazardCall(OfHazard):
    """A call 电话告知 to an enterprise about a hazard: when, with whom, what was said, and which officer called.

    Written by an officer and never changed. It ends the reminder on Today (``Hazard.call_from_on``), as does the page
    once somebody of the enterprise opens it.
    """

    append_only = True

    spoke_with = models.CharField(max_length=80)
    said = models.TextField(max_length=2000)
    by = models.CharField(max_length=80, blank=True)
    by_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["enterprise", "record_id"], name="hazardcall_record_idx"),
            models.Index(fields=["station"], name="hazardcall_station_idx"),
        ]
        constraints = [
            StationPolicy(name="hazardcall_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="hazardcall_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"hazard {self.record_id} {self.at:%Y-%m-%d}"
