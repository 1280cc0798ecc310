"""Writes of people: create, invite, edit, reset, disable, enable. reach.py decides whose account an actor may touch."""

import datetime as dt
import secrets
from typing import Any

from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, reach, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import POLICE_ROLES, AuditAction, CauseCode, Role
from foundation.accounts.duties import stations_of_person
from foundation.accounts.models import Invitation, RoleGrant, User
from foundation.accounts.operations.duties import Successors, lock_people, pass_on
from foundation.accounts.operations.editing import check, edit
from foundation.accounts.operations.numbers import police_bureaus, refuse_police_number
from foundation.accounts.operations.passwords import close_password_request
from foundation.accounts.operations.roles import add_grant, audit_place, end_sessions
from foundation.accounts.password_rules import NotUsedBefore
from foundation.accounts.reasons import required_reason
from foundation.accounts.stamping import stamp
from foundation.arguments import as_declared
from foundation.contributions.limits import refuse_unstorable
from foundation.database.turns import take_turn
from foundation.faults import Faults
from foundation.identifiers import compact, user_name
from foundation.inbox.notifying import notify

INVITATION_VALID = dt.timedelta(days=7)
MOST_INVITED = 100  # at once
INVITATION_KEPT = dt.timedelta(days=90)  # after it was used or expired; its audit entries stay


@transaction.atomic
@as_declared
def create_user(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    role: str,
    phone: str = "",
    email: str = "",
    police_number: str = "",
    password: str | None = None,
    **where: Any,
) -> User:
    """Create a person with a first role (``where`` as in grant_role). Without ``password`` an invitation must follow.

    Raise NotAllowed (role out of reach), ValidationError (user name or police number taken or malformed, a police number
    for somebody outside the police), WrongState.
    """
    access.require(actor, Permission.MANAGE_PEOPLE)
    username = user_name(username)
    user = User(username=username, full_name=full_name.strip(), phone=phone, email=email)
    user.police_number = compact(police_number)
    user.is_awaited = password is None
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    faults = Faults()
    with faults.of():
        refuse_unstorable(user)
    if "username" not in faults.by_field:
        take_turn(f"user name {username.upper()}")  # the later of two finds what the earlier wrote
        if selectors.user_by_name(username) is not None:
            faults.add(ValidationError({"username": _("This user name is taken.")}))
    if role not in POLICE_ROLES:  # of the police, add_grant looks whether the number is free in the bureau
        with faults.of():
            refuse_police_number(user, user.police_number, ())
    check(user, faults, exclude=["password"])
    user.save()
    grant = add_grant(actor, user, role, **where)
    auditing.record(
        actor=actor,
        action=AuditAction.CREATE_USER,
        target=user,
        after=auditing.snapshot(user),
        place=audit_place(grant),
    )
    return user


@transaction.atomic
@as_declared
def invite_user(*, actor: Actor, user_id: int) -> str:
    """Create a one-time link to set a password. Return its token, of which only the hash is stored.

    Older links of the person expire. Raise NotAllowed (account out of reach), WrongState (disabled), User.DoesNotExist.
    """
    user = _touch(actor, user_id)
    _require_unseen(actor, user)
    return invite(actor, user, AuditAction.INVITE_USER)


@transaction.atomic
@as_declared
def invite_new(*, actor: Actor, most: int = MOST_INVITED) -> list[tuple[User, str]]:
    """Invite the people who were added without a link, as by a sheet, or whose link has expired. Return each with the token.

    At most ``most`` at once, in the order of lists. Raise NotAllowed, WrongState (nobody waits).
    """
    access.require(actor, Permission.MANAGE_PEOPLE)
    waiting = selectors.list_uninvited(actor)[:most]
    if not waiting:
        raise access.WrongState(_("Everybody who was added has a link, or has chosen a password."))
    # each is locked: in the order of ids, as by whoever locks several people
    tokens = {pk: invite_user(actor=actor, user_id=pk) for pk in sorted(user.pk for user in waiting)}
    return [(user, tokens[user.pk]) for user in waiting]


@transaction.atomic
@as_declared
def reset_password(*, actor: Actor, user_id: int, reason: str = "") -> str:
    """Make the password unusable, end all sessions and return the token of a new invitation. Raise as invite_user."""
    user = _touch(actor, user_id)
    _require_unseen(actor, user)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    return invite(actor, user, AuditAction.RESET_PASSWORD, reason=reason)


def invite(actor: Actor, user: User, action: str, *, reason: str = "") -> str:
    """Make a new link for a person whose account the actor may touch (the caller has checked). Return its token."""
    if not user.is_active:
        raise access.WrongState(_("This account is disabled. Enable it first."))
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_hex(24)  # hexadecimal: config.logs recognises such a part of a path and hides it
    invitation = Invitation.objects.create(
        user=user,
        token_hash=selectors.token_hash(token),
        invited_by_id=actor.user_id,
        expires_at=now + INVITATION_VALID,
    )
    close_password_request(user)
    after = {"expires_at": invitation.expires_at.isoformat()}
    place = selectors.audit_place_of(user)
    auditing.record(actor=actor, action=action, target=user, after=after, reason=reason, place=place)
    return token


@transaction.atomic
def accept_invitation(
    *, token: str, password: str, logged_in: int = 0, address: str = "", request_id: str = ""
) -> User:
    """Set the password of the person behind a link and use the link up. All older sessions end.

    ``logged_in`` is the user of the browser, if any: whoever issued a link does not use it themselves.

    Raise WrongState (unknown, used or expired link, disabled account, somebody else is logged in), ValidationError on
    ``password`` (too weak).
    """
    hashed = selectors.token_hash(token)
    with selectors.link_scope():
        # the person first, then their links, as whoever makes a new link
        for pk in Invitation.objects.filter(token_hash=hashed).values_list("user_id", flat=True):
            list(User.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk"))
        invitation = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("user")
            .defer("user__password")
            .filter(token_hash=hashed)
            .first()
        )
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= timezone.now():
        raise access.WrongState(_("This link has already been used or has expired. Ask for a new one."))
    user = invitation.user
    if not user.is_active:
        raise access.WrongState(_("This account is disabled."))
    if logged_in and logged_in != user.pk:
        words = _(
            "This link is for %(name)s, but you are logged in as somebody else. Log out, or pass the link on."
        )
        raise access.WrongState(words % {"name": user})
    check_password(user, password)
    user.set_password(password)
    user.is_awaited = False
    user.save(update_fields=["password", "is_awaited"])
    end_sessions(user)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    actor = own_actor(user, address=address, request_id=request_id)
    auditing.record(
        actor=actor,
        action=AuditAction.ACCEPT_INVITATION,
        target=user,
        after={"opened_at": invitation.opened_at.isoformat()} if invitation.opened_at else {},
        place=selectors.audit_place_of(user),
    )
    close_password_request(user)
    common: dict[str, Any] = {
        "key": str(invitation.pk),
        "object_id": user.pk,
        "values": {"object": str(user)},
    }
    inviter = Q(user_id=invitation.invited_by_id)
    notify(CauseCode.INVITATION_ACCEPTED, to=inviter, **common)
    there = RoleGrant.objects.filter(user=user, revoked_at=None).exclude(enterprise_id=None)
    notify(
        CauseCode.COLLEAGUE_ACCEPTED,
        to=inviter & Q(enterprise_id__in=there.values("enterprise_id")),
        **common,
    )
    return user


def check_password(user: User, password: str, *, compares: bool = True) -> None:
    """Raise ValidationError on ``password`` if it is too weak for this person.

    Comparing it with former ones takes long: only if nothing else is wrong with it, and not without ``compares``.
    """
    rules = get_default_password_validators()
    slow = [rule for rule in rules if isinstance(rule, NotUsedBefore)]
    try:
        validate_password(password, user, [rule for rule in rules if rule not in slow])
        if compares:
            validate_password(password, user, slow)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


@transaction.atomic
def open_invitation(*, token: str, address: str = "", request_id: str = "") -> dt.datetime | None:
    """Record that the page of a link is shown for the first time. Return when it was shown before, None if it was not.

    The page says so to the invitee: a link that somebody else has opened was not shown to them alone.
    """
    with selectors.link_scope():
        invitation = Invitation.objects.select_for_update(of=("self",)).get(
            token_hash=selectors.token_hash(token)
        )
        if invitation.opened_at is not None:
            return invitation.opened_at
        invitation.opened_at = timezone.now()
        invitation.save(update_fields=["opened_at"])
    user = invitation.user
    auditing.record(
        actor=Actor(user_id=0, name="–", role="", address=address, request_id=request_id),
        action=AuditAction.OPEN_INVITATION,
        target=user,
        place=selectors.audit_place_of(user),
    )
    return None


def forget_old_invitations() -> int:
    """Delete links that were used or expired long ago. Return how many. Their audit entries stay."""
    before = timezone.now() - INVITATION_KEPT
    old = Invitation.objects.filter(Q(used_at__lt=before) | Q(expires_at__lt=before))
    return old.delete()[0]


@transaction.atomic
@as_declared
def edit_user(*, actor: Actor, user_id: int, version: str = "", **fields: Any) -> User:
    """Change name, police number, phone or e-mail of a person. ``version``: the mark that the form showed.

    Raise NotAllowed, User.DoesNotExist, ValidationError, StaleRecord.
    """
    return _edit(actor, _touch(actor, user_id), version, fields)


@transaction.atomic
@as_declared
def edit_profile(*, actor: Actor, version: str = "", **fields: Any) -> User:
    """Change one's own phone or e-mail, in the police one's own police number, and outside it one's own name.

    Raise NotAllowed (a police officer's name), ValidationError, StaleRecord.
    """
    access.require(actor, access.SIGNED_IN)
    user = User.objects.select_for_update().get(pk=actor.user_id)
    renamed = fields.get("full_name", user.full_name) != user.full_name
    if renamed and not selectors.may_change_own_name(selectors.grants_of(user)):
        raise access.NotAllowed("own name")
    return _edit(actor, user, version, fields)


def _edit(actor: Actor, user: User, version: str, fields: dict[str, Any]) -> User:
    """Change a locked person, and log what differs."""
    faults = Faults()
    number = compact(fields.get("police_number", user.police_number))
    if number != user.police_number:
        with faults.of():
            refuse_police_number(user, number, police_bureaus(user))
    return edit(
        user,
        fields,
        actor=actor,
        action=AuditAction.EDIT_USER,
        version=version,
        place=selectors.audit_place_of(user),
        faults=faults,
    )


@transaction.atomic
@as_declared
def disable_user(*, actor: Actor, user_id: int, reason: str, successors: Successors | None = None) -> User:
    """Disable an account: sessions and links end, roles stay. What stood in the person's name goes to ``successors``.

    Raise NotAllowed, WrongState, User.DoesNotExist, ValidationError (no reason; no successor
    named, see pass_on).
    """
    access.require(actor, Permission.MANAGE_PEOPLE)
    lock_people(user_id, successors or {})
    user = _touch(actor, user_id, ends=True)
    if not user.is_active:
        raise access.WrongState(_("This account is already disabled."))
    faults = Faults()
    with faults.of():
        reason = required_reason(reason)
    with faults.of():
        pass_on(actor, user, stations_of_person(actor, user.pk), successors or {}, reason=reason)
    faults.refuse()
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    place = selectors.audit_place_of(user)
    auditing.record(
        actor=actor,
        action=AuditAction.DISABLE_USER,
        target=user,
        reason=reason,
        place=place,
        before={"is_active": True},
        after={"is_active": False},
    )
    return user


@transaction.atomic
@as_declared
def enable_user(*, actor: Actor, user_id: int) -> User:
    """Let a disabled person log in again. Raise NotAllowed, WrongState, User.DoesNotExist."""
    user = _touch(actor, user_id)
    if user.is_active:
        raise access.WrongState(_("This account is not disabled."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    place = selectors.audit_place_of(user)
    auditing.record(
        actor=actor,
        action=AuditAction.ENABLE_USER,
        target=user,
        place=place,
        before={"is_active": False},
        after={"is_active": True},
    )
    return user


@transaction.atomic
@as_declared
def remove_second_factor(*, actor: Actor, user_id: int, reason: str) -> User:
    """Remove a lost second factor. If the role requires one, the person sets up a new one at the next login.

    Raise NotAllowed, WrongState (there is none), ValidationError (no reason), User.DoesNotExist.
    """
    from allauth.mfa.models import Authenticator  # allauth needs the app registry

    user = _touch(actor, user_id)
    reason = required_reason(reason)
    removed, _each = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise access.WrongState(_("This person has no second factor."))
    end_sessions(user)
    place = selectors.audit_place_of(user)
    auditing.record(
        actor=actor, action=AuditAction.REMOVE_SECOND_FACTOR, target=user, reason=reason, place=place
    )
    return user


def record_opening(*, actor: Actor, user: User) -> None:
    """Record that somebody opened another person's page, which shows how to reach them and what they may do.

    A database that cannot write must not keep people from reading.
    """
    if user.pk != actor.user_id:
        stamp(
            "opening",
            lambda: auditing.record(
                actor=actor,
                action=AuditAction.OPEN_FILE,
                target=user,
                place=selectors.audit_place_of(user),
            ),
        )


def own_actor(user: User, *, address: str = "", request_id: str = "") -> Actor:
    """Return a person as the actor on their own account, even without a role."""
    actor = selectors.actor_for(user=user, grant_id=None, address=address, request_id=request_id)
    return actor or Actor(user_id=user.pk, name=str(user), role="", address=address, request_id=request_id)


def _require_unseen(actor: Actor, user: User) -> None:
    """Refuse an operator a second link for a bureau's first supervisor while the first one is valid."""
    if actor.role != Role.OPERATOR or selectors.open_invitation(user) is None:
        return
    if user.grants.filter(role=Role.SUPERVISOR, revoked_at=None).exists():
        raise access.WrongState(
            _(
                "The link of a bureau's first supervisor is shown once. If it was lost, take the role away and invite "
                "the person under another user name, or wait until the link has expired."
            )
        )


def _touch(actor: Actor, user_id: int, *, ends: bool = False) -> User:
    """Lock and return a person whose account the actor may touch, or only end. Raise NotAllowed, User.DoesNotExist."""
    access.require(actor, Permission.MANAGE_PEOPLE)
    user = User.objects.select_for_update(of=("self",)).filter(reach.seen_users(actor)).get(pk=user_id)
    reaching = reach.may_end_all if ends else reach.reaches_all
    if not reaching(actor, user.pk, selectors.touchable_grants(user.pk)):
        raise access.NotAllowed(
            _(
                "You cannot manage this account: it is your own, or it also holds a role that "
                "you may not give. Ask whoever may give that role."
            )
        )
    return user
