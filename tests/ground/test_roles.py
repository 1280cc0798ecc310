"""The tests themselves run as the runtime role, on tables of the owner role."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction


@pytest.mark.django_db
def test_the_tests_run_as_the_runtime_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        owners = cursor.fetchall()
    assert user == settings.DATABASES["default"]["USER"]
    assert owners == [(settings.DATABASES["owner"]["USER"],)]
    assert database.startswith("test_")


@pytest.mark.django_db
def test_the_runtime_role_changes_no_table() -> None:
    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE django_migrations ADD mine int",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'mine')",
        "SET ROLE anqi_owner",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_committing_test_leaves_empty_tables() -> None:
    from django.utils import timezone

    from foundation.accounts.models import Session

    assert not Session.objects.exists(), "the fixture emptied the table after the test before"
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now())


test_a_committing_test_leaves_empty_tables_again = test_a_committing_test_leaves_empty_tables


@pytest.mark.django_db
def test_chinese_is_understood() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT '安' ~ '[[:alpha:]]', lower('É'), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == (True, "é", "UTF8")


def test_the_cache_is_this_workers_own() -> None:
    cache.set("mine", 1)
    assert cache.get("mine") == 1
    assert not settings.CELERY_BROKER_URL.endswith("/0")
