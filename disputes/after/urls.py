"""URLs of follow-ups and screenings."""

from typing import Any

from django.urls import URLPattern, path

from disputes.access import Permission
from disputes.after import pages as follow_ups
from disputes.after import screening_pages as screenings


def urls(pages: Any) -> list[URLPattern]:
    """Return the URLs; ``pages`` are those of disputes."""
    of_dispute = {"pages": pages, "permission": Permission.FOLLOW_UP_DISPUTES}
    return [
        path(
            "<int:id>/follow-ups/plan/",
            follow_ups.FollowUpPlan.as_view(**of_dispute),
            name="plan_follow_up",
        ),
        path(
            "<int:id>/follow-ups/propose/",
            follow_ups.FollowUpsPropose.as_view(**of_dispute),
            name="propose_follow_ups",
        ),
        path(
            "<int:id>/cover/",
            follow_ups.DisputeCover.as_view(pages=pages, permission=Permission.VIEW_DISPUTES),
            name="cover",
        ),
        path("follow-ups/<int:id>/record/", follow_ups.FollowUpRecord.as_view(), name="follow_up_record"),
        path("follow-ups/<int:id>/done/", follow_ups.FollowUpDone.as_view(), name="follow_up_done"),
        path("follow-ups/<int:id>/drop/", follow_ups.FollowUpDrop.as_view(), name="follow_up_drop"),
        path("follow-ups/<int:id>/void/", follow_ups.FollowUpVoid.as_view(), name="follow_up_void"),
        path("follow-ups/<int:id>/judge/", follow_ups.FollowUpJudge.as_view(), name="follow_up_judge"),
        path("follow-ups/<int:id>/survey/", follow_ups.SurveySend.as_view(), name="follow_up_survey"),
        path(
            "follow-ups/<int:id>/survey/withdraw/",
            follow_ups.SurveyWithdraw.as_view(),
            name="follow_up_survey_withdraw",
        ),
        path("screenings/", screenings.ScreeningList.as_view(), name="screenings"),
        path("screenings/report/", screenings.ScreeningReport.as_view(), name="screenings_report"),
        path("screenings/undo/", screenings.ScreeningUndo.as_view(), name="screenings_undo"),
        path("screenings/<int:id>/void/", screenings.ScreeningVoid.as_view(), name="screening_void"),
    ]
