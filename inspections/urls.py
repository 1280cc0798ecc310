"""URLs of inspections, hazards and self-checks."""

from inspections.staff.hazard_pages import HazardPages
from inspections.staff.penalty_pages import PenaltyPages
from inspections.staff.views import InspectionPages, SelfCheckPages

app_name = "inspections"
# hazards and self-checks first, because inspections have the root path
urlpatterns = [
    *HazardPages().urls(),
    *PenaltyPages().urls(),
    *SelfCheckPages().urls(),
    *InspectionPages().urls(),
]
