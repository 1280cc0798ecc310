"""The addresses of the portal."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.my_enterprise, name="my_enterprise"),
    path("tasks/", views.my_tasks, name="my_tasks"),
]
