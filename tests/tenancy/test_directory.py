"""Roles, keys, sessions, invitations: used before a scope exists; within one, the database keeps them apart here, too."""

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from foundation.accounts.choices import Role
from foundation.accounts.models import (
    ApiKey,
    FormerPassword,
    Invitation,
    PasswordRequest,
    RoleGrant,
    Session,
    User,
)
from foundation.accounts.selectors import token_hash
from foundation.tenancy.scope import NO_STATION, Acting, Audience, Scope, station_scope
from tests.factories import (
    ApiKeyFactory,
    DepartmentFactory,
    EnterpriseFactory,
    RoleGrantFactory,
    UserFactory,
    factory_of,
)
from tests.fixtures import City, delete_rows, scope_of, scope_of_enterprise

REFUSED = "violates row-level security policy"
CLOSED: dict[Any, dict[str, Any]] = {PasswordRequest: {"done_at": timezone.now()}}  # one may be open


def refused(write: Any) -> None:
    with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
        write()


@pytest.fixture
def keys(city: City) -> tuple[ApiKey, ApiKey, ApiKey]:
    """Return ours, another department's of the bureau, another bureau's."""
    bureau, other = city.first.bureau, city.elsewhere.bureau
    own, neighbour, foreign = (DepartmentFactory(bureau=each) for each in (bureau, bureau, other))
    return tuple(ApiKeyFactory(department=each) for each in (own, neighbour, foreign))  # type: ignore[return-value]


def seen() -> set[int]:
    return set(ApiKey._base_manager.values_list("pk", flat=True))


def test_keys_are_read_in_their_bureau_and_department(keys: tuple[ApiKey, ...], city: City) -> None:
    ours, neighbour, foreign = keys
    assert seen() == {ours.pk, neighbour.pk, foreign.pk}, "before anybody is known"
    with scope_of(city.first):
        assert seen() == {ours.pk, neighbour.pk}
        assert ApiKey.objects.filter(pk=foreign.pk).update(title="Taken") == 0
        assert ApiKey.objects.filter(pk=ours.pk).update(title="Renamed") == 1
        refused(lambda: ApiKey.objects.filter(pk=ours.pk).update(bureau=foreign.bureau_id))
    department = Scope(
        NO_STATION, bureau=ours.bureau_id, department=ours.department_id, audience=Audience.DEPARTMENT
    )
    with station_scope(department):
        assert seen() == {ours.pk}
    with station_scope(Scope(NO_STATION, audience=Audience.OPERATOR)):
        assert seen() == {ours.pk, neighbour.pk, foreign.pk}
    with scope_of_enterprise(EnterpriseFactory(station=city.first)):
        assert not seen()


def test_no_role_is_given_or_taken_in_another_bureau(city: City) -> None:
    ours, foreign = RoleGrantFactory(station=city.first), RoleGrantFactory(station=city.elsewhere)
    rows = RoleGrant._base_manager
    with scope_of(city.first):
        assert set(rows.values_list("pk", flat=True)) == {ours.pk, foreign.pk}
        assert rows.filter(pk=ours.pk).update(enterprise_name="") == 1
        assert rows.filter(pk=foreign.pk).update(revoked_at=None) == 0
        assert rows.filter(pk=foreign.pk).update(bureau=city.first.bureau, station=city.first) == 0, (
            "moved here"
        )
        refused(lambda: rows.filter(pk=ours.pk).update(bureau=city.elsewhere.bureau, station=city.elsewhere))
        given = {"bureau": city.elsewhere.bureau, "station": city.elsewhere, "role": Role.CHIEF}
        refused(lambda: RoleGrant(user=ours.user, **given).save())
        refused(lambda: RoleGrant(user=ours.user, role=Role.OPERATOR).save())


def test_an_enterprise_gives_roles_in_itself_only(city: City) -> None:
    mine, other = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.first)
    person = RoleGrantFactory(station=city.first).user
    place = {"bureau": city.first.bureau, "station": city.first}
    with scope_of_enterprise(mine):
        refused(
            lambda: RoleGrant(user=person, role=Role.ENTERPRISE_STAFF, enterprise_id=other.pk, **place).save()
        )
        refused(lambda: RoleGrant(user=person, role=Role.CHIEF, **place).save())
        RoleGrant(user=person, role=Role.ENTERPRISE_STAFF, enterprise_id=mine.pk, **place).save()


def people(city: City) -> tuple[User, User, User]:
    """Return an officer of ours, a colleague of the bureau, an officer of another bureau."""
    mine, colleague, foreign = (
        RoleGrantFactory(station=station).user for station in (city.first, city.second, city.elsewhere)
    )
    return mine, colleague, foreign


def as_officer(user: User, city: City) -> Any:
    """Open the scope of a request by this person."""
    acting = Acting(id=user.pk)
    return station_scope(
        Scope((city.first.pk,), bureau=city.bureau.pk, audience=Audience.POLICE, actor=acting)
    )


@pytest.mark.parametrize("model", [Session, FormerPassword])
def test_sessions_and_former_passwords_are_the_persons_own(model: Any, city: City) -> None:
    mine, colleague, foreign = (factory_of(model)(user=user) for user in people(city))
    rows = model._base_manager
    assert rows.count() == 3, "before anybody is known"
    with as_officer(mine.user, city):
        assert list(rows.values_list("pk", flat=True)) == [mine.pk]
        assert rows.filter(pk__in=[colleague.pk, foreign.pk]).update(user=mine.user) == 0
        assert delete_rows(model, pk=colleague.pk) == 0
        refused(lambda: rows.filter(pk=mine.pk).update(user=foreign.user))
        refused(lambda: factory_of(model).build(user=colleague.user).save(force_insert=True))
        assert delete_rows(model, pk=mine.pk) == 1
    for audience in (Audience.OPERATOR, Audience.SYSTEM):
        with scope_of(city.first, audience=audience):
            assert not rows.exists(), audience


@pytest.mark.parametrize("model", [Invitation, PasswordRequest])
def test_invitations_and_requests_are_those_of_the_bureaus_people(model: Any, city: City) -> None:
    mine, colleague, foreign = (factory_of(model)(user=user) for user in people(city))
    rows, nobody = model._base_manager, UserFactory()
    assert rows.count() == 3, "before anybody is known"
    with as_officer(mine.user, city):
        assert set(rows.values_list("pk", flat=True)) == {mine.pk, colleague.pk}
        assert rows.filter(pk=foreign.pk).update(user=nobody) == 0
        assert delete_rows(model, pk=foreign.pk) == 0
        refused(lambda: rows.filter(pk=mine.pk).update(user=nobody))
        refused(lambda: factory_of(model).build(user=foreign.user).save(force_insert=True))
        factory_of(model).build(user=mine.user, **CLOSED.get(model, {})).save(force_insert=True)
    with scope_of(city.elsewhere):
        assert list(rows.values_list("pk", flat=True)) == [foreign.pk]
    with station_scope(Scope(NO_STATION, audience=Audience.OPERATOR)):
        assert rows.filter(pk__in=[mine.pk, colleague.pk, foreign.pk]).count() == 3


@pytest.mark.parametrize("model", [Invitation, PasswordRequest])
def test_an_enterprise_and_a_department_have_those_of_their_own_people(model: Any, city: City) -> None:
    firm, department = EnterpriseFactory(station=city.first), DepartmentFactory(bureau=city.first.bureau)
    of_firm = RoleGrantFactory(
        station=city.first, role=Role.ENTERPRISE_STAFF, enterprise_id=firm.pk, enterprise_name="x"
    ).user
    of_department = RoleGrantFactory(
        station=None, bureau=department.bureau, department=department, role=Role.DEPARTMENT_OFFICER
    ).user
    officer = people(city)[0]
    theirs, other, _police = (factory_of(model)(user=user) for user in (of_firm, of_department, officer))
    with scope_of_enterprise(firm):
        assert list(model._base_manager.all()) == [theirs]
    with station_scope(
        Scope(NO_STATION, bureau=department.bureau_id, department=department.pk, audience=Audience.DEPARTMENT)
    ):
        assert list(model._base_manager.all()) == [other]


def test_a_link_is_read_in_a_browser_of_somebody_else(city: City) -> None:
    """Whoever is logged in there learns for whom it is, and that it was opened stays recorded."""
    mine, _colleague, foreign = people(city)
    made = Invitation.objects.create(
        user=foreign, token_hash=token_hash("abc"), expires_at=timezone.now() + dt.timedelta(days=1)
    )
    client = Client()
    client.force_login(mine)
    assert foreign.full_name in client.get("/people/invitation/abc/").content.decode()
    made.refresh_from_db()
    assert made.opened_at is not None
    answer = client.post("/people/invitation/abc/", {"password": "river-stone-77", "again": "river-stone-77"})
    assert "you are logged in as somebody else" in answer.content.decode()
