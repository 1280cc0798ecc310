"""URLs of activities."""

from service.staff.views import ActivityPages

app_name = "service"
urlpatterns = ActivityPages().urls()
