"""Addresses of the three-colour warning."""

from django.urls import path

from ratings.staff import runs, standards, warning

app_name = "ratings"
urlpatterns = [
    path("", warning.warning, name="warning"),
    path("rating/<int:enterprise_id>/<str:period_code>/", warning.rating, name="rating"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/new/", runs.run_create, name="run_create"),
    path("runs/<int:run_id>/", runs.run_detail, name="run"),
    path("runs/<int:run_id>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<int:run_id>/late/", runs.run_late, name="run_late"),
    path("runs/<int:run_id>/restart/", runs.run_restart, name="run_restart"),
    path("runs/<int:run_id>/correct/", runs.run_correct, name="run_correct"),
    path("standards/", standards.standard_list, name="standards"),
    path("standards/new/", standards.standard_create, name="standard_create"),
    path("standards/<int:standard_id>/", standards.standard_detail, name="standard"),
    path("standards/<int:standard_id>/adopt/", standards.standard_adopt, name="standard_adopt"),
]
