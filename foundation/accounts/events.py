"""Audit entries of logging in: login, failure, lock-out, logout, password, second factor."""

import time
from typing import Any

from allauth.account.signals import password_changed, password_set
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from foundation.accounts import auditing, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, CauseCode
from foundation.accounts.middleware import Origin, mark_seen, origin_of
from foundation.accounts.models import User
from foundation.accounts.operations.passwords import notify_person
from foundation.accounts.sessions import SESSION_SINCE


def record_failed_login(request: HttpRequest, username: str) -> None:
    """Record a failed login. An unknown name is not recorded: it may be a password typed into the wrong field."""
    _anonymous(request, AuditAction.FAIL_LOGIN, username)


def record_locked_out(request: HttpRequest, username: str) -> None:
    """Record that too many failures locked this name for a while."""
    _anonymous(request, AuditAction.LOCK_OUT, username)


def _anonymous(request: HttpRequest, action: str, username: str) -> None:
    user = selectors.user_by_name(username.strip())
    actor = Actor(user_id=0, name="–", role="", **origin_of(request))
    place = selectors.audit_place_of(user or User(pk=0))  # a name that nobody has costs as many statements
    auditing.record(actor=actor, action=action, target=user, place=place)


def _own(request: HttpRequest | None, user: User, action: str, **more: Any) -> None:
    """Record an act of a person on their own account."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.user_id != user.pk:
        origin = origin_of(request) if request is not None else Origin(address="", request_id="")
        actor = selectors.actor_for(user=user, grant_id=None, **origin) or Actor(
            user_id=user.pk, name=str(user), role="", **origin
        )
    auditing.record(
        actor=actor, action=action, target=user, place=(actor.bureau_id, actor.station_id), **more
    )


@receiver(user_logged_in)
def _logged_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    # A cookie that is never used again must not outlive idleness and length of a session.
    request.session.pop(SESSION_SINCE, None)
    mark_seen(request, int(time.time()))
    _own(request, user, AuditAction.LOG_IN)


@receiver(user_logged_out)
def _logged_out(request: HttpRequest, user: User | None, **_signal: Any) -> None:
    if user is not None:
        _own(request, user, AuditAction.LOG_OUT)


@receiver([password_changed, password_set])
def _password_changed(request: HttpRequest, user: User, **_signal: Any) -> None:
    _own(request, user, AuditAction.CHANGE_PASSWORD)
    notify_person(user, CauseCode.PASSWORD_CHANGED, address=origin_of(request)["address"])


@receiver(mfa.authenticator_added)
def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    _own(request, user, AuditAction.ADD_SECOND_FACTOR, after={"type": authenticator.type})
    _notify_of_factor(request, user, authenticator, CauseCode.SECOND_FACTOR_ADDED)


@receiver(mfa.authenticator_reset)
def _codes_replaced(request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    _own(request, user, AuditAction.ADD_SECOND_FACTOR, after={"type": authenticator.type})
    notify_person(user, CauseCode.RECOVERY_CODES_REPLACED, address=origin_of(request)["address"])


def record_codes_shown(request: HttpRequest) -> None:
    """Record that a person's recovery codes were shown or downloaded, and notify the person, once a day of an address."""
    assert request.user.is_authenticated  # the page requires a login
    address = origin_of(request)["address"]
    _own(request, request.user, AuditAction.SHOW_RECOVERY_CODES)
    key = f"{timezone.localdate()} {address}"
    notify_person(request.user, CauseCode.RECOVERY_CODES_SHOWN, key=key, address=address)


@receiver(mfa.authenticator_removed)
def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_signal: Any) -> None:
    _own(request, user, AuditAction.DROP_SECOND_FACTOR, before={"type": authenticator.type})
    _notify_of_factor(request, user, authenticator, CauseCode.SECOND_FACTOR_DROPPED)


def _notify_of_factor(request: HttpRequest, user: User, authenticator: Any, code: str) -> None:
    if authenticator.type != "recovery_codes":  # they come and go with the second factor
        notify_person(user, code, address=origin_of(request)["address"])


@receiver(mfa.authentication_failed)
def _factor_failed(request: HttpRequest, user: User, **_signal: Any) -> None:
    _own(request, user, AuditAction.FAIL_SECOND_FACTOR)
    notify_person(
        user,
        CauseCode.SECOND_FACTOR_FAILED,
        key=str(timezone.localdate()),  # once a day: whoever types it may mistype it
        address=origin_of(request)["address"],
    )
