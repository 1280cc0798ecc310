"""Addresses of the imports."""

from django.urls import path

from imports.staff import views

urlpatterns = [
    path("", views.import_list, name="list"),
    path("<int:import_id>/", views.import_report, name="report"),
    path("<int:import_id>/csv/", views.import_report_csv, name="report_csv"),
]
