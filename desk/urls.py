"""URLs of the desks."""

from django.urls import path

from desk import advice, calendar, enterprise_file, search, today, views

app_name = "desk"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("today/", today.Today.as_view(), name="today"),
    path("today/paper/", today.TodayPaper.as_view(), name="today_paper"),
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("calendar/make/", calendar.CalendarMake.as_view(), name="calendar_make"),
    path("calendar/revoke/", calendar.CalendarRevoke.as_view(), name="calendar_revoke"),
    path("calendar/<str:token>.ics", calendar.CalendarFeed.as_view(), name="calendar_feed"),
    path("bureau/<int:station_id>/today/", today.StationToday.as_view(), name="station_today"),
    path("search/", search.Search.as_view(), name="search"),
    path("file/<int:enterprise_id>/", enterprise_file.EnterpriseFile.as_view(), name="file"),
    path("file/<int:enterprise_id>/advice/", advice.Advice.as_view(), name="advice"),
    path("file/<int:enterprise_id>/<slug:tab>/", enterprise_file.EnterpriseFile.as_view(), name="file_tab"),
    path("bureau/", views.Bureau.as_view(), name="bureau"),
]
