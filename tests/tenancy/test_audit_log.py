"""The audit log: anybody may append, nothing is changed, and the present owner of an entry reads it."""

import pytest
from django.db import DataError, ProgrammingError, connection, transaction

from enterprises.models import Enterprise
from foundation.accounts.models import AuditEntry
from foundation.database.appending import append
from foundation.tenancy.scope import Audience, Scope, station_scope
from tests.factories import EnterpriseFactory
from tests.fixtures import City, scope_of, scope_of_bureau, scope_of_enterprise


def entry(action: str, **owner: int) -> AuditEntry:
    return AuditEntry(actor_name="x", role="system", action=action, object_type="tests.Object", **owner)


def actions() -> set[str]:
    return set(AuditEntry.objects.values_list("action", flat=True))


@pytest.fixture
def log(city: City) -> Enterprise:
    """Written without any scope, like a failed log-in."""
    enterprise = EnterpriseFactory(station=city.first)
    append(
        [
            entry("platform"),
            entry("bureau", bureau_id=city.bureau.pk),
            entry("station", bureau_id=city.bureau.pk, station_id=city.first.pk),
            entry(
                "enterprise", bureau_id=city.bureau.pk, station_id=city.first.pk, enterprise_id=enterprise.pk
            ),
            entry("foreign bureau", bureau_id=city.other_bureau.pk),
            entry("foreign station", bureau_id=city.other_bureau.pk, station_id=city.elsewhere.pk),
        ]
    )
    return enterprise


def test_each_reads_what_belongs_to_them(city: City, log: Enterprise) -> None:
    with scope_of(city.first):
        assert actions() == {"bureau", "station", "enterprise"}
    with scope_of(city.second):
        assert actions() == {"bureau"}
    with scope_of_bureau(city.bureau):
        assert actions() == {"bureau", "station", "enterprise"}
    with scope_of_bureau(city.other_bureau):
        assert actions() == {"foreign bureau", "foreign station"}
    with station_scope(Scope(audience=Audience.OPERATOR)):
        assert actions() == {"platform"}


def test_enterprises_and_departments_read_nothing(city: City, log: Enterprise) -> None:
    with scope_of_enterprise(log):
        assert actions() == set()
    with station_scope(Scope(bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT)):
        assert actions() == set()


def test_the_log_of_an_enterprise_follows_a_hand_over(city: City, log: Enterprise) -> None:
    with scope_of(city.first, city.second):
        Enterprise.objects.filter(pk=log.pk).update(station=city.second)
    with scope_of(city.first):
        assert actions() == {"bureau", "station"}
    with scope_of(city.second):
        assert actions() == {"bureau", "enterprise"}


def test_reading_needs_a_scope(log: Enterprise) -> None:
    with pytest.raises((ProgrammingError, DataError)), transaction.atomic():
        actions()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET reason = 'changed'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
        "ALTER TABLE accounts_auditentry DISABLE ROW LEVEL SECURITY",
        "DROP TABLE accounts_auditentry",
    ],
)
def test_it_only_grows(city: City, log: Enterprise, statement: str) -> None:
    with (
        scope_of(city.first),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        cursor.execute(statement)
    with scope_of(city.first):
        assert actions() == {"bureau", "station", "enterprise"}
