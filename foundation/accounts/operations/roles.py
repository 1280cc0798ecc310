"""Granting, revoking and choosing roles."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, reach, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, AuditAction, Role
from foundation.accounts.duties import stations_lost
from foundation.accounts.models import Bureau, Department, RoleGrant, Station, User
from foundation.accounts.operations.duties import Successors, lock_people, pass_on
from foundation.accounts.operations.numbers import refuse_police_number
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.faults import Faults


@transaction.atomic
@as_declared
def grant_role(
    *,
    actor: Actor,
    user_id: int,
    role: str,
    bureau_id: int | None = None,
    station_id: int | None = None,
    department_id: int | None = None,
    enterprise_id: int | None = None,
    enterprise_name: str = "",
) -> RoleGrant:
    """Give a person a role in one organisation.

    Name the organisation itself: the station of an officer or chief, the bureau of a supervisor, the department of its
    officer, the enterprise of its people. The organisations above it follow. Only system and operator, who need not see
    the register, pass ``station_id`` and ``enterprise_name`` with an enterprise.

    Raise NotAllowed (role or organisation out of reach, own account), WrongState (role already held, organisation
    missing or unknown), User.DoesNotExist (the actor cannot see the person), ValidationError (somebody else in the bureau's
    police has the person's police number).
    """
    access.require(actor, Permission.MANAGE_PEOPLE)
    user = selectors.list_users(actor).select_for_update(of=("self",)).get(pk=user_id)
    if user.pk == actor.user_id:
        raise access.NotAllowed(_("You cannot give yourself a role. Ask a colleague who may give it."))
    if actor.role == Role.OPERATOR and role == Role.SUPERVISOR:
        raise access.WrongState(
            _("The first supervisor of a bureau is a new person whom you invite under People.")
        )
    return add_grant(
        actor,
        user,
        role,
        bureau_id=bureau_id,
        station_id=station_id,
        department_id=department_id,
        enterprise_id=enterprise_id,
        enterprise_name=enterprise_name,
    )


def add_grant(actor: Actor, user: User, role: str, **where: Any) -> RoleGrant:
    """Check reach, write the grant and its audit entry. The caller opens the transaction and has checked the user."""
    grant = RoleGrant(user=user, role=role, **_organisation(actor, role, **where))
    if actor.role == Role.OPERATOR and role == Role.SUPERVISOR:
        _require_no_supervisor(grant)
    if not reach.reaches(actor, grant):
        raise access.NotAllowed(_("You may not give this role in this organisation."))
    same = {
        name: getattr(grant, name) for name in ("bureau_id", "station_id", "department_id", "enterprise_id")
    }
    if RoleGrant.objects.filter(user=user, role=role, revoked_at=None, **same).exists():
        raise access.WrongState(_("This person already holds this role there."))
    if role in POLICE_ROLES and grant.bureau_id:
        refuse_police_number(user, user.police_number, {grant.bureau_id})
    grant.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            grant.save()
            if grant.enterprise_id:  # check the pair (enterprise, station) now, not at commit
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS rolegrant_enterprise_fk IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS rolegrant_enterprise_fk DEFERRED")
                _require_enterprise(actor, grant.enterprise_id)
    except IntegrityError as error:
        raise access.WrongState(_("This enterprise is not on the register of this station.")) from error
    auditing.record(
        actor=actor,
        action=AuditAction.GRANT_ROLE,
        target=user,
        after=as_audit_values(grant),
        place=audit_place(grant),
    )
    return grant


def _require_enterprise(actor: Actor, enterprise_id: int) -> None:
    """Refuse an enterprise that an import was just taken back with, for whose lock the key has waited."""
    if actor.role not in ("system", Role.OPERATOR) and selectors.get_enterprise(actor, enterprise_id) is None:
        raise access.WrongState(_("Choose an enterprise from your register."))


def _require_no_supervisor(grant: RoleGrant) -> None:
    """Refuse a second first supervisor. Locks the bureau, so that of two invitations at once one waits."""
    Bureau.objects.select_for_update(no_key=True).get(pk=grant.bureau_id or 0)
    if reach.has_had_supervisor(grant.bureau_id):
        raise access.WrongState(
            _(
                "This bureau has, or had, a supervisor. Further ones are added by its supervisors. If the last one is "
                "lost, whoever runs the machine uses the command restore_supervisor."
            )
        )
    if RoleGrant.objects.filter(
        role=Role.SUPERVISOR, bureau_id=grant.bureau_id or 0, revoked_at=None
    ).exists():
        raise access.WrongState(_("The first supervisor of this bureau has already been invited."))


def _organisation(
    actor: Actor,
    role: str,
    *,
    bureau_id: int | None = None,
    station_id: int | None = None,
    department_id: int | None = None,
    enterprise_id: int | None = None,
    enterprise_name: str = "",
) -> dict[str, Any]:
    """Return the organisation columns of a role, filled. Raise WrongState if they do not fit the role."""
    if role == Role.OPERATOR:
        return {}
    if role == Role.SUPERVISOR:
        bureau = Bureau.objects.filter(pk=bureau_id or 0).first()
        if bureau is None:
            raise access.WrongState(_("A bureau supervisor needs a bureau."))
        return {"bureau": bureau}
    if role == Role.DEPARTMENT_OFFICER:
        department = Department.objects.select_related("bureau").filter(pk=department_id or 0).first()
        if department is None:
            raise access.WrongState(_("A department officer needs a department."))
        return {"bureau": department.bureau, "department": department}
    if role in ENTERPRISE_ROLES:
        if actor.role not in ("system", Role.OPERATOR):
            enterprise = selectors.get_enterprise(actor, enterprise_id) if enterprise_id else None
            if enterprise is None:
                raise access.WrongState(_("Choose an enterprise from your register."))
            station_id, enterprise_name = enterprise.station_id, enterprise.name
        if not (enterprise_id and enterprise_name):
            raise access.WrongState(_("This role needs an enterprise."))
    elif role not in STATION_ROLES:
        raise access.WrongState(_("This role does not exist."))
    station = Station.objects.select_related("bureau").filter(pk=station_id or 0).first()
    if station is None:
        raise access.WrongState(_("This role needs a police station."))
    found: dict[str, Any] = {"bureau": station.bureau, "station": station}
    if role in ENTERPRISE_ROLES:
        found |= {"enterprise_id": enterprise_id, "enterprise_name": enterprise_name}
    return found


@transaction.atomic
@as_declared
def revoke_role(
    *, actor: Actor, grant_id: int, reason: str, successors: Successors | None = None
) -> RoleGrant:
    """Revoke a role. A person who is acting in it falls back to another role or to none.

    If the person then no longer works at the station, ``successors`` says who takes over there (station → person, None
    for nobody).

    Raise NotAllowed (out of reach, own role), WrongState (already revoked), RoleGrant.DoesNotExist (not visible),
    ValidationError (no reason; no successor named, see pass_on).
    """
    access.require(actor, Permission.MANAGE_PEOPLE)
    grants = RoleGrant.objects.filter(reach.seen_grants(actor)).select_for_update(of=("self",))
    related = grants.select_related("user", "bureau", "station", "department").defer("user__password")
    grant = related.get(pk=grant_id)
    if grant.user_id == actor.user_id:
        raise access.NotAllowed(_("You cannot take away your own role. Ask a colleague who may do so."))
    if not reach.may_end(actor, grant):
        raise access.NotAllowed(_("You may not take this role away."))
    if grant.revoked_at is not None:
        raise access.WrongState(_("This role has already been taken away."))
    lock_people(grant.user_id, successors or {})
    user = User.objects.get(pk=grant.user_id)
    faults = Faults()
    with faults.of():
        reason = required_reason(reason)
    with faults.of():
        pass_on(actor, user, stations_lost(grant), successors or {}, reason=reason)
    faults.refuse()
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
    return grant


@transaction.atomic
def act_as(*, user: User, grant_id: int, address: str = "", request_id: str = "") -> RoleGrant:
    """Choose the role to act in. The view stores its id in the session (middleware.SESSION_GRANT).

    Raise WrongState for a role the person does not hold (any more).
    """
    grants = selectors.grants_of(user)
    grant = next((each for each in grants if each.pk == grant_id), None)
    if grant is None:
        raise access.WrongState(_("You no longer hold this role. Choose another one."))
    actor = selectors.actor_for(
        user=user, grant_id=grant_id, address=address, request_id=request_id, grants=grants
    )
    assert actor is not None  # there is a grant
    auditing.record(
        actor=actor,
        action=AuditAction.ACT_AS,
        target=user,
        after=as_audit_values(grant),
        place=audit_place(grant),
    )
    return grant


def as_audit_values(grant: RoleGrant) -> dict[str, Any]:
    """Return a grant as values for the audit log: which role, where."""
    return {"role": grant.role, "organisation": grant.organisation}


def audit_place(grant: RoleGrant) -> tuple[int, int]:
    """Return (bureau, station) whose log shows a grant."""
    return grant.bureau_id or 0, grant.station_id or 0


def end_sessions(user: User) -> None:
    """End every session of this person, at its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
