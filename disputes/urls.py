"""URLs of disputes."""

from disputes.staff.views import DisputePages

app_name = "disputes"
urlpatterns = DisputePages().urls()
