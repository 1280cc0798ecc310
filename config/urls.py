"""The addresses: each app has its own, the faces of an app theirs. Names: ``enterprises:list``, ``ratings:warning``."""

from django.urls import include, path
from django.views.i18n import set_language

from config.health import health_page
from foundation.accounts.access import page

APPS = {
    "": "desk.urls",
    "people/": "foundation.accounts.urls",
    "enterprises/": "enterprises.urls",
    "inspections/": "inspections.urls",
    "disputes/": "disputes.urls",
    "incidents/": "incidents.urls",
    "warning/": "ratings.urls",
    "deliveries/": "deliveries.urls",
    "imports/": "imports.urls",
}

API = (
    "enterprises.api.urls",
    "ratings.api.urls",
    "deliveries.api.urls",
    "foundation.rest.urls",
)  # the last one ends with "there is nothing here"

handler400 = "foundation.rest.handlers.bad_request"
handler403 = "foundation.rest.handlers.permission_denied"
handler404 = "foundation.rest.handlers.page_not_found"
handler500 = "config.unavailable.server_error"  # 503 where the database or the broker is away

urlpatterns = [
    path("accounts/", include("foundation.accounts.login")),
    path("language/", set_language, name="set_language"),
    path("operator/health/", page("platform:health")(health_page), name="health"),
    *(path(prefix, include(module)) for prefix, module in APPS.items()),
    path("enterprises/", include("service.urls")),
    path("portal/", include("portal.urls")),
    *(path("api/v1/", include(module)) for module in API),
]
