"""URLs of the three-colour warning."""

from django.urls import path

from ratings.staff import rated, runs, standards, warning

app_name = "ratings"
urlpatterns = [
    path("", warning.WarningPage.as_view(), name="warning"),
    path("rating/<int:enterprise_id>/<str:period_code>/", warning.RatingPage.as_view(), name="rating"),
    path("ratings/", rated.RatedList.as_view(), name="rated"),
    path("runs/", runs.RunList.as_view(), name="runs"),
    path("runs/new/", runs.RunCreate.as_view(), name="run_create"),
    path("runs/<int:run_id>/", runs.RunPage.as_view(), name="run"),
    path("runs/<int:run_id>/progress/", runs.RunProgress.as_view(), name="run_progress"),
    path("runs/<int:run_id>/late/", runs.RunLate.as_view(), name="run_late"),
    path("runs/<int:run_id>/restart/", runs.RunRestart.as_view(), name="run_restart"),
    path("runs/<int:run_id>/correct/", runs.RunCorrect.as_view(), name="run_correct"),
    path("standards/", standards.StandardList.as_view(), name="standards"),
    path("standards/new/", standards.StandardCreate.as_view(), name="standard_create"),
    path("standards/<int:standard_id>/", standards.StandardPage.as_view(), name="standard"),
    path("standards/<int:standard_id>/adopt/", standards.StandardAdopt.as_view(), name="standard_adopt"),
]
