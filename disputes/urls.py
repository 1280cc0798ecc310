"""URLs of disputes."""

from disputes.mediation.urls import mediation_urls
from disputes.staff.filing_pages import filing_urls
from disputes.staff.views import DisputePages

app_name = "disputes"
urlpatterns = [*DisputePages().urls(), *filing_urls(), *mediation_urls(DisputePages())]
