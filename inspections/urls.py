"""URLs of inspections, hazards, self-checks and findings of forgery."""

from django.urls import path

from inspections.staff import field_pages
from inspections.staff.answers_page import AnswersPage
from inspections.staff.draw_pages import InspectionDraw
from inspections.staff.figures_page import FiguresPage
from inspections.staff.forgery_pages import ForgeryPages
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.obstruction_pages import ObstructionPages
from inspections.staff.penalty_pages import PenaltyPages
from inspections.staff.plan_urls import PLAN_URLS
from inspections.staff.position_pages import (
    KeyPositionAdd,
    KeyPositionChange,
    KeyPositionEnd,
    KeyPositionResume,
    OwnKeyPositions,
)
from inspections.staff.question_picker import QuestionPicker
from inspections.staff.statistics_sheets import FailingSheet, FiguresSheet
from inspections.staff.views import InspectionPages, SelfCheckPages

app_name = "inspections"
# the others first, because inspections have the root path
urlpatterns = [
    path("field/package/", field_pages.field_package, name="field_package"),
    path("field/search/", field_pages.field_search, name="field_search"),
    path("field/inspection/", field_pages.field_inspection, name="field_inspection"),
    path("field/photo/", field_pages.field_photo, name="field_photo"),
    path("figures/", FiguresPage.as_view(), name="inspection_figures"),
    path("figures/sheet/", FiguresSheet.as_view(), name="inspection_figures_sheet"),
    path("answers/items/", QuestionPicker.as_view(), name="pick_question"),
    path("answers/", AnswersPage.as_view(), name="answers_given"),
    path("draw/", InspectionDraw.as_view(), name="visit_draw"),
    path("checklists/failing/sheet/", FailingSheet.as_view(), name="checklist_failing_sheet"),
    *PLAN_URLS,
    *HazardPages().urls(),
    *PenaltyPages().urls(),
    *SelfCheckPages().urls(),
    *ForgeryPages().urls(),
    *ObstructionPages().urls(),
    path("positions/", OwnKeyPositions.as_view(), name="key_positions"),
    path("positions/of/<int:enterprise_id>/add/", KeyPositionAdd.as_view(), name="key_position_add"),
    path("positions/<int:id>/change/", KeyPositionChange.as_view(), name="key_position_change"),
    path("positions/<int:id>/end/", KeyPositionEnd.as_view(), name="key_position_end"),
    path("positions/<int:id>/resume/", KeyPositionResume.as_view(), name="key_position_resume"),
    *InspectionPages().urls(),
]
