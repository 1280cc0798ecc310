"""URLs of disputes."""

from disputes.agreements.urls import agreement_urls
from disputes.mediation.urls import mediation_urls
from disputes.staff.filing_pages import filing_urls
from disputes.staff.views import DisputePages

app_name = "disputes"
pages = DisputePages()
urlpatterns = [*pages.urls(), *filing_urls(), *mediation_urls(pages), *agreement_urls(pages)]
