"""URLs of the endpoints of hazards and inspections."""

from django.urls import path

from inspections.api import inspections, views

app_name = "inspections_api"
urlpatterns = [
    path("hazards/", views.Hazards.as_view(), name="hazards"),
    path("inspections/", inspections.Inspections.as_view(), name="inspections"),
    path("inspections/<int:pk>/", inspections.InspectionDetail.as_view(), name="inspection"),
]
