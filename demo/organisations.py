"""Bureaus, stations, departments and people of the demo."""

from dataclasses import dataclass
from zlib import crc32

from django.conf import settings
from django.contrib.auth.hashers import make_password

from demo.logins import DEMO_PASSWORD, LOGINS
from demo.register import person, random_for
from enterprises.models import Enterprise
from foundation.accounts.choices import STATION_ROLES, Role
from foundation.accounts.models import Bureau, Department, RoleGrant, Station, User
from foundation.periods import Period

RATED_QUARTERS = 8
OFFICERS_PER_STATION = 5


@dataclass
class Organisation:
    """A bureau with its stations and the officers of each, by station id."""

    bureau: Bureau
    stations: list[Station]
    departments: list[Department]
    officers: dict[int, list[User]]


def make_organisation(
    code: str, name: str, stations: dict[str, str], departments: tuple, latest: Period
) -> Organisation:
    """Create a bureau, its stations and departments, and the users of its stations (without passwords)."""
    # The bureau rates later quarters itself; the demo rates those before.
    bureau = Bureau.objects.create(code=code, name=name, rates_from=latest.shift(1).code)
    made = Station.objects.bulk_create(
        Station(bureau=bureau, code=each, name=label) for each, label in stations.items()
    )
    offices = Department.objects.bulk_create(
        Department(bureau=bureau, code=each, name=label, kind=kind) for each, label, kind in departments
    )
    officers = {station.pk: _team(station, place) for place, station in enumerate(made)}
    return Organisation(bureau, made, offices, officers)


def _team(station: Station, place: int) -> list[User]:
    """Create a chief and officers; the users of LOGINS come first at their station. Returns the officers.

    ``place`` of the station is in their police numbers.

    Users with two roles are added by make_logins.
    """
    rng = random_for("people", station.code)
    alone = [login for login in LOGINS if len(login.roles) == 1]
    wanted = {role: login for login in alone for role, code in login.roles if code == station.code}
    roles = [Role.CHIEF] + [Role.OFFICER] * OFFICERS_PER_STATION
    team, named = [], set()
    for number, role in enumerate(roles):
        login = wanted.pop(role.value, None)
        name = login.full_name if login else person(rng)
        while name in named:
            name = person(rng)
        named.add(name)
        username = (
            login.username if login else f"{station.code.lower()}-{'chief' if role == Role.CHIEF else number}"
        )
        phone = f"0000-110{crc32(username.encode()) % 10_000:04d}"
        team.append(
            User(
                username=username,
                full_name=name,
                police_number=f"04{12 + place:02d}{7 + 3 * number:02d}",
                phone=phone,
                password=make_password(None),
            )
        )
    users = User.objects.bulk_create(team)
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, bureau_id=station.bureau_id, station=station)
        for user, role in zip(users, roles, strict=True)
    )
    return users[1:]


def make_logins(organisation: Organisation, showcase: Enterprise) -> None:
    """Create the remaining users of LOGINS with their roles, still without passwords."""
    stations = {station.code: station for station in organisation.stations}
    known = {user.username for user in User.objects.filter(username__in=[login.username for login in LOGINS])}
    people = User.objects.bulk_create(
        User(username=login.username, full_name=login.full_name, password=make_password(None))
        for login in LOGINS
        if login.username not in known
    )
    by_name = {user.username: user for user in people}
    grants = []
    for login in LOGINS:
        for role, code in login.roles if login.username in by_name else ():
            grant = RoleGrant(user=by_name[login.username], role=role)
            if role != Role.OPERATOR:
                grant.bureau = organisation.bureau
            if role in STATION_ROLES:
                grant.station = stations[code]
            elif role == Role.SECURITY_MANAGER:
                grant.station_id = showcase.station_id
                grant.enterprise_id, grant.enterprise_name = showcase.pk, showcase.name
            elif role == Role.DEPARTMENT_OFFICER:
                grant.department = organisation.departments[0]
            grants.append(grant)
    RoleGrant.objects.bulk_create(grants)


def open_logins() -> int:
    """Set the demo password of the demo logins, in a demo only. Returns how many had no password."""
    if not settings.DEMO:
        return 0
    waiting = User.objects.filter(username__in=[login.username for login in LOGINS], password__startswith="!")
    # One hash for all: hashing is slow by design, and these passwords protect nothing.
    return waiting.update(password=make_password(DEMO_PASSWORD)) if waiting.exists() else 0
