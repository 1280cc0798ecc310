"""Inspections, hazards and self-checks as import targets."""

from typing import Any

from django.db import models

from facts.declarations import register_target
from inspections.models import Hazard, Inspection, SelfCheck
from inspections.operations import move_next_inspections


def _settle_severity(values: dict[str, Any]) -> None:
    """Turn a file's "major" or "ordinary" into dates: a major hazard is major from the day it was found."""
    if values.pop("severity", None) == "major" and not values.get("major_from_on"):
        values["major_from_on"] = values["found_on"]


register_target("inspection", Inspection, written=move_next_inspections)
register_target(
    "hazard",
    Hazard,
    extra={
        "severity": models.CharField(
            choices=[("ordinary", "ordinary"), ("major", "major")], blank=True, max_length=8
        )
    },
    settle=_settle_severity,
    reference="inspection",
)
register_target("self_check", SelfCheck)
