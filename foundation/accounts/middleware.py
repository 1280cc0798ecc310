"""The actor of a request: a person in the role chosen in the session, or an API key below /api/. Idle time-out."""

import time
from collections.abc import Callable
from typing import TypedDict

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from structlog.contextvars import get_contextvars

from foundation.accounts import access, keys, selectors
from foundation.accounts.models import User
from foundation.accounts.password_rules import is_too_old
from foundation.accounts.sessions import SESSION_ADDRESS, SESSION_AGENT, SESSION_SEEN, SESSION_SINCE
from foundation.accounts.stamping import stamp
from foundation.requests import Request

SESSION_GRANT = "acting_grant"
API = "/api/"
# on requests that a phone sends by itself (foundation.field); BUSY: while somebody works on it
FIELD = "X-Anqi-Field"
BUSY = "busy"


class ActorMiddleware:
    """Sets ``request.actor`` (None for nobody, or a person without a role) and ``request.grants``, the roles to choose.

    Ends a session that was idle for longer than IDLE_TIMEOUT_S or lasts longer than SESSION_LENGTH_S, and sends people whose role requires a second factor to
    its set-up page until they have one. A session in which no code was typed ends once they have.

    What a phone asks by itself (``FIELD``) is no activity: it does not keep a session from becoming idle.

    Below /api/ only ``Authorization: Bearer`` counts, so another site's page cannot forge a request;
    ``request.refusal`` says why there is no actor. It runs before the transaction of the request, so the use of a key
    stays recorded if the request fails.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.actor, request.grants = None, []
        if request.path_info.startswith(API):
            found = keys.authenticate(request.headers.get("Authorization"), **origin_of(request))
            request.actor, request.refusal = found.actor, found.refusal
            return self.get_response(request)
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(SESSION_SEEN, now) > settings.IDLE_TIMEOUT_S:
                return _end(
                    request, _("You were logged out after a period of inactivity. Please log in again.")
                )
            if now - request.session.get(SESSION_SINCE, now) > settings.SESSION_LENGTH_S:
                return _end(request, _("Your session has reached its longest time. Please log in again."))
            # what a phone asks by itself is nobody's activity
            is_seen = request.headers.get(FIELD, BUSY) == BUSY
            if is_seen and now - request.session.get(SESSION_SEEN, 0) > min(30, settings.IDLE_TIMEOUT_S // 4):
                _note_seen(request, now)  # not on every request: it writes the session
            request.grants = selectors.grants_of(request.user)
            request.actor = selectors.actor_for(
                user=request.user,
                grant_id=request.session.get(SESSION_GRANT),
                grants=request.grants,
                **origin_of(request),
            )
            if (missing := missing_second_factor(request, request.user)) is not None:
                return missing
            if is_too_old(request.user) and not request.path.startswith(_open_for_password()):
                messages.warning(request, _("Your password is too old. Please choose a new one now."))
                url = reverse("account_change_password")
                return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
        return self.get_response(request)


def _end(request: Request, words: str) -> HttpResponse:
    """Log out and lead to the login page, which says why. A phone that asked by itself only learns that it is so."""
    logout(request)
    if FIELD not in request.headers:
        messages.info(request, words)
    return access.to_login(request)


def missing_second_factor(request: Request, user: User) -> HttpResponse | None:
    """Return the way to the second factor that the acting role requires, None in a session in which a code was typed.

    Whoever has one set up must log in with it; whoever has none sets it up first.
    """
    if not settings.SECOND_FACTOR_REQUIRED or request.actor is None or not request.actor.needs_second_factor:
        return None
    if selectors.has_second_factor(user):
        # at login, or when the person set up the second factor in this session
        if any(each["method"] == "mfa" for each in get_authentication_records(request, user)):
            return None
        logout(request)
        messages.info(request, _("Please log in again, with your second factor."))
        return access.to_login(request)
    if request.path.startswith(tuple(map(reverse, settings.SECOND_FACTOR_EXEMPT))):
        return None
    messages.warning(request, _("Your role requires a second factor at login. Please set it up now."))
    url = reverse("mfa_activate_totp")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _open_for_password() -> tuple[str, ...]:
    """Return the pages for people who must choose a new password, and those below them."""
    return tuple(
        map(reverse, ("account_change_password", *settings.SECOND_FACTOR_EXEMPT, "mfa_activate_totp"))
    )


def mark_seen(request: HttpRequest, now: int) -> None:
    """Note in the session when the person was last there, from where, and since when they are logged in."""
    session = request.session
    session[SESSION_SEEN] = now
    session[SESSION_ADDRESS] = origin_of(request)["address"]
    session[SESSION_AGENT] = request.headers.get("User-Agent", "")[:200].replace("\x00", "")
    session.setdefault(SESSION_SINCE, now)


def _note_seen(request: Request, now: int) -> None:
    """Store that the person is still there, at once: a disk that is full must not keep anybody from reading."""
    session = request.session
    changed = session.modified
    mark_seen(request, now)
    if changed:
        return
    try:
        stamp("session", session.save)
    except UpdateError:
        return  # it has ended elsewhere, which its middleware answers
    session.modified = False


class Origin(TypedDict):
    """Where a request comes from, as an actor stores it."""

    address: str
    request_id: str


def origin_of(request: HttpRequest) -> Origin:
    """Return address and request id for the audit log. Behind a Unix socket the address is empty."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:
        address = ""
    return {
        "address": address,
        "request_id": str(get_contextvars().get("request_id") or ""),
    }


class CookielessMiddleware:
    """Removes cookies from requests below /api/, before anything reads a session or a language from them."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if request.path_info.startswith(API):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
