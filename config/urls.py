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

handler500 = "config.unavailable.server_error"  # 503 where the database or the broker is away

urlpatterns = [
    path("accounts/", include("foundation.accounts.entrance")),
    path("language/", set_language, name="set_language"),
    path("operator/health/", page("platform:health")(health_page), name="health"),
    *(path(prefix, include(module)) for prefix, module in APPS.items()),
]
