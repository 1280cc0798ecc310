"""The reach of each role: which roles it may grant and revoke, and whose accounts it may touch.

1. You cannot grant a role above your own, or one in another organisation.
2. You may touch an account (password, second factor, name) only if you could grant *all* its roles. Otherwise a chief
   could take over a supervisor who also holds a role in the station.
3. An operator manages operators. Of a bureau's people an operator may only invite the first supervisor, once, and
   end access: who holds the platform must not come to read casework.
4. You cannot change your own roles or disable your own account. It always takes a second person, so the last operator
   stays.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q

from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, Role
from foundation.accounts.models import RoleGrant

GIVES: Mapping[str, frozenset[str]] = {
    "system": frozenset(Role.values),
    Role.OPERATOR: frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    Role.SUPERVISOR: POLICE_ROLES | ENTERPRISE_ROLES | {Role.DEPARTMENT_OFFICER},
    Role.CHIEF: frozenset({Role.OFFICER}) | ENTERPRISE_ROLES,
    Role.SECURITY_MANAGER: frozenset({Role.ENTERPRISE_STAFF}),
}


def roles_given_by(actor: Actor) -> list[Role]:
    """Return the roles the actor may grant, in the order of the choices."""
    return [role for role in Role if role in GIVES.get(actor.role, ())]


def reaches(actor: Actor, grant: RoleGrant) -> bool:
    """Return whether the actor may grant or revoke this role in this organisation."""
    if grant.role not in GIVES.get(actor.role, ()):
        return False
    if actor.role == "system":
        return True
    if actor.role == Role.OPERATOR:
        return grant.role == Role.OPERATOR or not has_had_supervisor(grant.bureau_id)
    if actor.role == Role.SUPERVISOR:
        return grant.bureau_id == actor.bureau_id
    if actor.role == Role.SECURITY_MANAGER:
        return bool(grant.enterprise_id) and grant.enterprise_id == actor.enterprise_id
    return grant.station_id is not None and grant.station_id == actor.station_id


def may_end(actor: Actor, grant: RoleGrant) -> bool:
    """Return whether the actor may revoke this role. An operator may end any access: that reads nothing."""
    return actor.role == Role.OPERATOR or reaches(actor, grant)


def has_had_supervisor(bureau_id: int | None) -> bool:
    """Return whether a bureau has, or once had, a supervisor who chose a password."""
    supervisors = RoleGrant.objects.filter(role=Role.SUPERVISOR, bureau_id=bureau_id or 0)
    return supervisors.filter(user__is_awaited=False).exists()


def reaches_all(actor: Actor, user_id: int, grants: Iterable[RoleGrant]) -> bool:
    """Return whether the actor may touch the account that holds (or, holding none, last held) these roles."""
    if actor.user_id == user_id:
        return False
    if actor.role == "system":
        return True
    grants = list(grants)
    return bool(grants) and all(reaches(actor, grant) for grant in grants)


def may_end_all(actor: Actor, user_id: int, grants: Iterable[RoleGrant]) -> bool:
    """Return whether the actor may disable the account that holds these roles."""
    return (actor.role == Role.OPERATOR and actor.user_id != user_id) or reaches_all(actor, user_id, grants)


def who_may_reset(user_id: int, grants: Iterable[RoleGrant]) -> Q:
    """Return the nearest people who may touch the account that holds these roles: chiefs, supervisors, or operators.

    Those further up follow only if nobody nearer is there.
    """
    grants = list(grants)
    roles = {grant.role for grant in grants}
    stations, bureaus = {grant.station_id for grant in grants}, {grant.bureau_id for grant in grants}
    steps = []
    if roles <= GIVES[Role.CHIEF] and len(stations) == 1 and None not in stations:
        steps.append(Q(role=Role.CHIEF, station_id=next(iter(stations))))
    if roles <= GIVES[Role.SUPERVISOR] and len(bureaus) == 1 and None not in bureaus:
        steps.append(Q(role=Role.SUPERVISOR, bureau_id=next(iter(bureaus))))
    present = RoleGrant.objects.filter(revoked_at=None, user__is_active=True).exclude(user_id=user_id)
    nearest = next((step for step in steps if present.filter(step).exists()), Q(role=Role.OPERATOR))
    return nearest & ~Q(user_id=user_id)


def seen_grants(actor: Actor) -> Q:
    """Return the filter on role grants in the actor's own organisation."""
    if actor.role in ("system", Role.OPERATOR):
        return Q()
    if actor.role == Role.SUPERVISOR:
        return Q(bureau_id=actor.bureau_id)
    if actor.role == Role.CHIEF:
        return Q(station_id=actor.station_id)
    return Q(pk__in=())


def seen_users(actor: Actor) -> Q:
    """Return the filter on users who work in the actor's organisation, or worked there last and nowhere since."""
    if actor.role in ("system", Role.OPERATOR):
        return Q()
    of_user = RoleGrant.objects.filter(user=OuterRef("pk"))
    here = of_user.filter(seen_grants(actor))
    return Q(Exists(here.filter(revoked_at=None))) | (
        ~Q(Exists(of_user.filter(revoked_at=None))) & Q(Exists(here))
    )
