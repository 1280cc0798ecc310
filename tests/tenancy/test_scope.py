"""Entering, nesting and leaving a scope."""

from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from enterprises.models import Enterprise
from foundation.tenancy.scope import NO_STATION, Audience, Scope, current_scope, station_scope
from tests.factories import BureauFactory, EnterpriseFactory, StationFactory
from tests.fixtures import City, scope_of

LOUD = (ProgrammingError, DataError)


def names() -> set[str]:
    return set(Enterprise.objects.values_list("name", flat=True))


@pytest.fixture
def enterprises(city: City) -> City:
    EnterpriseFactory(station=city.first, name="Ours")
    EnterpriseFactory(station=city.second, name="Theirs")
    return city


@pytest.mark.parametrize("audience", [Audience.POLICE, Audience.SYSTEM])
def test_an_accidentally_empty_scope_is_refused(audience: Audience) -> None:
    with pytest.raises(ValueError, match="at least one station"):
        Scope((), bureau=1, audience=audience)
    assert Scope(NO_STATION, bureau=1, audience=audience).settings()["app.stations"] == "{0}"


@pytest.mark.parametrize(
    "fields",
    [
        {"stations": (1,), "audience": Audience.ENTERPRISE},
        {"stations": (1,), "enterprise": 5, "audience": Audience.POLICE},
        {"audience": Audience.DEPARTMENT},
        {"stations": ("1",), "audience": Audience.POLICE},
        {"stations": (-1,), "audience": Audience.POLICE},
        {"stations": (True,), "audience": Audience.POLICE},
        {"stations": (1,), "audience": "everybody"},
    ],
)
def test_a_contradictory_scope_is_refused(fields: dict) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (seven sentences)
        Scope(**fields)


def test_one_statement_opens_a_scope(enterprises: City, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3), scope_of(enterprises.first):  # enter, read, leave
        assert names() == {"Ours"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_when_the_transaction_ends() -> None:
    station = StationFactory()
    EnterpriseFactory(station=station, name="Ours")
    with scope_of(station):
        assert connection.in_atomic_block
        assert names() == {"Ours"}
    assert not connection.in_atomic_block
    assert current_scope() is None
    with pytest.raises(LOUD):
        names()
    with pytest.raises(LOUD), transaction.atomic():
        Enterprise.objects.update(name="Nobody's")
    with pytest.raises(LOUD):
        EnterpriseFactory._meta.model(station=station, bureau=station.bureau, name="New").save()


@pytest.mark.django_db(transaction=True)
def test_an_exception_undoes_the_outermost_scope() -> None:
    station = StationFactory()
    with pytest.raises(IntegrityError), scope_of(station):
        EnterpriseFactory.create_batch(2, station=station, external_id="twice")
    with scope_of(station):
        assert names() == set()


def test_leaving_a_scope_inside_a_transaction_closes_it(enterprises: City) -> None:
    with scope_of(enterprises.first):
        pass
    with pytest.raises(LOUD), transaction.atomic():
        names()


def test_a_nested_scope_restores_the_outer_one(enterprises: City) -> None:
    with scope_of(enterprises.first) as outer:
        with scope_of(enterprises.second):
            assert names() == {"Theirs"}
            with scope_of(enterprises.first, enterprises.second):
                assert names() == {"Ours", "Theirs"}
            assert names() == {"Theirs"}
        assert names() == {"Ours"}
        assert current_scope() is outer


def test_a_released_savepoint_does_not_keep_the_inner_scope(enterprises: City) -> None:
    with scope_of(enterprises.first):
        with transaction.atomic(), scope_of(enterprises.second):
            assert names() == {"Theirs"}
        assert names() == {"Ours"}
        with scope_of(enterprises.second), transaction.atomic():
            assert names() == {"Theirs"}
        assert names() == {"Ours"}


def test_an_exception_restores_the_outer_scope(enterprises: City) -> None:
    with scope_of(enterprises.first) as outer:
        with pytest.raises(RuntimeError), scope_of(enterprises.second):
            raise RuntimeError
        assert names() == {"Ours"}
        with pytest.raises(RuntimeError), transaction.atomic(), scope_of(enterprises.second):
            raise RuntimeError
        assert names() == {"Ours"}
        assert current_scope() is outer


def test_a_database_error_restores_the_outer_scope(enterprises: City) -> None:
    with scope_of(enterprises.first) as outer:
        with pytest.raises(DataError), transaction.atomic(), scope_of(enterprises.second):
            connection.cursor().execute("SELECT 1 / 0")
        assert names() == {"Ours"}
        with scope_of(enterprises.second):
            with pytest.raises(DataError), transaction.atomic():
                connection.cursor().execute("SELECT 1 / 0")
            assert names() == {"Theirs"}
        assert names() == {"Ours"}
        assert current_scope() is outer


def test_a_rolled_back_savepoint_keeps_the_scope_it_was_opened_in(enterprises: City) -> None:
    with scope_of(enterprises.second):
        with transaction.atomic():
            with scope_of(enterprises.first):
                pass
            transaction.set_rollback(True)
        assert names() == {"Theirs"}


def test_a_bureau_without_stations_sees_nothing(enterprises: City) -> None:
    with station_scope(Scope(NO_STATION, bureau=BureauFactory().pk, audience=Audience.POLICE)):
        assert names() == set()
