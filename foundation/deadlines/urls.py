"""URLs of time limits."""

from django.urls import path

from foundation.deadlines import views

app_name = "deadlines"

urlpatterns = [
    path("", views.Limits.as_view(), name="limits"),
    path("<slug:code>/", views.LimitPage.as_view(), name="limit"),
    path("<slug:code>/change/", views.LimitEdit.as_view(), name="change"),
]
