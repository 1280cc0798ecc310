"""URLs of disputes."""

from disputes.after.urls import urls as after_urls
from disputes.mediation.urls import mediation_urls
from disputes.portal_pages import portal_urls
from disputes.staff.filing_pages import filing_urls
from disputes.staff.views import DisputePages

app_name = "disputes"
urlpatterns = [
    *portal_urls(),
    *after_urls(DisputePages()),
    *DisputePages().urls(),
    *filing_urls(),
    *mediation_urls(DisputePages()),
]
