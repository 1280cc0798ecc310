"""Who acts: the person, the role chosen in the session, the idle time-out."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.accounts import selectors

SESSION_GRANT = "acting_grant"
SESSION_SEEN = "seen_at"


class ActorMiddleware:
    """Sets ``request.actor``: None for nobody, or for a person without a role.

    Ends a session idle for longer than IDLE_TIMEOUT_S, and holds people whose role demands a second factor at its
    set-up page until they have one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(SESSION_SEEN, now) > settings.IDLE_TIMEOUT_S:
                logout(request)
                messages.info(request, _("You were away for a while, so we logged you out. Please log in again."))
                return redirect(f"{reverse('account_login')}?next={request.path}")
            if now - request.session.get(SESSION_SEEN, 0) > 30:  # not a session write per request
                request.session[SESSION_SEEN] = now
            request.actor = selectors.actor_for(
                user=request.user,
                grant_id=request.session.get(SESSION_GRANT),
                address=request.META.get("REMOTE_ADDR", ""),
                request_id=getattr(request, "request_id", "") or "",
            )
            if self._needs_second_factor(request):
                return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _needs_second_factor(self, request: HttpRequest) -> bool:
        if not settings.SECOND_FACTOR_REQUIRED or request.actor is None or not request.actor.is_police:
            return False
        free = (reverse("mfa_index"), reverse("account_logout"), reverse("set_language"), reverse("account_reauthenticate"))
        return not request.path.startswith(free) and not selectors.has_second_factor(request.user)
