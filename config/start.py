"""What every process makes sure of before it works: a database that answers, is migrated and keeps the tenants apart.

Whatever is missing is one sentence for the person at the terminal, without a traceback.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from embedded.configuration import ServersError
from foundation.contributions.project import is_project_module
from foundation.tenancy.checks import assert_database_safe

MIGRATE = "Run manage.py migrate first (compose does it before every start)."
BY_THEMSELVES = {"migrate", "translations", "lives"}  # our commands that need no migrated database


def require_database() -> None:
    """Refuse to start a web server or a worker on a database that is away, not migrated or not safe."""
    require_migrated()
    try:
        assert_database_safe()
    except ImproperlyConfigured as error:
        raise ServersError(str(error)) from None


def require_migrated(using: str = DEFAULT_DB_ALIAS) -> None:
    """Refuse a database that does not answer, or lacks a migration of this version.

    Uses a connection of its own: the process may fork afterwards and must not pass on an open one.
    """
    connection = connections[using].copy()
    try:
        missing = pending(connection)
    except OperationalError as error:
        raise ServersError(database_sentence(error)) from None
    finally:
        connection.close()
    if missing:
        number = "1 migration" if len(missing) == 1 else f"{len(missing)} migrations"
        raise ServersError(
            f"The database is not ready for this version of Anqi: it lacks {number}, first {missing[0]}. {MIGRATE}"
        )


def pending(connection: Any) -> list[str]:
    """Return the names of the migrations that a database lacks, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]


def require_command(name: str) -> None:
    """Refuse to run one of our commands on a database that is away or not migrated."""
    app = get_commands().get(name, "")
    if is_project_module(app if isinstance(app, str) else app.__module__) and name not in BY_THEMSELVES:
        require_migrated()


def database_sentence(error: BaseException) -> str:
    """Return what is wrong with the database, in one sentence. PostgreSQL's messages contain no password."""
    return f"The database cannot be used: {first_line(error)}. Check DATABASE_URL and the server's log."


def broker_sentence(error: BaseException) -> str:
    """Return what is wrong with the broker, in one sentence."""
    return f"The broker (Redis) cannot be used: {first_line(error)}. Check REDIS_URL."


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message without its full stop."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(". ")
