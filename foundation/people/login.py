"""allauth's pages that Anqi uses. Include this in place of ``allauth.urls``.

Sign-up, e-mail addresses and reset by mail answer 404: people come by invitation, and a new password comes as a new
invitation, which works without any mail server.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from foundation.accounts import access


@access.page(access.ANYONE)
def closed(request: HttpRequest) -> HttpResponse:
    """A page of allauth that does not exist here."""
    raise Http404


urlpatterns = [
    re_path(r"^(?:signup|email|confirm-email|password/set|password/reset|login/code)/", closed),
    path("", include("allauth.urls")),
]
