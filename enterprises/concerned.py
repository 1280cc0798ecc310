"""Who is concerned by what happens at an enterprise, as conditions on role grants; and whom its people can ask."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from enterprises.choices import LiaisonKind
from enterprises.models import Enterprise, Liaison
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.accounts.models import RoleGrant
from foundation.contributions.limits import names_in
from foundation.contributions.notifications import Happening
from foundation.identifiers import person_key
from foundation.ui.shell import Contact


def people_of(enterprise_id: int) -> Q:
    """Return the people who hold a role in the enterprise now; who joins later is not told what was before."""
    return Q(enterprise_id=enterprise_id, role__in=ENTERPRISE_ROLES)


def chiefs_of(station_id: int) -> Q:
    """Return the chiefs of a station."""
    return Q(station_id=station_id, role=Role.CHIEF)


def officers_of(
    enterprise_id: int, station_id: int, *, also: Iterable[int] = (), finders: Iterable[str] = ()
) -> Q:
    """Return the liaison officer of an enterprise, the people ``also`` (ids) and the ``finders`` (names).

    Only as far as they work at the station. If none of them does any more, its chief; if it has none, the supervisors of the bureau.
    """
    serving = Liaison.objects.filter(enterprise_id=enterprise_id, kind=LiaisonKind.MAIN, until_on=None)
    ids = {*also} - {0, None}
    names = {name for each in finders for name in (each, person_key(each))}
    known = Q(user_id__in=serving.values("officer_id")) | Q(user_id__in=sorted(ids))
    known |= Q(user__full_name__in=sorted(names))
    named = Q(known, station_id=station_id, role__in=STATION_ROLES)
    present = RoleGrant.objects.filter(revoked_at=None, user__is_active=True)
    led = Exists(present.filter(chiefs_of(station_id)))
    bureau = Enterprise.objects.filter(pk=enterprise_id).values("bureau_id")
    supervisors = Q(role=Role.SUPERVISOR, bureau_id__in=bureau)
    nobody = ~Q(Exists(present.filter(named)))
    return named | (nobody & chiefs_of(station_id)) | (nobody & ~Q(led) & supervisors)


# --- of an act on a record about an enterprise --------------------------------------------------------------------


def its_people(happening: Happening) -> Q:
    """Return the people of the enterprise that a record is about, or that was acted on."""
    return people_of(_enterprise_id(happening))


def its_officers(happening: Happening) -> Q:
    """Return the liaison officer of the enterprise that a record is about, and whoever found, recorded or submitted it."""
    target = happening.target
    submitted = "submitted_by_id"
    return officers_of(
        _enterprise_id(happening),
        target.station_id,
        also=[
            getattr(target, "recorded_by_id", 0),
            getattr(target, submitted, 0),
            happening.before.get(submitted, 0),  # an act may take a submission back
        ],
        finders=names_in(getattr(target, "found_by", "")),
    )


def its_recorder(happening: Happening) -> Q:
    """Return the officer who recorded what somebody else corrected or voided."""
    target = happening.target
    return Q(user_id=target.recorded_by_id, station_id=target.station_id, role__in=STATION_ROLES)


def by_person(happening: Happening) -> bool:
    """Return whether a person acted, not an import or a task."""
    return bool(happening.actor.user_id)


def by_police(happening: Happening) -> bool:
    """Return whether an officer, chief or supervisor acted."""
    return bool(happening.actor.is_police)


def by_enterprise(happening: Happening) -> bool:
    """Return whether the enterprise's own people acted."""
    return bool(happening.actor.is_enterprise)


def _enterprise_id(happening: Happening) -> int:
    target: Any = happening.target
    return target.pk if isinstance(target, Enterprise) else target.enterprise_id


# --- whom to ask --------------------------------------------------------------------------------------------------


def contact_of(actor: Actor) -> Contact | None:
    """Return whom the people of an enterprise can ask: the liaison officer, else a chief of the station."""
    serving = Liaison.objects.filter(
        enterprise_id=actor.enterprise_id, until_on=None, station_id__in=actor.stations
    )
    serving = serving.select_related("officer", "station").defer("officer__password")
    first = min(serving, key=lambda each: each.kind != LiaisonKind.MAIN, default=None)
    if first is None:
        return contact_at_station(actor)
    return Contact(str(first.officer), first.station.name, first.officer.phone)


def contact_at_station(actor: Actor) -> Contact | None:
    """Return whom the people of an enterprise without a liaison officer can ask: a chief of the station."""
    chief = (
        RoleGrant.objects.filter(chiefs_of(actor.station_id), revoked_at=None, user__is_active=True)
        .select_related("user", "station")
        .defer("user__password")
        .order_by("id")
        .first()
    )
    if chief is None or chief.station is None:
        return None
    return Contact(str(chief.user), chief.station.name, chief.user.phone)


def officers_phones(actor: Actor, station_id: int) -> dict[str, str]:
    """Return the telephone numbers of a station's officers and chief by name, where they have one and it is theirs alone."""
    held = RoleGrant.objects.filter(
        station_id=station_id, role__in=STATION_ROLES, revoked_at=None, user__is_active=True
    )
    found: dict[str, set[str]] = {}
    for user in (grant.user for grant in held.select_related("user").defer("user__password")):
        found.setdefault(str(user), set()).add(user.phone)
    return {name: phones.pop() for name, phones in found.items() if len(phones) == 1 and phones != {""}}


def at_work(field: str) -> Exists:
    """Return the condition that whoever ``field`` names works at the station of the row."""
    return Exists(
        RoleGrant.objects.filter(
            user_id=OuterRef(field),
            station_id=OuterRef("station_id"),
            role__in=STATION_ROLES,
            revoked_at=None,
            user__is_active=True,
        )
    )


def left_by(field: str) -> Q:
    """Return the condition that whoever ``field`` names, if anybody, does not work at the station of the row any more."""
    return ~Q(at_work(field)) & ~Q(**{field: 0})
