"""Hazards, inspections, self-checks and findings of forgery in the one search."""

from django.db.models import Case, When

from facts.declarations import findable
from foundation.contributions.search import register
from inspections.selectors import DEADLINE
from inspections.staff.forgery_pages import ForgeryPages
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.obstruction_pages import ObstructionPages
from inspections.staff.penalty_pages import PenaltyPages
from inspections.staff.views import InspectionPages, SelfCheckPages

register(
    findable(
        HazardPages(),
        rank=30,
        title=("item",),
        more=("place",),
        due=Case(When(closed_on=None, rectified_on=None, then=DEADLINE)),
    ),
    findable(InspectionPages(), rank=40, title=("kind", "conclusion"), more=("inspectors",)),
    findable(PenaltyPages(), rank=45, title=("kind", "number")),
    findable(ForgeryPages(), rank=65, title=("what",), more=("kind",)),
    findable(ObstructionPages(), rank=66, title=("what",), more=("by_whom",)),
    findable(SelfCheckPages(), rank=70, title=("target",), more=("findings",), for_police=False),
)
