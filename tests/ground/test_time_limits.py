"""No statement, lock or forgotten transaction holds a connection for ever; pages wait less than tasks, migrations longer."""

import sys

import pytest
from django.db import OperationalError, connection, transaction

from embedded.configuration import LIMITS_S
from tests.ground.processes import run

ASKED = (
    "import config.web; import django; django.setup(); from django.db import connections as c; "
    "print({alias: c[alias].settings_dict['OPTIONS']['options'] for alias in c if alias in ('default', 'owner')})"
)


def settings_in_force() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(LIMITS_S)])
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_the_runtime_role_has_every_limit() -> None:
    assert settings_in_force() == {name: str(seconds * 1000) for name, seconds in LIMITS_S.items()}


@pytest.mark.django_db
def test_a_statement_that_never_ends_is_ended() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        with pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute("SELECT pg_sleep(600)")
        transaction.set_rollback(True)


def test_pages_have_shorter_limits_and_migrations_only_the_one_for_locks() -> None:
    said = run(
        [sys.executable, "-c", ASKED], DJANGO_SETTINGS_MODULE="config.settings", LOCK_TIMEOUT_S="7"
    ).stdout
    assert "-c statement_timeout=30s -c lock_timeout=7s -c idle_in_transaction_session_timeout=60s" in said
    assert "-c statement_timeout=0s -c lock_timeout=60s -c idle_in_transaction_session_timeout=0s" in said
