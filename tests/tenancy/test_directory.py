"""Role grants and API keys: read before a scope exists; within one, the database keeps bureaus apart here, too."""

from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from foundation.accounts.choices import Role
from foundation.accounts.models import ApiKey, RoleGrant
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.factories import ApiKeyFactory, DepartmentFactory, EnterpriseFactory, RoleGrantFactory
from tests.fixtures import City, scope_of, scope_of_enterprise

REFUSED = "violates row-level security policy"


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
