"""What an enterprise's security manager does about the accounts of colleagues: invite, renew the link, take away."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, reach, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, CauseCode, Role
from foundation.accounts.models import Invitation, RoleGrant, User
from foundation.accounts.operations.editing import check
from foundation.accounts.operations.people import invite
from foundation.accounts.operations.roles import add_grant, as_audit_values, audit_place
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.faults import Faults
from foundation.inbox.notifying import notify

MOST_COLLEAGUES = 10  # with the role of staff at once; the station can add more


@transaction.atomic
@as_declared
def invite_colleague(*, actor: Actor, full_name: str, phone: str) -> tuple[User, str]:
    """Create an account for a colleague, with the role of staff in the actor's own enterprise. Return it and its token.

    The user name is made here, so that nobody learns by trying which names exist. The station's chief is notified and
    can take the role away. Raise NotAllowed, WrongState (too many), ValidationError (full_name, phone).
    """
    access.require(actor, Permission.INVITE_COLLEAGUES)
    _lock_managers(actor)
    here = RoleGrant.objects.filter(enterprise_id=actor.enterprise_id)
    if here.filter(role=Role.ENTERPRISE_STAFF, revoked_at=None).count() >= MOST_COLLEAGUES:
        raise access.WrongState(
            _(
                "Your enterprise already has %(number)d colleagues with access. Ask your police station for more."
            )
            % {"number": MOST_COLLEAGUES}
        )
    user = User(username=_free_name(actor.enterprise_id), full_name=full_name.strip(), phone=phone)
    user.set_unusable_password()
    faults = Faults()
    if not user.full_name:
        faults.add(ValidationError({"full_name": _("Enter the name.")}))
    check(user, faults, exclude=["password"])
    user.save()
    grant = add_grant(actor, user, Role.ENTERPRISE_STAFF, enterprise_id=actor.enterprise_id)
    auditing.record(
        actor=actor,
        action=AuditAction.CREATE_USER,
        target=user,
        after=auditing.snapshot(user),
        place=audit_place(grant),
    )
    token = invite(actor, user, AuditAction.INVITE_USER)
    _notify(actor, CauseCode.COLLEAGUE_INVITED, grant)
    return user, token


@transaction.atomic
@as_declared
def renew_invitation(*, actor: Actor, grant_id: int) -> tuple[User, str]:
    """Make a new link for a colleague who has never used the account. Raise NotAllowed, WrongState, DoesNotExist.

    After that a link would let the manager act in the colleague's name, so only those make one who may reset the password.
    """
    access.require(actor, Permission.INVITE_COLLEAGUES)
    user = _staff(actor, grant_id).user
    # whoever accepts a link at this moment is waited for; they lock the person first, too
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
    list(Invitation.objects.select_for_update().filter(user=user, used_at=None).order_by("pk"))
    user.refresh_from_db()
    if user.has_password or selectors.has_joined(user):
        raise access.WrongState(
            _(
                "%(name)s has already set a password. For a new one, %(name)s uses the link on the log-in page."
            )
            % {"name": user}
        )
    if not reach.reaches_all(actor, user.pk, selectors.touchable_grants(user.pk)):
        raise access.NotAllowed(Permission.INVITE_COLLEAGUES)
    return user, invite(actor, user, AuditAction.INVITE_USER)


@transaction.atomic
@as_declared
def remove_colleague(*, actor: Actor, grant_id: int, reason: str) -> RoleGrant:
    """Take the role of staff away from a colleague. Raise NotAllowed, WrongState, ValidationError, DoesNotExist."""
    access.require(actor, Permission.INVITE_COLLEAGUES)
    grant = _staff(actor, grant_id)
    reason = required_reason(reason)
    grant.revoked_at = timezone.now()
    grant.save(update_fields=["revoked_at"])
    auditing.record(
        actor=actor,
        action=AuditAction.REVOKE_ROLE,
        target=grant.user,
        before=as_audit_values(grant),
        reason=reason,
        place=audit_place(grant),
    )
    _notify(actor, CauseCode.COLLEAGUE_REMOVED, grant)
    return grant


def _lock_managers(actor: Actor) -> None:
    """Lock what all managers of the actor's enterprise have in common, so that of two invitations at once one waits."""
    managers = selectors.list_colleagues(actor).filter(role=Role.SECURITY_MANAGER).order_by("pk")
    list(managers.select_for_update(of=("self",)))


def _staff(actor: Actor, grant_id: int) -> RoleGrant:
    """Lock and return a role of staff in force in the actor's enterprise. Raise RoleGrant.DoesNotExist."""
    staff = selectors.list_colleagues(actor).filter(role=Role.ENTERPRISE_STAFF)
    return staff.select_for_update(of=("self",)).get(pk=grant_id)


def _free_name(enterprise_id: int) -> str:
    taken = set(
        User.objects.filter(username__startswith=f"e{enterprise_id}-").values_list("username", flat=True)
    )
    return next(name for n in range(1, len(taken) + 2) if (name := f"e{enterprise_id}-{n}") not in taken)


def _notify(actor: Actor, code: CauseCode, grant: RoleGrant) -> None:
    notify(
        code,
        to=reach.who_may_reset(grant.user_id, [grant]),
        key=f"{grant.pk}",
        object_id=grant.user_id,
        values={"object": str(grant.user), "firm": grant.enterprise_name},
        actor=actor,
    )
