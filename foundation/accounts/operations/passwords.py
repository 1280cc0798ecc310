"""Requests for a new password, made without a log-in, and who answers them."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, reach, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, CauseCode
from foundation.accounts.models import PasswordRequest, RoleGrant, User
from foundation.arguments import as_declared
from foundation.inbox.notifying import notify

REQUEST_KEPT = dt.timedelta(days=14)  # after which the person must have found another way


@transaction.atomic
def ask_for_password(*, login: str, address: str = "") -> bool:
    """Record that somebody asks for a new password for the person behind a login, and notify those who may reset it.

    Does nothing for an unknown login, a disabled account, or while an earlier request is open. Runs in a
    worker, so that the page answers the same, and as fast, whether or not there is such a person.
    """
    user = selectors.user_by_login(login)
    if user is None or not user.is_active:
        return False
    request, is_new = PasswordRequest.objects.get_or_create(
        user=user, done_at=None, defaults={"address": address[:45]}
    )
    if not is_new:
        return False
    auditing.record(
        actor=Actor(user_id=0, name="–", role="", address=address),
        action=AuditAction.ASK_FOR_PASSWORD,
        target=user,
        place=selectors.audit_place_of(user),
    )
    notify(
        CauseCode.PASSWORD_ASKED,
        to=reach.who_may_reset(user.pk, selectors.touchable_grants(user.pk)),
        key=str(request.pk),
        object_id=user.pk,
        values={"object": str(user)},
    )
    return True


@transaction.atomic
@as_declared
def dismiss_password_request(*, actor: Actor, user_id: int) -> User:
    """Close a person's open request without a new password. Raise NotAllowed, WrongState, User.DoesNotExist."""
    access.require(actor, Permission.MANAGE_PEOPLE)
    user = User.objects.filter(reach.seen_users(actor)).get(pk=user_id)
    if not reach.reaches_all(actor, user.pk, selectors.touchable_grants(user.pk)):
        raise access.NotAllowed(Permission.MANAGE_PEOPLE)
    if not close_password_request(user):
        raise access.WrongState(_("There is no open request any more."))
    auditing.record(
        actor=actor,
        action=AuditAction.DISMISS_PASSWORD_REQUEST,
        target=user,
        place=selectors.audit_place_of(user),
    )
    return user


def close_password_request(user: User) -> int:
    """Close the open request of a person, if there is one: somebody made a new link. Return how many were open."""
    return PasswordRequest.objects.filter(user=user, done_at=None).update(done_at=timezone.now())


@transaction.atomic
def tell_of_login(
    *, user: User, failed: int, is_new_device: bool, address: str = "", request_id: str = ""
) -> None:
    """Notify a person who logged in of failed attempts before, and of a device they had not used."""
    if failed:
        notify_person(user, CauseCode.LOGIN_FAILED, number=failed)
    if is_new_device:
        notify_person(user, CauseCode.NEW_DEVICE, address=address)


def notify_person(user: User, code: str, *, key: str = "", **values: object) -> None:
    """Notify a person of what was done to their account, also if it was done in their own name.

    Once for each ``key``, else each time. Everybody shares the logins of a demo, so nobody is notified there.
    """
    if settings.DEMO:
        return
    first_role = RoleGrant.objects.filter(user=user, revoked_at=None).order_by("id")
    notify(
        code,
        to=Q(pk__in=first_role.values("pk")[:1]),
        key=key or secrets.token_hex(8),
        object_id=user.pk,
        values={name: str(value) for name, value in values.items()},
    )


def forget_old_password_requests() -> int:
    """Delete requests, answered or not, after their time. Their audit entries stay."""
    old = Q(created_at__lt=timezone.now() - REQUEST_KEPT)
    return PasswordRequest.objects.filter(old).delete()[0]
