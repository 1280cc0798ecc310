"""URLs of the imports."""

from django.urls import path

from imports.staff import views

app_name = "imports"
urlpatterns = [
    path("", views.ImportList.as_view(), name="list"),
    path("<int:import_id>/", views.ImportReport.as_view(), name="report"),
    path("<int:import_id>/csv/", views.ImportReportCsv.as_view(), name="report_csv"),
]
