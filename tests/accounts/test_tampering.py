"""Tampering shows: what whoever holds the runtime role can write into the log, and what they cannot take out."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, models, transaction
from django.utils import timezone

from foundation.accounts import auditing
from foundation.accounts.models import AuditEntry
from foundation.database.appending import append
from foundation.tenancy import checks
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House
from tests.fixtures import scope_of


def insert(columns: str, values: str) -> None:
    """Insert an entry as someone with the runtime role's password would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_auditentry (bureau_id, station_id, enterprise_id, action, object_type, object_id,"
            f" object_label, reason, before, after{columns})"
            f" VALUES (0, 0, 0, 'forged', 'user', 0, '', '', '{{}}', '{{}}'{values})"
        )


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (", id", ", 1"),
        (", at", ", '2020-01-01'"),
        (", actor_id, actor_name, role", ", 7, 'Somebody else', 'chief'"),
        (", address", ", '10.0.0.1'"),
        (", request_id", ", 'another'"),
    ],
)
def test_number_moment_and_actor_are_not_the_writers_to_say(db: None, columns: str, values: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        insert(columns, values)


def test_an_entry_dated_2020_of_another_user_goes_in_with_todays_date_and_its_own(house: House) -> None:
    chief, officer = house.actor("chief"), house.actor("officer")
    began = timezone.now()
    forged = auditing.entry(actor=chief, action="forged", target=house.city.first)
    forged.at, forged.pk = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), 1
    with station_scope(officer.scope()):
        append([forged])
    with scope_of(house.city.first):
        (entry,) = AuditEntry.objects.filter(action="forged")
    assert entry.at >= began
    assert (entry.actor_id, entry.actor_name, entry.role) == (officer.user_id, officer.name, officer.role)


def kept() -> list[type[models.Model]]:
    return [model for model in checks.project_models() if not getattr(model, "deletable", False)]


def test_only_these_may_be_deleted() -> None:
    """Everything else is history, or somebody's right: it is voided, revoked or ended, and stays."""
    deletable = {model._meta.label for model in checks.project_models()} - {
        model._meta.label for model in kept()
    }
    assert deletable == {
        "accounts.AuditValue",
        "accounts.Invitation",
        "accounts.PasswordRequest",
        "deliveries.Attempt",
        "inbox.Notification",
        "rest.StoredAnswer",
    }


def test_the_runtime_role_deletes_nothing_else(db: None) -> None:
    for model in kept():
        for statement in (f"DELETE FROM {model._meta.db_table}", f"TRUNCATE {model._meta.db_table}"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
