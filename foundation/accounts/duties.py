"""What stands in the name of a person who leaves, and who may take it over."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db.models import Case, Q, QuerySet, When

from foundation.accounts.actors import Actor
from foundation.accounts.choices import STATION_ROLES, Role
from foundation.accounts.models import RoleGrant, Station, User
from foundation.contributions.duties import Duty, duties
from foundation.tenancy.scope import Audience, Scope, station_scope
from foundation.words import Words


@dataclass
class Held:
    """What a person has at one station: how many of each kind of duty, and the open work that goes along."""

    station: Station
    counts: list[tuple[Duty, int]] = field(default_factory=list)
    behind: list[tuple[Words, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(number for _duty, number in self.counts)


def held_at(user_id: int, stations: Collection[int]) -> list[Held]:
    """Return what stands in a person's name at these stations, without those where there is nothing."""
    found = []
    for station in Station.objects.filter(pk__in=stations).order_by("code"):
        with as_system(station):
            held = Held(station)
            for duty in duties:
                if number := duty.counts(user_id, [station.pk]).get(station.pk, 0):
                    held.counts.append((duty, number))
                    held.behind += duty.behind(user_id, [station.pk])
        if held.counts:
            found.append(held)
    return found


def stations_lost(grant: RoleGrant) -> set[int]:
    """Return the stations at which a person no longer works once this role is taken away."""
    if grant.role not in STATION_ROLES or grant.station_id is None:
        return set()
    others = RoleGrant.objects.filter(at_work(), user_id=grant.user_id, station_id=grant.station_id)
    return set() if others.exclude(pk=grant.pk).exists() else {grant.station_id}


def stations_of_person(actor: Actor, user_id: int) -> set[int]:
    """Return the stations at which a person works or ever worked, of those whose people the actor manages."""
    ever = RoleGrant.objects.filter(user_id=user_id, role__in=STATION_ROLES)
    if actor.role not in ("system", Role.OPERATOR):
        ever = ever.filter(station_id__in=actor.stations)
    return {pk for pk in ever.values_list("station_id", flat=True) if pk is not None}


def at_work() -> Q:
    """Return the condition on roles in force at a police station."""
    return Q(role__in=STATION_ROLES, revoked_at=None)


def successors_of(user_id: int, station_id: int) -> QuerySet[User]:
    """Return who can take over from a person at a station: its other officers and chiefs, the chiefs first."""
    grants = RoleGrant.objects.filter(at_work(), station_id=station_id)
    people = User.objects.filter(pk__in=grants.values("user_id"), is_active=True).exclude(pk=user_id)
    is_chief = Case(When(pk__in=chiefs_of(station_id), then=0), default=1)
    return people.order_by(is_chief, "sort_key", "full_name", "pk")


def chiefs_of(station_id: int) -> set[int]:
    """Return the chiefs of a station."""
    chiefs = RoleGrant.objects.filter(role=Role.CHIEF, station_id=station_id, revoked_at=None)
    return set(chiefs.values_list("user_id", flat=True))


def last_at(grant: RoleGrant) -> bool:
    """Return whether nobody else who may log in holds a role in the same organisation."""
    same = {
        name: getattr(grant, name) for name in ("bureau_id", "station_id", "department_id", "enterprise_id")
    }
    others = RoleGrant.objects.filter(revoked_at=None, user__is_active=True, **same)
    return not others.exclude(user_id=grant.user_id).exists()


def orphans(actor: Actor) -> list[tuple[Duty, list[tuple[str, int]]]]:
    """Return each kind of duty that still names people who no longer work at the actor's stations: name and number."""
    if not actor.is_police:
        return []
    found = [(duty, duty.orphans(actor.stations)) for duty in duties]
    ids = {pk for _duty, counts in found for pk in counts}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    return [
        (duty, sorted((names[pk], number) for pk, number in counts.items()))
        for duty, counts in found
        if counts
    ]


@contextmanager
def as_system(station: Station) -> Iterator[None]:
    """Open the scope of one station. Whoever manages its people need not see its casework, as an operator does not."""
    scope = Scope((station.pk,), bureau=station.bureau_id, audience=Audience.SYSTEM)
    with station_scope(scope):
        yield
