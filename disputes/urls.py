"""URLs of disputes."""

from disputes.agreements.urls import agreement_urls
from disputes.staff.views import DisputePages

app_name = "disputes"
pages = DisputePages()
urlpatterns = [*pages.urls(), *agreement_urls(pages)]
