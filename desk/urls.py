"""The addresses of the desks."""

from django.urls import path

from desk import advice, enterprise_file, today, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", today.today, name="today"),
    path("file/<int:enterprise_id>/", enterprise_file.enterprise_file, name="file"),
    path("file/<int:enterprise_id>/advice/", advice.advice, name="advice"),
    path("file/<int:enterprise_id>/<slug:tab>/", enterprise_file.enterprise_file, name="file_tab"),
    path("bureau/", views.bureau, name="bureau"),
]
