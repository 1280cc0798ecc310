"""Login by user name, telephone number or e-mail, with limits. There is no sign-up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from foundation.accounts import events, selectors
from foundation.accounts.models import User
from foundation.database import caching
from foundation.identifiers import user_name

LOCKED_S = 15 * 60  # as long as the failed attempts of ACCOUNT_RATE_LIMITS count


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks: closed sign-up, texts of the login form, choice of the role, the audit log.

    allauth itself rotates the session at login and refuses foreign URLs in ``next``.
    """

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "Incorrect user name or password. After five failed attempts the account is locked "
            "for 15 minutes."
        ),
        "too_many_login_attempts": _(
            "Too many failed attempts. Login is locked for 15 minutes. If you forgot your "
            "password, ask for a new one below."
        ),
        "account_inactive": _(
            "This account is disabled. Ask your station chief or the platform operator to enable it."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any
    ) -> HttpResponse:
        """Send a person with several roles, or none, to the page to choose one first."""
        if len(selectors.grants_of(user)) != 1:
            onward = redirect_url or resolve_url(settings.LOGIN_REDIRECT_URL)
            redirect_url = f"{reverse('accounts:act_as')}?{urlencode({'next': onward})}"
        return super().post_login(request, user, redirect_url=redirect_url, **kwargs)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out "you have signed in as": the page shows it."""
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts per host name, so each further host name of this server would allow five more attempts
        # one count for everything that logs in as the same person: each spelling, telephone number and e-mail
        return _name_of(str(credentials.get("username", ""))).lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Take each spelling of a user name, and a telephone number or e-mail that only one person has."""
        if "username" in credentials:
            credentials["username"] = _name_of(str(credentials["username"]))
        return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            name = self._get_login_attempts_cache_key(request, **credentials)
            if caching.first_time(_locked(name), LOCKED_S):  # one entry per lock-out, not per attempt
                events.record_locked_out(request, _name_of(str(credentials.get("username", ""))))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        events.record_failed_login(request, _name_of(str(credentials.get("username", ""))))

    def forget_failures(self, request: HttpRequest, username: str) -> None:
        """End a lock-out after a new password."""
        self._delete_login_attempts_cached_email(request, username=username)
        caching.forget(_locked(user_name(username).lower()))


def _name_of(login: str) -> str:
    """Return the user name of the person behind what was typed; for nobody's, what was typed, in one spelling."""
    user = selectors.user_by_login(login)
    return user.username if user else user_name(login)


def _locked(username: str) -> caching.Key:
    return "accounts:locked", selectors.token_hash(username)
