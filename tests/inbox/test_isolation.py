"""Notifications are read by one person, in one role: row-level security alone, through unfiltered managers."""

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_for
from foundation.inbox.models import Notification
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.accounts.conftest import House
from tests.factories import NotificationFactory, RoleGrantFactory

REFUSED = "violates row-level security policy"
EVERYBODY = (
    "officer",
    "chief",
    "supervisor",
    "security_manager",
    "enterprise_staff",
    "department_officer",
    "operator",
    "officer_elsewhere",
    "supervisor_elsewhere",
)


def row_of(house: House, name: str) -> Notification:
    return NotificationFactory(grant=house.people[name].grants.get())


def copy_of(row: Notification) -> Notification:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return Notification(**{**values, "id": None, "key": "another"})


@pytest.mark.parametrize("name", EVERYBODY)
def test_each_person_reads_and_changes_their_own_rows_only(house: House, name: str) -> None:
    rows = {each: row_of(house, each) for each in EVERYBODY}
    with station_scope(house.actor(name).scope()):
        assert list(Notification.objects.values_list("pk", flat=True)) == [rows[name].pk]
        assert Notification.objects.update(read_at="2026-10-01T00:00:00Z") == 1
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM inbox_notification")
            assert cursor.rowcount == 0
        for row in rows.values():
            with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
                Notification.objects.bulk_create([copy_of(row)], ignore_conflicts=True)
        other = next(grant for each in EVERYBODY if each != name for grant in house.people[each].grants.all())
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            Notification.objects.update(grant=other)


def test_a_person_reads_each_role_on_its_own(house: House) -> None:
    officer = house.people["officer"]
    second = RoleGrantFactory(user=officer, role=Role.CHIEF, station=house.city.second)
    first = officer.grants.get(role=Role.OFFICER)
    first_row, second_row = NotificationFactory(grant=first), NotificationFactory(grant=second)
    for grant, row in ((first, first_row), (second, second_row)):
        with station_scope(scope_of_grant(grant)):
            assert list(Notification.objects.all()) == [row]


def scope_of_grant(grant: RoleGrant) -> Scope:
    actor = actor_for(user=grant.user, grant_id=grant.pk)
    assert actor is not None
    return actor.scope()


def test_without_a_grant_nothing_is_read(house: House) -> None:
    row_of(house, "officer")
    for audience in (Audience.POLICE, Audience.OPERATOR):
        with station_scope(Scope((house.city.first.pk,), bureau=house.city.bureau.pk, audience=audience)):
            assert not Notification.objects.exists()


def test_without_a_scope_everything_is_an_error(house: House) -> None:
    row = row_of(house, "officer")
    for attempt in (
        lambda: list(Notification.objects.all()),
        lambda: Notification.objects.update(read_at=None),
        lambda: Notification.objects.bulk_create([copy_of(row)], ignore_conflicts=True),
    ):
        with (
            pytest.raises((ProgrammingError, DataError), match=r"app\.|malformed array|invalid input syntax"),
            transaction.atomic(),
        ):
            attempt()


def test_the_system_writes_and_deletes_in_one_bureau(house: House) -> None:
    own, foreign = row_of(house, "officer"), row_of(house, "officer_elsewhere")
    with station_scope(Scope(NO_STATION, bureau=house.city.bureau.pk, audience=Audience.SYSTEM)):
        assert list(Notification.objects.all()) == [own]
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            Notification.objects.bulk_create([copy_of(foreign)], ignore_conflicts=True)
        assert Notification.objects.all().delete()[0] == 1


def test_a_row_names_the_person_and_bureau_of_its_grant(house: House) -> None:
    row, other = row_of(house, "officer"), house.people["chief"]
    for wrong in ({"user": other}, {"grant": house.people["officer_elsewhere"].grants.get()}):
        copied = copy_of(row)
        for name, value in wrong.items():
            setattr(copied, name, value)
        with (
            station_scope(Scope(NO_STATION, bureau=house.city.bureau.pk, audience=Audience.SYSTEM)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            Notification.objects.bulk_create([copied])
            with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
