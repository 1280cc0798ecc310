"""URLs of disputes."""

from disputes.after.urls import urls
from disputes.staff.views import DisputePages

app_name = "disputes"
urlpatterns = [*urls(DisputePages()), *DisputePages().urls()]
