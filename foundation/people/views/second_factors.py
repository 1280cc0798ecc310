"""allauth's pages of the second factor, with what Anqi adds: other sessions end, and whoever reads the codes leaves a trace."""

from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from foundation.accounts import events
from foundation.accounts.operations.roles import end_sessions


class Activate(ActivateTOTPView):
    """Set up an authenticator app. Only the session that typed its first code goes on."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user = self.request.user
        assert user.is_authenticated  # allauth requires a login
        end_sessions(user)
        update_session_auth_hash(self.request, user)
        added = Authenticator.objects.select_related("user").get(user=user, type=Authenticator.Type.TOTP)
        post_authentication(self.request, added, reauthenticated=True)
        return response


class RecoveryCodes(ViewRecoveryCodesView):
    """The person's recovery codes."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        events.record_codes_shown(request)
        return response


class RecoveryCodesFile(DownloadRecoveryCodesView):
    """The person's recovery codes as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        events.record_codes_shown(request)
        return response
