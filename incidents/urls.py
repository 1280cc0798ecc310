"""URLs of incidents."""

from incidents.staff.views import IncidentPages

app_name = "incidents"
urlpatterns = IncidentPages().urls()
