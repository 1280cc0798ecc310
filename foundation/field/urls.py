"""URLs of work on a phone without network."""

from django.urls import path

from foundation.field import views

app_name = "field"

urlpatterns = [
    path("sw.js", views.service_worker, name="worker"),
    path("field/", views.shell, name="shell"),
    path("field/whoami/", views.whoami, name="whoami"),
]
