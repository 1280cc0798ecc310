"""URLs of the portal."""

from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.MyEnterprise.as_view(), name="my_enterprise"),
    path("standard/", views.HowDecided.as_view(), name="standard"),
    path("tasks/", views.MyTasks.as_view(), name="my_tasks"),
]
