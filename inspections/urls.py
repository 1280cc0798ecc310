"""Addresses of inspections, hazards and self-checks."""

from inspections.staff.hazard_pages import HazardPages
from inspections.staff.views import InspectionPages, SelfCheckPages

app_name = "inspections"
# hazards and self-checks first: an inspection stands at the root
urlpatterns = [*HazardPages().urls(), *SelfCheckPages().urls(), *InspectionPages().urls()]
