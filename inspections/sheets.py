"""Inspections, hazards and self-checks as import targets."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.declarations import register_target
from foundation.words import Words
from inspections.choices import Conclusion
from inspections.models import Hazard, Inspection, SelfCheck
from inspections.operations import move_next_inspections


def _settle_severity(values: dict[str, Any]) -> None:
    """Turn a file's "major" or "ordinary" into dates: a major hazard is major from the day it was found."""
    if values.pop("severity", None) == "major" and not values.get("major_from_on"):
        values["major_from_on"] = values["found_on"]


def _contradiction(values: Mapping[str, Any], inspection: Inspection) -> tuple[str, Words] | None:
    """Return what no page would take: a major hazard found by a visit called qualified, or on another day."""
    if inspection.conclusion == Conclusion.QUALIFIED and values.get("major_from_on"):
        return "major_from_on", _("Major, but the inspection that found it says qualified.")
    if values.get("found_on") and values["found_on"] != inspection.inspected_on:
        return "found_on", _("Found on another day than that of the inspection that found it.")
    return None


register_target("inspection", Inspection, written=move_next_inspections, alike=("inspected_on", "kind"))
register_target(
    "hazard",
    Hazard,
    alike=("found_on", "item", "place"),
    extra={
        "severity": models.CharField(
            choices=[("ordinary", "ordinary"), ("major", "major")], blank=True, max_length=8
        )
    },
    settle=_settle_severity,
    reference="inspection",
    contradiction=_contradiction,
)
register_target("self_check", SelfCheck, alike=("checked_on", "target"))
