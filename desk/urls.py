"""URLs of the desks."""

from django.urls import path

from desk import advice, enterprise_file, search, today, views

app_name = "desk"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("today/", today.Today.as_view(), name="today"),
    path("today/paper/", today.TodayPaper.as_view(), name="today_paper"),
    path("bureau/<int:station_id>/today/", today.StationToday.as_view(), name="station_today"),
    path("search/", search.Search.as_view(), name="search"),
    path("file/<int:enterprise_id>/", enterprise_file.EnterpriseFile.as_view(), name="file"),
    path("file/<int:enterprise_id>/advice/", advice.Advice.as_view(), name="advice"),
    path("file/<int:enterprise_id>/<slug:tab>/", enterprise_file.EnterpriseFile.as_view(), name="file_tab"),
    path("bureau/", views.Bureau.as_view(), name="bureau"),
]
