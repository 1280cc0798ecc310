"""URLs of what devices keep."""

from django.urls import path

from foundation.drafts import views

app_name = "drafts"

urlpatterns = [
    path("", views.Kept.as_view(), name="kept"),
    path("session/", views.session, name="session"),
]
