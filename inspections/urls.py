"""URLs of inspections, hazards, self-checks and findings of forgery."""

from django.urls import path

from inspections.staff.draw_pages import InspectionDraw
from inspections.staff.forgery_pages import ForgeryPages
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.penalty_pages import PenaltyPages
from inspections.staff.views import InspectionPages, SelfCheckPages

app_name = "inspections"
# the others first, because inspections have the root path
urlpatterns = [
    path("draw/", InspectionDraw.as_view(), name="visit_draw"),
    *HazardPages().urls(),
    *PenaltyPages().urls(),
    *SelfCheckPages().urls(),
    *ForgeryPages().urls(),
    *InspectionPages().urls(),
]
