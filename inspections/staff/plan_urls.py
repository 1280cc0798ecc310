"""URLs of the plan."""

from django.urls import path

from inspections.staff.approval_pages import (
    Absences,
    Afterwards,
    Approvals,
    RefuseVisit,
    Rules,
    Visits,
    WithdrawAbsence,
)
from inspections.staff.plan_acts import DropVisit, MoveVisits, PlanTake, PlanVisits, VisitPage
from inspections.staff.plan_pages import DayPage, MonthPage, WeekPage

PLAN_URLS = [
    path("plan/", WeekPage.as_view(), name="plan_week"),
    path("plan/month/", MonthPage.as_view(), name="plan_month"),
    path("plan/day/", DayPage.as_view(), name="plan_day"),
    path("plan/take/", PlanTake.as_view(), name="plan_take"),
    path("plan/new/", PlanVisits.as_view(), name="plan_new"),
    path("plan/move/", MoveVisits.as_view(), name="plan_move"),
    path("plan/visits/", Visits.as_view(), name="plan_visits"),
    path("plan/visits/<int:id>/", VisitPage.as_view(), name="plan_visit"),
    path("plan/visits/<int:id>/drop/", DropVisit.as_view(), name="plan_drop"),
    path("plan/visits/<int:id>/refuse/", RefuseVisit.as_view(), name="plan_refuse"),
    path("plan/approvals/", Approvals.as_view(), name="plan_approvals"),
    path("plan/afterwards/<int:id>/", Afterwards.as_view(), name="plan_afterwards"),
    path("plan/absences/", Absences.as_view(), name="plan_absences"),
    path("plan/absences/<int:id>/withdraw/", WithdrawAbsence.as_view(), name="plan_absence_withdraw"),
    path("plan/limits/", Rules.as_view(), name="plan_rules"),
]
