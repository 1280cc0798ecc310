"""The addresses of the desks."""

import importlib.util

from django.urls import path

from desk import file, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("file/<int:enterprise_id>/", file.enterprise_file, name="file"),
    path("file/<int:enterprise_id>/<slug:tab>/", file.enterprise_file, name="file_tab"),
    path("bureau/", views.bureau, name="bureau"),
    path("portal/", views.my_enterprise, name="my_enterprise"),
    path("department/", views.department, name="department"),
]

if importlib.util.find_spec("desk.today"):
    from desk import today

    urlpatterns += [path("today/", today.today, name="today")]
