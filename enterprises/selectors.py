"""Reads of the register. Each takes the actor first and filters by it; none relies on row-level security alone."""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, Expression, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from enterprises.choices import FOR_GOOD, LiaisonKind
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from foundation.accounts.access import STATION_ROLES
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, RoleGrant, Station, User
from foundation.contributions import columns
from foundation.contributions.audit import kind_of_model
from foundation.database.composing import TODAY, AnyOf, Days, OfStations, Statement
from foundation.database.planner import in_index_order
from foundation.database.prepared import Prepared
from foundation.identifiers import folded
from foundation.ids import id_of
from foundation.pinyin import reading
from foundation.searching import containing

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Listed(TypedDict):
        away: bool
        liaison_name: str | None

    ListedEnterprise = WithAnnotations[Enterprise, _Listed]

MOST_STREETS = 500
REGISTERED, UNREGISTERED, ALL = "active", "inactive", "all"
LISTED = {
    "id",
    "station_id",
    "name",
    "credit_code",
    "address",
    "industry_code",
    "category",
    "headcount",
    "key_unit_class",
    "protection_level",
    "dangerous_goods",
    "colour",
    "score",
    "next_inspection_on",
}
EXCERPT = (
    "name",
    "credit_code",
    "site",
    "address",
    "division_code",
    "industry_code",
    "category",
    "colour",
    "score",
    "rated_period",
)


def visible(actor: Actor) -> QuerySet[Enterprise]:
    """Return the enterprises this actor may see: those of its stations or bureau, or its own; none for other roles.

    A department officer has no stations and sees none; a department's key sees those of its area.
    """
    if actor.is_enterprise:
        return Enterprise.objects.filter(station_id__in=actor.stations, pk=actor.enterprise_id)
    if actor.role == Role.DEPARTMENT_OFFICER:
        return Enterprise.objects.filter(station_id__in=actor.stations)
    if not (actor.is_police or actor.role == "system"):
        return Enterprise.objects.none()
    if actor.role == Role.SUPERVISOR:
        # one column instead of a list of stations: the same rows, and the bureau's index returns them in order
        return Enterprise.objects.filter(bureau_id=actor.bureau_id)
    return Enterprise.objects.filter(station_id__in=actor.stations)


def get_enterprise(actor: Actor, enterprise_id: int) -> Enterprise:
    """Return one enterprise with its station; DoesNotExist if it is not visible."""
    return visible(actor).select_related("station").get(pk=enterprise_id)


def with_ids(actor: Actor, ids: Iterable[Any]) -> list[Enterprise]:
    """Return those of these enterprises that the actor may see; what is no id is left out."""
    numbers = {number for each in ids if (number := id_of(each)) is not None}
    return list(visible(actor).filter(pk__in=numbers)) if numbers else []


def list_enterprises(
    actor: Actor,
    *,
    text: str = "",
    colour: str = "",
    section: str = "",
    station_id: int | None = None,
    register: str = REGISTERED,
    today: dt.date | None = None,
) -> QuerySet[Enterprise]:
    """Return the filtered register; an empty argument does not filter.

    ``register`` is REGISTERED (without those suspended, closed or merged), UNREGISTERED (only those) or ALL.
    """
    today = today or timezone.localdate()
    found = matching(actor, visible(actor), text)
    if colour:
        found = found.filter(colour=colour)
    if section:
        found = found.filter(industry_code__startswith=section)
    if station_id is not None:
        found = found.filter(station_id=station_id)
    if register != ALL:
        away = Exists(away_on(today))
        found = found.filter(~away if register == REGISTERED else away)
    return found


def matching(actor: Actor, found: QuerySet[Any], text: str, *, of: str = "") -> QuerySet[Any]:
    """Keep rows whose enterprise has every word of ``text`` in its name, pinyin, codes or address.

    Police roles also find the legal representative and the telephone number. ``of`` is the lookup prefix from the rows
    to their enterprise, such as ``"enterprise__"``.
    """
    columns = ("search_text", "police_text") if actor.is_police else ("search_text",)
    return found.filter(containing(text, *(f"{of}{column}" for column in columns)))


def away_on(day: dt.date | Expression, outer: str = "pk") -> QuerySet[Inactivity]:
    """Return the inactivity on a day of an outer query's enterprise; ``outer`` is its field with the enterprise id."""
    return Inactivity.objects.filter(enterprise=OuterRef(outer), from_on__lte=day).filter(
        Q(until_on=None) | Q(until_on__gt=day)
    )


def on_register(day: dt.date | Expression) -> Q:
    """Return the condition on Enterprise: registered on that day and not suspended, closed or merged."""
    return (Q(registered_on=None) | Q(registered_on__lte=day)) & Q(~Exists(away_on(day)))


def serving_liaisons(outer: str = "pk") -> QuerySet[Liaison]:
    """Return the liaison officer who serves an outer query's enterprise now, without deputies.

    ``outer`` is its field with the enterprise id.
    """
    return Liaison.objects.filter(enterprise=OuterRef(outer), kind=LiaisonKind.MAIN, until_on=None)


def rows_of(actor: Actor, ids: Sequence[int], *, today: dt.date | None = None) -> "list[ListedEnterprise]":
    """Return the enterprises of one page in the order of ``ids``, which the actor may see, by one query.

    Each has its station, ``away``, ``liaison_name`` and the columns that other apps contribute
    (:mod:`foundation.contributions.columns`).
    """
    if not ids:
        return []
    values = Days(today or timezone.localdate())
    values |= {"now": timezone.now(), "stations": list(actor.stations), "ids": list(ids)}
    fields, of_station, added, statement = _listed()
    found: dict[int, Any] = {}
    for row in statement.rows(values):
        rest = row[len(fields) :]
        enterprise: Any = Enterprise.from_db(DEFAULT_DB_ALIAS, fields, row[: len(fields)])
        enterprise.station = Station.from_db(DEFAULT_DB_ALIAS, of_station, rest[: len(of_station)])
        vars(enterprise).update(zip(added, rest[len(of_station) :], strict=True))
        found[enterprise.pk] = enterprise
    return [found[pk] for pk in ids if pk in found]


@cache
def _listed() -> tuple[list[str], list[str], list[str], Prepared]:
    """Return what the list reads: fields of the enterprise, fields of its station, added values; and the statement."""
    added = {
        "away": Exists(away_on(TODAY)),
        "liaison_name": Subquery(serving_liaisons().values("officer__full_name")[:1]),
        **columns.expressions(),
    }
    rows = (
        Enterprise.objects.filter(OfStations("station_id"), AnyOf("pk", "ids")).annotate(**added).order_by()
    )
    # from_db() expects the order of the model
    fields = [each.attname for each in Enterprise._meta.concrete_fields if each.attname in LISTED]
    of_station = [
        each.attname for each in Station._meta.concrete_fields if each.attname in ("id", "code", "name")
    ]
    names = (*fields, *(f"station__{name}" for name in of_station), *added)
    return fields, of_station, list(added), Prepared(Statement.of(rows.values_list(*names)))


def ids_in_order(
    actor: Actor, *, after: int | None = None, before: int | None = None, limit: int, **narrowing: Any
) -> list[int]:
    """Return the ids of the next enterprises after one, ascending, or of those before one, descending.

    ``narrowing`` are the arguments of :func:`list_enterprises`. Ids grow, so enterprises registered while a client
    reads page by page come at the end.
    """
    found = list_enterprises(actor, **narrowing)
    if before is not None:
        found = found.filter(pk__lt=before)
    elif after is not None:
        found = found.filter(pk__gt=after)
    ids = found.order_by("pk" if before is None else "-pk").values_list("pk", flat=True)[:limit]
    narrowed = any(narrowing.get(name) for name in ("text", "colour", "section"))
    with in_index_order() if narrowed and _is_wide(actor, narrowing.get("station_id")) else nullcontext():
        return list(ids)


def _is_wide(actor: Actor, station_id: int | None) -> bool:
    """Return whether the actor reads most of a bureau, so that scanning all entries in order skips few."""
    if station_id is not None or len(actor.stations) < 2:
        return False
    return 2 * len(actor.stations) >= Station.objects.filter(bureau_id=actor.bureau_id).count()


def excerpts(actor: Actor) -> QuerySet[Enterprise]:
    """Return the enterprises of the key's area, with their stations and only what a department may know.

    Each has ``closed_on``, None unless it is closed or merged, and ``merged_into`` if the actor sees that enterprise.
    Not loaded: persons and telephone numbers, headcount, key-unit class and dangerous goods (which would tell a burglar
    where to go), the next inspection, source values.
    """
    gone = away_on(timezone.localdate()).filter(kind__in=FOR_GOOD)
    heir = gone.filter(Exists(visible(actor).filter(pk=OuterRef("merged_into_id"))))
    return (
        visible(actor)
        .select_related("station")
        .annotate(
            closed_on=Subquery(gone.values("from_on")[:1]),
            merged_into=Subquery(heir.values("merged_into_id")[:1]),
        )
        .only(*EXCERPT, "station__code", "station__name")
    )


def names_by_id(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """Return the names, by id, of those of these enterprises that the actor may see."""
    return dict(visible(actor).filter(pk__in=list(ids)).values_list("pk", "name"))


def liaisons_now(actor: Actor, ids: Sequence[int]) -> dict[int, list[Liaison]]:
    """Return the serving liaison officers by enterprise, the main one first."""
    serving = Liaison.objects.filter(
        station_id__in=actor.stations, enterprise_id__in=list(ids), until_on=None
    )
    serving = serving.select_related("officer").defer("officer__password")
    found: dict[int, list[Liaison]] = {}
    for liaison in sorted(serving, key=lambda each: each.kind != LiaisonKind.MAIN):
        found.setdefault(liaison.enterprise_id, []).append(liaison)
    return found


def liaisons_who_left(outer: str = "pk") -> QuerySet[Liaison]:
    """Return who serves an outer query's enterprise but no longer works at its station, the main one first."""
    left = Liaison.objects.filter(without_role(), enterprise=OuterRef(outer), until_on=None)
    return left.order_by("-kind")


def without_role() -> Q:
    """Return the condition on liaison officers: the officer's account is disabled, or holds no role at the station."""
    at_work = RoleGrant.objects.filter(
        user=OuterRef("officer"),
        station=OuterRef("station"),
        role__in=STATION_ROLES,
        revoked_at=None,
        user__is_active=True,
    )
    return ~Q(Exists(at_work))


def list_liaisons(actor: Actor, enterprise_id: int) -> QuerySet[Liaison]:
    """Return all past and present liaison officers of an enterprise, latest first."""
    return Liaison.objects.filter(station_id__in=actor.stations, enterprise_id=enterprise_id).select_related(
        "officer"
    )


def list_custodies(actor: Actor, enterprise_id: int) -> QuerySet[Custody]:
    """Return the finished custodies of an enterprise, latest first."""
    return (
        Custody.objects.filter(station_id__in=actor.stations, enterprise_id=enterprise_id)
        .select_related("held_by_station")
        .order_by("-until_on", "-id")
    )


def list_inactivities(actor: Actor, enterprise_id: int) -> QuerySet[Inactivity]:
    """Return the times off the register of an enterprise, latest first."""
    return Inactivity.objects.filter(station_id__in=actor.stations, enterprise_id=enterprise_id).order_by(
        "-from_on", "-id"
    )


def open_inactivity(actor: Actor, enterprise_id: int) -> Inactivity | None:
    """Return the time off the register that has not ended; None while the enterprise is on the register."""
    return list_inactivities(actor, enterprise_id).filter(until_on=None).first()


def list_mergers(actor: Actor, enterprise_id: int) -> QuerySet[Inactivity]:
    """Return the times off the register of the enterprises that merged into this one, latest first."""
    return (
        Inactivity.objects.filter(station_id__in=actor.stations, merged_into_id=enterprise_id)
        .exclude(Inactivity.IS_VOID)
        .select_related("enterprise")
        .order_by("-from_on", "-id")
    )


def own_inactivity(actor: Actor) -> Inactivity | None:
    """Return the time off the register that has not ended of the enterprise whose people the actor is among."""
    return open_inactivity(actor, actor.enterprise_id) if actor.is_enterprise else None


def list_officers(actor: Actor, station_id: int | None = None) -> QuerySet[User]:
    """Return users who can be liaison officers: officers and chiefs of the actor's stations, or of one of them."""
    stations = actor.stations if station_id is None else {station_id} & set(actor.stations)
    grants = RoleGrant.objects.filter(station_id__in=stations, role__in=STATION_ROLES, revoked_at=None)
    return User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by(
        "sort_key", "full_name", "pk"
    )


def stations_of_officer(actor: Actor, id: int) -> set[int]:
    """Return the actor's stations at which a user is an officer or chief. One query."""
    grants = RoleGrant.objects.filter(
        user_id=id,
        user__is_active=True,
        station_id__in=actor.stations,
        role__in=STATION_ROLES,
        revoked_at=None,
    )
    return set(grants.values_list("station_id", flat=True))


def stations_of_officers(actor: Actor, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the names of the actor's stations at which these users are officers or chiefs, by user."""
    grants = RoleGrant.objects.filter(
        user_id__in=ids, station_id__in=actor.stations, role__in=STATION_ROLES, revoked_at=None
    )
    found: dict[int, list[str]] = {}
    for user_id, name in grants.order_by("station__code").values_list("user_id", "station__name"):
        found.setdefault(user_id, []).append(name)
    return {user_id: list(dict.fromkeys(names)) for user_id, names in found.items()}


def areas_in_use(actor: Actor, limit: int = 5) -> list[str]:
    """Return the administrative areas of most of the enterprises that the actor sees."""
    found = visible(actor).exclude(division_code="").values_list("division_code")
    return [area for area, _count in found.annotate(count=Count("pk")).order_by("-count")[:limit]]


def streets_in_use(actor: Actor, text: str = "", *, area: str = "", limit: int = 20) -> list[tuple[str, str]]:
    """Return the streets of the enterprises that the actor sees, with their area: this area's first, then by frequency."""
    rows = visible(actor).exclude(street="").values_list("street", "division_code")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "street")[:MOST_STREETS]
    found: dict[str, str] = {}
    for street, of_area, _count in sorted(counted, key=lambda row: row[1] != area):
        if folded(text) in folded(street) or _reads(street, folded(text)):
            found.setdefault(street, of_area)
    return list(found.items())[:limit]


def streets_known(actor: Actor, streets: Sequence[str]) -> set[str]:
    """Return those of these streets in which there is an enterprise that the actor sees."""
    rows = visible(actor).filter(street__in=streets).order_by()
    return set(rows.values_list("street", flat=True).distinct())


def codes_known(actor: Actor, field: str, codes: Sequence[str]) -> set[str]:
    """Return those of these codes with which the ``field`` of an enterprise begins that the actor sees."""
    begins = reduce(or_, (Q(**{f"{field}__startswith": each}) for each in codes))
    found = set(visible(actor).filter(begins).order_by().values_list(field, flat=True).distinct())
    return {each for each in codes if any(code.startswith(each) for code in found)}


def _reads(name: str, typed: str) -> bool:
    read = reading(name)
    return typed.isascii() and (read.full.startswith(typed) or read.initials.startswith(typed))


def list_stations(actor: Actor) -> QuerySet[Station]:
    """Return the stations whose enterprises the actor may see."""
    return Station.objects.filter(pk__in=actor.stations).order_by("code")


def other_stations(actor: Actor, station_id: int) -> QuerySet[Station]:
    """Return the stations to which this station can hand over an enterprise: the others of the bureau."""
    return Station.objects.filter(bureau_id=actor.bureau_id).exclude(pk=station_id).order_by("code")


def last_change(actor: Actor, enterprise_id: int) -> AuditEntry | None:
    """Return the latest audit entry about the register entry."""
    return (
        AuditEntry.objects.filter(
            enterprise_id=enterprise_id, object_type__in=kind_of_model(Enterprise).codes
        )
        .order_by("-id")
        .first()
    )
