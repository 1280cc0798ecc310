"""URLs of the hazards' endpoint."""

from django.urls import path

from inspections.api import views

app_name = "inspections_api"
urlpatterns = [path("hazards/", views.Hazards.as_view(), name="hazards")]
