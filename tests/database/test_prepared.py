"""Statements that a connection plans once show what they would show planned anew, whoever asks."""

import time
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import BigIntegerField, TextField, Value

from enterprises.models import Enterprise
from foundation.database import prepared as prepared_statements
from foundation.database.composing import AnyOf, OfStations, Parameter, Statement, union
from foundation.database.prepared import Prepared
from foundation.tenancy.scope import Audience, Scope, station_scope
from tests.factories import EnterpriseFactory
from tests.fixtures import City

pytestmark = pytest.mark.django_db
LATER = 8  # times: PostgreSQL plans the first five uses anew
LEAST = Parameter("least", BigIntegerField())
NAME = Parameter("name", TextField())


def _named(word: str) -> Statement:
    rows = Enterprise.objects.order_by().filter(OfStations("station_id"), pk__gt=LEAST)
    marked = rows.annotate(word=Value(word, output_field=TextField())).values_list("pk", "word")
    return union([marked, marked.exclude(pk__lte=LEAST)], order="1")


def _known() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


def test_it_returns_what_the_statement_returns(city: City) -> None:
    ids = [EnterpriseFactory(station=city.first).pk for _number in range(4)]
    statement = _named("50 % of '$1' \\ %s")
    prepared, before = Prepared(statement), _known()
    with station_scope(Scope((city.first.pk,), audience=Audience.SYSTEM)):
        for number in range(LATER):
            values = {"stations": [city.first.pk], "least": ids[number % 4]}
            found = prepared.rows(values)
            assert found == statement.rows(values)
            assert {word for _pk, word in found} <= {"50 % of '$1' \\ %s"}
        assert len(prepared.rows({"stations": [city.first.pk], "least": 0})) == 8
    assert len(_known() - before) == 1


def test_a_kept_plan_shows_each_scope_its_own(city: City) -> None:
    own, other = (EnterpriseFactory(station=each) for each in (city.first, city.second))
    prepared = Prepared(
        Statement.of(Enterprise.objects.order_by().filter(AnyOf("pk", "ids")).values_list("pk"))
    )
    for _time in range(LATER):
        for mine in (own, other):
            with station_scope(Scope((mine.station_id,), audience=Audience.SYSTEM)):
                assert prepared.rows({"ids": [own.pk, other.pk]}) == [(mine.pk,)]


def test_what_was_prepared_in_a_transaction_that_failed_is_still_known(city: City) -> None:
    prepared = Prepared(_named("failed"))
    values: dict[str, Any] = {"stations": [city.first.pk], "least": 0}
    with station_scope(Scope((city.first.pk,), audience=Audience.SYSTEM)):
        with suppress(DatabaseError), transaction.atomic():
            prepared.rows(values)
            connection.cursor().execute("SELECT 1/0")
        assert prepared.rows(values) == []
        with pytest.raises(DatabaseError), transaction.atomic():
            prepared.rows(values | {"least": "x"})
        assert prepared.rows(values) == []


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_connection_whose_statement_does_not_fit_its_table_any_more_is_closed_after_the_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else its pages would fail until it is renewed: PostgreSQL plans no result of another type. Only the owner has such a table."""
    owner = connections["owner"]
    monkeypatch.setattr(prepared_statements, "DEFAULT_DB_ALIAS", "owner")
    monkeypatch.setattr(owner, "close_at", time.monotonic() + 600)
    prepared = Prepared(Statement("SELECT name FROM changing WHERE name = %s", (NAME,)))
    with owner.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing (name varchar(10)) ON COMMIT DROP")
        assert prepared.rows({"name": "x"}) == []
        cursor.execute("ALTER TABLE changing ALTER name TYPE varchar(20)")
    with pytest.raises(DatabaseError, match="cached plan"), transaction.atomic("owner"):
        prepared.rows({"name": "x"})
    now = time.monotonic()
    assert owner.close_at is not None
    assert owner.close_at <= now


def test_a_parameter_that_is_missing_is_named(city: City) -> None:
    with pytest.raises(KeyError, match="least"):
        Prepared(_named("missing")).rows({"stations": [city.first.pk]})
