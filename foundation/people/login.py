"""The allauth pages that Anqi uses. Include this instead of ``allauth.urls``.

Sign-up, e-mail addresses and password reset by mail answer 404: people come by invitation, and a new password comes
with a new invitation, which needs no mail server.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from foundation.accounts import access
from foundation.people.views import second_factors


@access.page(access.ANYONE)
def closed(request: HttpRequest) -> HttpResponse:
    """Answer 404 for a page of allauth that Anqi does not use."""
    raise Http404


own = access.page(access.PERSON)
urlpatterns = [
    re_path(r"^(?:signup|email|confirm-email|password/set|password/reset|login/code)/", closed),
    path("2fa/totp/activate/", own(second_factors.Activate.as_view()), name="mfa_activate_totp"),
    path("2fa/recovery-codes/", own(second_factors.RecoveryCodes.as_view()), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/download/",
        own(second_factors.RecoveryCodesFile.as_view()),
        name="mfa_download_recovery_codes",
    ),
    path("", include("allauth.urls")),
]
