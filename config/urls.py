"""URL configuration. Each app's pages are mounted below the prefix that its configuration names.

URL names look like ``enterprises:list`` and ``ratings:warning``.
"""

from importlib.util import find_spec

from django.urls import URLResolver, include, path
from django.views.i18n import set_language

from config.status import Status
from config.views import Health
from foundation.contributions.project import project_apps

handler400 = "foundation.rest.handlers.bad_request"
handler403 = "foundation.rest.handlers.permission_denied"
handler404 = "foundation.rest.handlers.page_not_found"
handler500 = "config.unavailable.server_error"  # 503 if the database or the broker cannot be reached


def pages() -> list[URLResolver]:
    """Return the pages of the apps, each app's ``urls`` module below the prefix that its configuration names."""
    with_pages = [config for config in project_apps() if hasattr(config, "url_prefix")]
    return [path(config.url_prefix, include(f"{config.name}.urls")) for config in with_pages]


def endpoints() -> list[URLResolver]:
    """Return the API endpoints of the apps. The last entry answers for addresses that do not exist."""
    with_api = [config for config in project_apps() if find_spec(f"{config.name}.api")]
    return [
        *(path("api/v1/", include(f"{config.name}.api.urls")) for config in with_api),
        path("api/v1/", include("foundation.rest.urls")),
    ]


urlpatterns = [
    path("accounts/", include("foundation.people.login")),
    path("language/", set_language, name="set_language"),
    path("status/", Status.as_view(), name="status"),
    path("operator/health/", Health.as_view(), name="health"),
    *pages(),
    *endpoints(),
]
