"""Reads of organisations, people, roles and the audit log."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypedDict

from django.apps import apps
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from foundation.accounts import reach
from foundation.accounts.access import NotAllowed, Permission, allows
from foundation.accounts.actors import Actor
from foundation.accounts.choices import POLICE_ROLES, Role
from foundation.accounts.models import (
    ApiKey,
    AuditEntry,
    Bureau,
    Department,
    Invitation,
    PasswordRequest,
    RoleGrant,
    Station,
    User,
)
from foundation.identifiers import folded, phone_number, readable, user_name
from foundation.pinyin import reading
from foundation.searching import containing
from foundation.tenancy.scope import Audience, Scope, station_scope

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _SeenRoles(TypedDict):
        seen_roles: list[RoleGrant]

    SeenUser = WithAnnotations[User, _SeenRoles]

SHORTEST_PHONE = 7  # digits
MOST_REQUESTS = 20  # open requests for a password that a page shows
RECENT_ENTRIES = 5_000  # of these the audit log's filters offer the choices


# --- who acts -----------------------------------------------------------------------------------------------------
def stations_of(bureau_id: int) -> tuple[int, ...]:
    """Return the ids of all stations of a bureau, ascending."""
    return tuple(Station.objects.filter(bureau_id=bureau_id).order_by("id").values_list("id", flat=True))


def grants_of(user: User) -> list[RoleGrant]:
    """Return the role grants in force of a person, oldest first."""
    return list(
        RoleGrant.objects.filter(user=user, revoked_at=None)
        .select_related("bureau", "station", "department")
        .order_by("id")
    )


def actor_in_grant(user: User, grant_id: int) -> Actor | None:
    """Return the person as the actor in one role grant, None if it was revoked or the person disabled."""
    grants = [grant for grant in grants_of(user) if grant.pk == grant_id] if user.is_active else []
    return actor_for(user=user, grant_id=grant_id, grants=grants)


def has_operator() -> bool:
    """Return whether anybody can administer the platform, or has been invited to."""
    return RoleGrant.objects.filter(role=Role.OPERATOR, revoked_at=None, user__is_active=True).exists()


def has_people() -> bool:
    """Return whether there is anybody who may log in one day."""
    return User.objects.exists()


def actor_for(
    *,
    user: User,
    grant_id: int | None,
    address: str = "",
    request_id: str = "",
    grants: Iterable[RoleGrant] | None = None,
) -> Actor | None:
    """Return the actor for a person: in the chosen grant, else in the first. None without any role.

    ``grants`` saves the query if the caller already has the result of :func:`grants_of`.
    """
    held = grants_of(user) if grants is None else list(grants)
    if not held:
        return None
    grant = next((each for each in held if each.id == grant_id), held[0])
    stations: tuple[int, ...] = (grant.station_id,) if grant.station_id else ()
    if grant.role == Role.SUPERVISOR and grant.bureau_id:  # its constraint requires a bureau
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
    """Return whether the person set up a time-based one-time password."""
    from allauth.mfa.utils import is_mfa_enabled  # allauth needs the app registry

    return is_mfa_enabled(user)


def user_by_name(username: str) -> User | None:
    """Return the user with this name, ignoring case, or None."""
    return User.objects.filter(username__iexact=username).first()


def user_by_login(text: str) -> User | None:
    """Return the person behind what was typed into the log-in form: user name, telephone number or e-mail.

    A user name comes first. Nobody proves that a number or an address is theirs, so one that several people entered
    belongs to the police before others, then to the account that is older. One query, whoever exists.
    """
    name = user_name(text)
    if not name or "\x00" in name:
        return None
    address, numbers = "@" in name, _spellings(name)
    by_contact = Q(is_active=True) & (Q(email__iexact=name) if address else Q(phone__in=numbers))
    is_named = Case(When(username__iexact=name, then=True), default=False)
    police = RoleGrant.objects.filter(user=OuterRef("pk"), role__in=POLICE_ROLES, revoked_at=None)
    found = User.objects.filter(Q(username__iexact=name) | by_contact)
    return found.order_by(is_named.desc(), Exists(police).desc(), "id").first()


def read_no_hash() -> None:
    """Run the query for the hash of a password, for nobody: an unknown name costs as many statements as a known one."""
    User.objects.filter(pk=0).values_list("password").first()


def silent_contacts(user: User) -> list[str]:
    """Return which of a person's own number and e-mail do not log them in, because they belong to somebody else."""
    return [each for each in (user.phone, user.email) if each and user_by_login(each) != user]


def _spellings(text: str) -> set[str]:
    """Return the ways in which a telephone number may be stored: as typed, as digits, as a mobile number in groups."""
    number = phone_number(text)
    digits = "".join(each for each in number if each.isascii() and each.isdigit())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < SHORTEST_PHONE:
        return {number}
    found = {number, digits, f"+86{digits}", f"+86 {digits}"}
    for mark in " -":
        found |= {f"{digits[:area]}{mark}{digits[area:]}" for area in (3, 4)}  # an area code in front
        found.add(f"{digits[:3]}{mark}{digits[3:7]}{mark}{digits[7:]}")  # a mobile number
    return found


def may_change_own_name(grants: Iterable[RoleGrant]) -> bool:
    """Return whether the holder of these roles may change their own full name: nobody in a police role may."""
    return not any(grant.role in POLICE_ROLES for grant in grants)


def with_user_names(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Annotate audit entries with the actor's user name as ``user_name``; None if the user is unknown."""
    known = User.objects.filter(pk=OuterRef("actor_id"))
    return entries.annotate(user_name=Subquery(known.values("username")[:1]))


def audit_place_of(user: User) -> tuple[int, int]:
    """Return (bureau, station) whose log shows a person: of the first role in force, else of the last one held."""
    in_force_first = F("revoked_at").desc(nulls_first=True)
    grant = RoleGrant.objects.filter(user_id=user.pk).order_by(in_force_first, "id").first()
    return (grant.bureau_id or 0, grant.station_id or 0) if grant else (0, 0)


# --- people -------------------------------------------------------------------------------------------------------
def list_users(actor: Actor) -> "QuerySet[SeenUser]":
    """Return the people the actor may see, with their roles in the actor's organisation as ``seen_roles``."""
    roles = RoleGrant.objects.filter(reach.seen_grants(actor), revoked_at=None)
    return User.objects.filter(reach.seen_users(actor)).prefetch_related(
        Prefetch("grants", roles.select_related("bureau", "station", "department"), to_attr="seen_roles")
    )


def people_named(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Keep the people whose name, user name or telephone number contains the text, or whose name is read so.

    A police number counts as a whole.
    """
    text = readable(text)
    spoken = text.lower().replace(" ", "")
    found = (
        Q(username__icontains=text) | Q(full_name__icontains=text) | Q(phone__icontains=phone_number(text))
    )
    found |= Q(police_number=text)
    if spoken.isascii() and spoken.isalpha():
        # the sort key has syllables with their tones: zhou1zhi4yuan3
        people = people.alias(
            full=Func("sort_key", Value("[1-5]"), Value(""), Value("g"), function="regexp_replace"),
            initials=Func(
                "sort_key", Value("([a-zü])[a-zü]*[1-5]"), Value("\\1"), Value("g"), function="regexp_replace"
            ),
        )
        found |= Q(full__contains=spoken) | Q(initials__contains=spoken)
    return people.filter(found)


def find_people(actor: Actor, text: str, limit: int = 20) -> list[User]:
    """Return the people the actor may see whom a text names, in the order of lists."""
    seen = people_named(User.objects.filter(reach.seen_users(actor)), text)
    return list(seen.order_by("sort_key", "full_name", "pk").only("full_name", "username")[:limit])


def is_called(name: str, wanted: str) -> bool:
    """Return whether a person's name, its pinyin or its initials have a folded text."""
    read = reading(name, person=True)
    return wanted in folded(name) or read.full.startswith(wanted) or read.initials.startswith(wanted)


def get_user(actor: Actor, user_id: int) -> "SeenUser":
    """Return one person the actor may see. Raise User.DoesNotExist."""
    return list_users(actor).get(pk=user_id)


def get_own_user(actor: Actor) -> User:
    """Return the user who acts, as the database has it now."""
    return User.objects.get(pk=actor.user_id)


def touchable_grants(user_id: int) -> list[RoleGrant]:
    """Return the roles that decide who may touch an account: all in force, or the one last held."""
    grants = RoleGrant.objects.filter(user_id=user_id).select_related("bureau", "station", "department")
    return list(grants.filter(revoked_at=None)) or list(grants.order_by("-revoked_at", "-id")[:1])


def is_police_officer(user: User) -> bool:
    """Return whether a person holds a role of the police."""
    return RoleGrant.objects.filter(user_id=user.pk, role__in=POLICE_ROLES, revoked_at=None).exists()


def own_police_number(actor: Actor) -> str:
    """Return the police number of the person who acts; empty outside the police, and without one."""
    if not actor.is_police:
        return ""
    return User.objects.filter(pk=actor.user_id).values_list("police_number", flat=True).first() or ""


def police_numbers(actor: Actor) -> list[tuple[str, str]]:
    """Return name and police number of the actor and of the people at the actor's stations; none outside the police."""
    if not actor.is_police:
        return []
    held = RoleGrant.objects.filter(user=OuterRef("pk"), role__in=POLICE_ROLES, revoked_at=None)
    there = Q(Exists(held.filter(station_id__in=actor.stations))) | Q(pk=actor.user_id)
    people = User.objects.filter(there, is_active=True).exclude(police_number="")
    return list(people.order_by("sort_key", "full_name", "pk").values_list("full_name", "police_number"))


def open_invitation(user: User) -> Invitation | None:
    """Return the unused, unexpired invitation of a person, or None."""
    return (
        Invitation.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now())
        .order_by("-id")
        .first()
    )


def list_uninvited(actor: Actor) -> list[User]:
    """Return the people who never chose a password, have no link that works, and whose accounts the actor may touch."""
    waiting = list_users(actor).filter(is_awaited=True, is_active=True).exclude(pk=actor.user_id)
    invited = Invitation.objects.filter(user_id__in=waiting.values("pk"), used_at=None)
    invited = invited.filter(expires_at__gt=timezone.now())
    found = waiting.exclude(pk__in=invited.values("user_id")).order_by("sort_key", "full_name", "pk")
    grants: dict[int, list[RoleGrant]] = {}
    for grant in RoleGrant.objects.filter(user__in=found.values("pk"), revoked_at=None):
        grants.setdefault(grant.user_id, []).append(grant)
    return [user for user in found if reach.reaches_all(actor, user.pk, grants.get(user.pk, ()))]


def has_joined(user: User) -> bool:
    """Return whether a person has ever set a password by a link, or logged in."""
    return user.last_login is not None or Invitation.objects.filter(user=user).exclude(used_at=None).exists()


def token_hash(token: str) -> str:
    """Return the hash of an invitation's token, which is all that is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_scope() -> AbstractContextManager[Scope]:
    """Return the scope of whoever holds a link: the browser may be logged in as somebody else."""
    return station_scope(Scope(audience=Audience.OPERATOR))


def invitation_for(token: str) -> Invitation | None:
    """Return the invitation behind a link, whatever its state; None for an unknown token."""
    with link_scope():
        return (
            Invitation.objects.select_related("user")
            .defer("user__password")
            .filter(token_hash=token_hash(token))
            .first()
        )


def list_colleagues(actor: Actor) -> QuerySet[RoleGrant]:
    """Return the roles in force in the actor's own enterprise, with the people who hold them; none for other actors.

    ``has_accepted``: whether the person has ever set a password by a link.
    """
    mine = Q(enterprise_id=actor.enterprise_id) if actor.is_enterprise else Q(pk__in=())
    accepted = Invitation.objects.filter(user=OuterRef("user_id")).exclude(used_at=None)
    rows = RoleGrant.objects.filter(mine, revoked_at=None).annotate(has_accepted=Exists(accepted))
    return rows.select_related("user").defer("user__password").order_by("role", "id")


def open_password_requests(actor: Actor) -> list[PasswordRequest]:
    """Return the latest open requests for a password that the actor can answer; two queries for each few hundred."""
    if not allows(actor, Permission.MANAGE_PEOPLE):
        return []
    seen = User.objects.filter(reach.seen_users(actor))
    asked = (
        PasswordRequest.objects.filter(done_at=None, user__in=seen)
        .select_related("user")
        .defer("user__password")
        .prefetch_related(Prefetch("user__grants", RoleGrant.objects.filter(revoked_at=None), "held"))
        .order_by("-id")
        .iterator(chunk_size=300)
    )
    mine = (each for each in asked if reach.reaches_all(actor, each.user_id, each.user.held))  # type: ignore[attr-defined]  # prefetched
    return list(islice(mine, MOST_REQUESTS))


def open_password_request(user: User) -> PasswordRequest | None:
    """Return the open request of a person, or None."""
    return PasswordRequest.objects.filter(user=user, done_at=None).first()


# --- organisations ------------------------------------------------------------------------------------------------
def list_bureaus(actor: Actor) -> QuerySet[Bureau]:
    """Return all bureaus for operator and system, their own for others; with counts of stations and departments."""
    everywhere = actor.role in ("system", Role.OPERATOR)
    return Bureau.objects.filter(Q() if everywhere else Q(pk=actor.bureau_id)).annotate(
        station_count=Count("stations", distinct=True), department_count=Count("departments", distinct=True)
    )


def get_bureau(actor: Actor, bureau_id: int) -> Bureau:
    """Return one bureau the actor may see. Raise Bureau.DoesNotExist."""
    return list_bureaus(actor).get(pk=bureau_id)


def list_stations(actor: Actor, bureau_id: int | None = None) -> QuerySet[Station]:
    """Return stations: all for the operator, the bureau's for its supervisor, their own for others."""
    if actor.role in ("system", Role.OPERATOR):
        mine = Q()
    elif actor.role == Role.SUPERVISOR:
        mine = Q(bureau_id=actor.bureau_id)
    else:
        mine = Q(pk__in=actor.stations)
    chosen = Q() if bureau_id is None else Q(bureau_id=bureau_id)
    return Station.objects.filter(mine, chosen).select_related("bureau").order_by("bureau__code", "code")


def list_departments(actor: Actor, bureau_id: int | None = None) -> QuerySet[Department]:
    """Return departments of the actor's bureau; all for the operator."""
    mine = Q() if actor.role in ("system", Role.OPERATOR) else Q(bureau_id=actor.bureau_id)
    chosen = Q() if bureau_id is None else Q(bureau_id=bureau_id)
    return Department.objects.filter(mine, chosen).select_related("bureau").order_by("bureau__code", "code")


def list_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Return API keys, ended ones too: all for the operator, the bureau's for a supervisor, a department's own."""
    if actor.role in ("system", Role.OPERATOR):
        mine = Q()
    elif actor.role == Role.SUPERVISOR:
        mine = Q(bureau_id=actor.bureau_id)
    elif actor.role == Role.DEPARTMENT_OFFICER and not actor.key_id:
        mine = Q(department_id=actor.department_id)
    else:
        mine = Q(pk__in=())
    keys = ApiKey.objects.filter(mine).select_related("bureau", "department", "created_by", "replaced_by")
    keys = keys.defer("created_by__password")
    return keys.order_by("bureau__code", "department__code", "-id")


def get_key(actor: Actor, key_id: int) -> ApiKey:
    """Return one API key the actor may see. Raise ApiKey.DoesNotExist."""
    return list_keys(actor).get(pk=key_id)


def own_key(actor: Actor) -> dict[str, Any]:
    """Return what a key may know about itself."""
    key = ApiKey.objects.select_related("department", "bureau").get(pk=actor.key_id)
    return {
        "title": key.title,
        "prefix": key.prefix,
        "bureau": key.bureau.code,
        "department": key.department.code,
        "department_name": key.department.name,
        "scopes": sorted(key.scopes),
        "stations": sorted(Station.objects.filter(pk__in=actor.stations).values_list("code", flat=True)),
        "whole_bureau": key.whole_bureau,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }


def names_of_stations(station_ids: Iterable[int]) -> dict[int, str]:
    """Return names by id. Only for stations whose ids the person may already see, as in the area of a key."""
    wanted = set(station_ids)
    return dict(Station.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def people_per_station(actor: Actor, bureau_id: int) -> Mapping[int, int]:
    """Return station id → number of people with a police role in force there."""
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
    """Return enterprises the actor may see whose name, initials or code contain ``text``: (id, name, station_id).

    The register is a layer above this app, so its model is looked up by name. Row-level security limits the rows too.
    """
    if not (actor.is_police or actor.role == "system"):
        return []
    register = apps.get_model("enterprises.Enterprise").objects.filter(station_id__in=actor.stations)
    columns = ("search_text", "police_text") if actor.is_police else ("search_text",)
    found = register.filter(containing(text, *columns)).order_by("sort_key", "id")
    return list(found.values_list("id", "name", "station_id", named=True)[:limit])


def get_enterprise(actor: Actor, enterprise_id: int) -> Any | None:
    """Return (id, name, station_id) of an enterprise the actor may see, else None."""
    if not (actor.is_police or actor.is_enterprise or actor.role == "system"):
        return None
    register = apps.get_model("enterprises.Enterprise").objects.filter(station_id__in=actor.stations)
    if actor.is_enterprise:
        register = register.filter(pk=actor.enterprise_id)
    return register.filter(pk=enterprise_id).values_list("id", "name", "station_id", named=True).first()


# --- audit log ----------------------------------------------------------------------------------------------------
def list_audit(actor: Actor) -> QuerySet[AuditEntry]:
    """Return the part of the log the actor may read, newest first. Raise NotAllowed for roles that read none.

    Chief and officer: their station's, and that of its enterprises wherever they were before. Supervisor: the bureau's.
    Operator: the platform's, and what operators did anywhere. Row-level security narrows each of these further.
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
    """Return (action, kind of object) pairs of the latest entries, for the filters. The cost stays constant."""
    newest = list_audit(actor).aggregate(newest=Max("id"))["newest"] or 0
    pairs = list_audit(actor).filter(id__gt=newest - RECENT_ENTRIES).order_by()
    return sorted(set(pairs.values_list("action", "object_type").distinct()))


def names_of_users(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of users by id. The system (0) has no entry."""
    wanted = {each for each in user_ids if each}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}
