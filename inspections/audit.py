"""Audit log labels for inspections, hazards and self-checks."""

from facts.declarations import register_kind
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, Inspection, SelfCheck

register_kind("inspection", Inspection, formerly="inspections.Inspection", named_by=("kind", "inspected_on"))
register_kind(
    "self_check",
    SelfCheck,
    formerly="inspections.SelfCheck",
    verb="selfcheck",
    named_by=("target", "checked_on"),
)
register_kind("hazard", Hazard, life=HAZARD_LIFE, formerly="inspections.Hazard")
