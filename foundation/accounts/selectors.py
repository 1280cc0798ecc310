"""Reads of organisations, people, roles and the audit log. Who is asking comes first."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from django.apps import apps
from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from foundation.accounts import reach
from foundation.accounts.access import NotAllowed, Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import POLICE_ROLES, Role
from foundation.accounts.models import (
    ApiKey,
    AuditEntry,
    Bureau,
    Department,
    Invitation,
    RoleGrant,
    Station,
    User,
)

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _SeenRoles(TypedDict):
        seen_roles: list[RoleGrant]

    SeenUser = WithAnnotations[User, _SeenRoles]

RECENT_ENTRIES = 5_000  # the choices of the audit log's filters come from these


# --- who acts -----------------------------------------------------------------------------------------------------
def stations_of(bureau_id: int) -> tuple[int, ...]:
    """Ids of all stations of a bureau, ascending."""
    return tuple(Station.objects.filter(bureau_id=bureau_id).order_by("id").values_list("id", flat=True))


def grants_of(user: User) -> list[RoleGrant]:
    """The live role grants of a person, oldest first."""
    return list(
        RoleGrant.objects.filter(user=user, revoked_at=None)
        .select_related("bureau", "station", "department")
        .order_by("id")
    )


def actor_for(
    *,
    user: User,
    grant_id: int | None,
    address: str = "",
    request_id: str = "",
    grants: Iterable[RoleGrant] | None = None,
) -> Actor | None:
    """The actor for a person: in the chosen grant, else in the first. None without any role.

    ``grants`` saves the query where the caller already has what :func:`grants_of` gives.
    """
    held = grants_of(user) if grants is None else list(grants)
    if not held:
        return None
    grant = next((each for each in held if each.id == grant_id), held[0])
    stations: tuple[int, ...] = (grant.station_id,) if grant.station_id else ()
    if grant.role == Role.SUPERVISOR and grant.bureau_id:  # which its constraint demands
        stations = stations_of(grant.bureau_id)
    return Actor(
        user_id=user.pk,
        name=str(user),
        role=grant.role,
        bureau_id=grant.bureau_id or 0,
        stations=stations,
        department_id=grant.department_id or 0,
        enterprise_id=grant.enterprise_id or 0,
        grant_id=grant.id,
        organisation=grant.organisation,
        address=address,
        request_id=request_id,
    )


def has_second_factor(user: User) -> bool:
    """Whether the person set up a time-based one-time password."""
    from allauth.mfa.utils import is_mfa_enabled  # allauth needs the app registry

    return is_mfa_enabled(user)


def user_by_name(username: str) -> User | None:
    """The person a log-in names; names differ by more than upper and lower case."""
    return User.objects.filter(username__iexact=username).first()


def may_change_own_name(grants: Iterable[RoleGrant]) -> bool:
    """Whether the holder of these roles may change the own full name: nobody who signs for the police may."""
    return not any(grant.role in POLICE_ROLES for grant in grants)


def with_user_names(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Audit entries with the name for log-in of who acted as ``user_name``; None for nobody who is known."""
    known = User.objects.filter(pk=OuterRef("actor_id"))
    return entries.annotate(user_name=Subquery(known.values("username")[:1]))


def audit_place_of(user: User) -> tuple[int, int]:
    """(bureau, station) whose log tells of this person: that of the first live role, else of the last one held."""
    grants = RoleGrant.objects.filter(user=user)
    grant = grants.filter(revoked_at=None).order_by("id").first() or grants.order_by("-revoked_at").first()
    return (grant.bureau_id or 0, grant.station_id or 0) if grant else (0, 0)


# --- people -------------------------------------------------------------------------------------------------------
def list_users(actor: Actor) -> "QuerySet[SeenUser]":
    """People the actor may see, with their roles in the actor's organisation as ``seen_roles``."""
    roles = RoleGrant.objects.filter(reach.seen_grants(actor), revoked_at=None)
    return User.objects.filter(reach.seen_users(actor)).prefetch_related(
        Prefetch("grants", roles.select_related("bureau", "station", "department"), to_attr="seen_roles")
    )


def get_user(actor: Actor, user_id: int) -> "SeenUser":
    """One person the actor may see. Raises User.DoesNotExist."""
    return list_users(actor).get(pk=user_id)


def get_own_user(actor: Actor) -> User:
    """Return the person who acts, as the database has them now."""
    return User.objects.get(pk=actor.user_id)


def touchable_grants(user_id: int) -> list[RoleGrant]:
    """The roles that decide who may touch an account: all live ones, or the one last held."""
    grants = RoleGrant.objects.filter(user_id=user_id).select_related("bureau", "station", "department")
    return list(grants.filter(revoked_at=None)) or list(grants.order_by("-revoked_at", "-id")[:1])


def open_invitation(user: User) -> Invitation | None:
    """The unused, unexpired invitation of a person."""
    return (
        Invitation.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now())
        .order_by("-id")
        .first()
    )


def token_hash(token: str) -> str:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_for(token: str) -> Invitation | None:
    """The invitation behind a link, whatever its state; None for a token never given out."""
    return Invitation.objects.select_related("user").filter(token_hash=token_hash(token)).first()


# --- organisations ------------------------------------------------------------------------------------------------
def list_bureaus(actor: Actor) -> QuerySet[Bureau]:
    """All bureaus for operator and system, the own one for everybody else; with counts of stations and departments."""
    everywhere = actor.role in ("system", Role.OPERATOR)
    return Bureau.objects.filter(Q() if everywhere else Q(pk=actor.bureau_id)).annotate(
        station_count=Count("stations", distinct=True), department_count=Count("departments", distinct=True)
    )


def get_bureau(actor: Actor, bureau_id: int) -> Bureau:
    """One bureau the actor may see. Raises Bureau.DoesNotExist."""
    return list_bureaus(actor).get(pk=bureau_id)


def list_stations(actor: Actor, bureau_id: int | None = None) -> QuerySet[Station]:
    """Stations the actor may name: all for the operator, the bureau's for its supervisor, the own for others."""
    if actor.role in ("system", Role.OPERATOR):
        mine = Q()
    elif actor.role == Role.SUPERVISOR:
        mine = Q(bureau_id=actor.bureau_id)
    else:
        mine = Q(pk__in=actor.stations)
    chosen = Q() if bureau_id is None else Q(bureau_id=bureau_id)
    return Station.objects.filter(mine, chosen).select_related("bureau").order_by("bureau__code", "code")


def list_departments(actor: Actor, bureau_id: int | None = None) -> QuerySet[Department]:
    """Departments of the actor's bureau; all for the operator."""
    mine = Q() if actor.role in ("system", Role.OPERATOR) else Q(bureau_id=actor.bureau_id)
    chosen = Q() if bureau_id is None else Q(bureau_id=bureau_id)
    return Department.objects.filter(mine, chosen).select_related("bureau").order_by("bureau__code", "code")


def list_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of the API, ended ones too: all for the operator, the bureau's for its supervisor, a department's for its people."""
    if actor.role in ("system", Role.OPERATOR):
        mine = Q()
    elif actor.role == Role.SUPERVISOR:
        mine = Q(bureau_id=actor.bureau_id)
    elif actor.role == Role.DEPARTMENT_OFFICER and not actor.key_id:
        mine = Q(department_id=actor.department_id)
    else:
        mine = Q(pk__in=())
    keys = ApiKey.objects.filter(mine).select_related("bureau", "department", "created_by", "replaced_by")
    return keys.order_by("bureau__code", "department__code", "-id")


def get_key(actor: Actor, key_id: int) -> ApiKey:
    """One key the actor may see. Raises ApiKey.DoesNotExist."""
    return list_keys(actor).get(pk=key_id)


def own_key(actor: Actor) -> dict[str, Any]:
    """Return what a key may know of itself."""
    key = ApiKey.objects.select_related("department", "bureau").get(pk=actor.key_id)
    return {
        "title": key.title,
        "prefix": key.prefix,
        "bureau": key.bureau.code,
        "department": key.department.code,
        "department_name": key.department.name,
        "scopes": sorted(key.scopes),
        "stations": sorted(Station.objects.filter(pk__in=actor.stations).values_list("code", flat=True)),
        "whole_bureau": not key.stations,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }


def names_of_stations(station_ids: Iterable[int]) -> dict[int, str]:
    """Names of stations somebody was shown by id already: the area of a key."""
    wanted = set(station_ids)
    return dict(Station.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def people_per_station(actor: Actor, bureau_id: int) -> Mapping[int, int]:
    """Station id → people with a live police role there."""
    rows = (
        RoleGrant.objects.filter(
            reach.seen_grants(actor), bureau_id=bureau_id, revoked_at=None, enterprise_id=None
        )
        .exclude(station=None)
        .values("station_id")
        .annotate(people=Count("user", distinct=True))
        .values_list("station_id", "people")
    )
    return dict(rows)


def find_enterprises(actor: Actor, text: str, limit: int = 8) -> list[Any]:
    """Enterprises the actor may see whose name, pinyin initials or code contain ``text``: (id, name, station_id).

    The register stands above this app, so it is asked for by name; row-level security answers for the actor.
    """
    if not (actor.is_police or actor.role == "system"):
        return []
    register = apps.get_model("enterprises.Enterprise").objects.filter(station_id__in=actor.stations)
    found = register.filter(search_text__contains=text.strip().lower()).order_by("sort_key", "id")
    return list(found.values_list("id", "name", "station_id", named=True)[:limit])


def get_enterprise(actor: Actor, enterprise_id: int) -> Any | None:
    """(id, name, station_id) of an enterprise the actor may see, else None."""
    if not (actor.is_police or actor.role == "system"):
        return None
    register = apps.get_model("enterprises.Enterprise").objects.filter(station_id__in=actor.stations)
    return register.filter(pk=enterprise_id).values_list("id", "name", "station_id", named=True).first()


# --- audit log ----------------------------------------------------------------------------------------------------
def list_audit(actor: Actor) -> QuerySet[AuditEntry]:
    """The part of the log the actor may read, newest first.

    A chief: the station's and that of its enterprises, wherever they were before. A supervisor: the bureau's.
    The operator: the platform's, and what operators did anywhere. Row-level security narrows each once more.
    """
    if actor.role == Role.OPERATOR:
        mine = Q(bureau_id=0) | Q(role=Role.OPERATOR)
    elif actor.role == Role.SUPERVISOR:
        mine = Q(bureau_id=actor.bureau_id)
    elif actor.role in (Role.CHIEF, Role.OFFICER):
        mine = Q(bureau_id=actor.bureau_id) & (Q(station_id__in=actor.stations) | Q(enterprise_id__gt=0))
    else:
        raise NotAllowed(Permission.VIEW_AUDIT_ENTRIES)
    return AuditEntry.objects.filter(mine).order_by("-id")


def recent_acts(actor: Actor) -> list[tuple[str, str]]:
    """(action, kind of object) pairs of the latest entries, for the filters; constant cost in a growing log."""
    newest = list_audit(actor).aggregate(newest=Max("id"))["newest"] or 0
    pairs = list_audit(actor).filter(id__gt=newest - RECENT_ENTRIES).order_by()
    return sorted(set(pairs.values_list("action", "object_type").distinct()))


def organisation_names(actor: Actor) -> dict[tuple[str, int], str]:
    """(field, id) → name of the organisations an audit entry of the actor's can mention."""
    found: dict[tuple[str, int], str] = {}
    stations = list_stations(actor).values_list("id", "name", "bureau_id", "bureau__name")
    for station_id, name, bureau_id, bureau_name in stations:
        found["station_id", station_id] = name
        found["bureau_id", bureau_id] = bureau_name
    if actor.role in ("system", Role.OPERATOR):  # also those that have no station yet
        found |= {("bureau_id", pk): name for pk, name in Bureau.objects.values_list("id", "name")}
    return found
