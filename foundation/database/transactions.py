"""PostgreSQL settings that last as long as the transaction, and whether it can still run a statement."""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS


def set_local(connection: BaseDatabaseWrapper, settings: Mapping[str, str]) -> None:
    """Set settings until the end of the transaction, in one statement."""
    calls = ", ".join("set_config(%s, %s, true)" for _name in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])


def exchange_local(connection: BaseDatabaseWrapper, settings: Mapping[str, str]) -> dict[str, str]:
    """Set settings until the end of the transaction and return their previous values, in one statement."""
    # the columns of one row are evaluated from left to right
    calls = ["current_setting(%s)"] * len(settings) + ["set_config(%s, %s, true)"] * len(settings)
    written = [part for pair in settings.items() for part in pair]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(calls)}", [*settings, *written])
        before = cursor.fetchone()[: len(settings)]
    return dict(zip(settings, before, strict=True))


def takes_statements(connection: BaseDatabaseWrapper) -> bool:
    """Return whether a transaction is open and has not failed.

    In a failed one every statement raises an error, which would hide the original one. A rollback also takes back the
    settings written since.
    """
    return (
        connection.connection is not None
        and not connection.needs_rollback
        and connection.connection.info.transaction_status == TRANSACTION_STATUS_INTRANS
    )
