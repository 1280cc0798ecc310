"""URLs of disputes."""

from disputes.after.urls import urls as after_urls
from disputes.agreements.urls import agreement_urls
from disputes.mediation.urls import mediation_urls
from disputes.portal_pages import portal_urls
from disputes.reporting.own_pages import own_urls
from disputes.reporting.pages import report_urls
from disputes.staff.filing_pages import filing_urls
from disputes.staff.kind_pages import kind_urls
from disputes.staff.views import DisputePages

app_name = "disputes"
pages = DisputePages()
urlpatterns = [
    *portal_urls(),
    *own_urls(),
    *report_urls(pages),
    *kind_urls(),
    *after_urls(pages),
    *pages.urls(),
    *filing_urls(),
    *mediation_urls(pages),
    *agreement_urls(pages),
]
