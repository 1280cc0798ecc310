"""Addresses of activities."""

from enterprises.staff.activities import ActivityPages

urlpatterns = ActivityPages().urls()
