"""URLs of the endpoint of disputes."""

from django.urls import path

from disputes.api import views

app_name = "disputes_api"
urlpatterns = [path("dispute-counts/", views.DisputeCounts.as_view(), name="dispute_counts")]
