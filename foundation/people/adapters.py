"""Login by user name, telephone number or e-mail, with limits. There is no sign-up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import MAX_URL_LENGTH, urlencode
from django.utils.translation import gettext_lazy as _

from foundation.accounts import access, events, operations, selectors
from foundation.accounts.middleware import origin_of
from foundation.accounts.models import User
from foundation.identifiers import user_name
from foundation.people import lockout

SESSION_EPOCH = "people:epoch"  # of the person whose password was right, until they are logged in


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks: closed sign-up, texts of the login form, choice of the role, the audit log.

    allauth itself rotates the session at login and refuses foreign URLs in ``next``.
    """

    had_logged_in = False  # before this login
    is_stranger = True  # the device; its failures count for the address, too
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "Incorrect user name or password. After five failed attempts the account is locked "
            "for 15 minutes, then for longer."
        ),
        "too_many_login_attempts": _(
            "Too many failed attempts. Login is locked for 15 minutes. If you forgot your "
            "password, ask for a new one below."
        ),
        "account_inactive": _(
            "This account is disabled. Ask your station chief or the platform operator to enable it."
        ),
    }

    def is_safe_url(self, url: str) -> bool:
        """Refuse at once what is too long for Django, too: allauth normalizes the host of ``next`` before it asks."""
        return len(url) <= MAX_URL_LENGTH and super().is_safe_url(url)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        request.session[SESSION_EPOCH] = user.session_epoch
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """Log in, unless the person's sessions were ended while this log-in waited for the second factor."""
        if request.session.pop(SESSION_EPOCH, None) != user.session_epoch:
            request.session.flush()
            raise ImmediateHttpResponse(access.to_login(request))
        self.had_logged_in = user.last_login is not None
        super().login(request, user)

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any
    ) -> HttpResponse:
        """Send a person with several roles, or none, to the page to choose one first. Tell of failures and devices."""
        if len(selectors.grants_of(user)) != 1:
            onward = redirect_url or resolve_url(settings.LOGIN_REDIRECT_URL)
            redirect_url = f"{reverse('accounts:act_as')}?{urlencode({'next': onward})}"
        response = super().post_login(request, user, redirect_url=redirect_url, **kwargs)
        failed = lockout.take_failures(user.username.lower())
        operations.tell_of_login(
            user=user,
            failed=failed,
            is_new_device=self.had_logged_in and not lockout.knows_device(request, user),
            **origin_of(request),
        )
        lockout.remember_device(request, response, user)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out "you have signed in as": the page shows it."""
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *args, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts per host name, so each further host name of this server would allow five more attempts
        # one count for everything that logs in as the same person: each spelling, telephone number and e-mail
        name = _name_of(str(credentials.get("username", ""))).lower()
        return lockout.pair_of(name, origin_of(request)["address"])

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Take each spelling of a user name, and a telephone number or e-mail that only one person has."""
        if "username" in credentials:
            name = credentials["username"] = _name_of(str(credentials["username"]))
            if selectors.user_by_name(name) is None:
                selectors.read_no_hash()
        return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        shown = _name_of(str(credentials.get("username", "")))
        name, address = shown.lower(), origin_of(request)["address"]
        try:
            if minutes := lockout.minutes_locked(name, address):
                words = _(
                    "Too many failed attempts. Login is locked for %(minutes)d minutes. If you forgot your "
                    "password, ask for a new one below."
                )
                raise ValidationError(words % {"minutes": minutes})
            known = lockout.knows_device(request, selectors.user_by_name(shown))
            known = known and not lockout.is_guessing(request)  # a thief's device once logged in, too
            if lockout.is_guessed_by_many(name) and not known:
                raise ValidationError(
                    _(
                        "This name had too many failed attempts today. Log in on a device that you used before, try "
                        "again tomorrow, or ask for a new password below."
                    )
                )
            # thirty wrong passwords of a neighbour must not lock a whole station's address
            self.is_stranger = not known
            if self.is_stranger and not self._count_of_allauth(request, credentials, dry_run=True):
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            if lockout.is_new_lock(name, address):
                events.record_locked_out(request, shown)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = _name_of(str(credentials.get("username", "")))
        if self.is_stranger:
            self._count_of_allauth(request, credentials)
        lockout.count_failure(request, name.lower(), origin_of(request)["address"])
        events.record_failed_login(request, name)

    def _count_of_allauth(
        self, request: HttpRequest, credentials: dict[str, Any], *, dry_run: bool = False
    ) -> object:
        """Count a failure of this name and address, or only look. Return nothing if there were too many.

        allauth itself counts each log-in as failed until its password was compared: of many right ones at once it refuses some.
        """
        key = self._get_login_attempts_cache_key(request, **credentials)
        return ratelimit.consume(request, action=settings.LOGIN_FAILURES, key=key, dry_run=dry_run)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Store a new password. A reset or disabling while the request ran (hashing takes its time) has the last word."""
        present = User.objects.select_for_update().get(pk=user.pk)
        if not present.is_active or present.session_epoch != user.session_epoch:
            raise ImmediateHttpResponse(access.to_login(self.request))
        user.set_password(password)
        user.save(update_fields=["password"])

    def forget_failures(self, request: HttpRequest, username: str) -> None:
        """End a lock-out after a new password."""
        name = user_name(username).lower()
        lockout.forget_failures(name)
        lockout.forget_failures(lockout.codes_of(name))

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Ask whoever has a second factor for it: the password was enough to open a session that must not read codes."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        with_factor = [method for method in methods if method["id"].startswith("mfa_")]
        return with_factor or methods

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return whether the person must confirm that it is them. A password does not count beside a second factor."""
        user = self.request.user
        if user.is_authenticated and selectors.has_second_factor(user):
            records = get_authentication_records(self.request, user)
            confirmed = [each for each in records if each.get("reauthenticated")]
            if confirmed and confirmed[-1]["method"] != "mfa":
                raise ReauthenticationRequired
        return bool(super().is_reauthentication_required(app=app, **kwargs))


def _name_of(login: str) -> str:
    """Return the user name of the person behind what was typed; for nobody's, what was typed, in one spelling."""
    user = selectors.user_by_login(login)
    return user.username if user else user_name(login)
