"""The allauth pages that Anqi uses. Include this instead of ``allauth.urls``.

Sign-up, e-mail addresses and password reset by mail answer 404: people come by invitation, and a new password comes
with a new invitation, which needs no mail server.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from foundation.accounts import access


@access.page(access.ANYONE)
def closed(request: HttpRequest) -> HttpResponse:
    """Answer 404 for a page of allauth that Anqi does not use."""
    raise Http404


urlpatterns = [
    re_path(r"^(?:signup|email|confirm-email|password/set|password/reset|login/code)/", closed),
    path("", include("allauth.urls")),
]
