"""What must hold of models and database before any work: ``manage.py check`` and the start of each process."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, models

from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import AuditPolicy, CompositeForeignKey, Policy

DIRECTORY = "directory"  # readable before a scope exists: who may log in, and where
CUSTODY = ("enterprise_id", "station_id")


def project_models() -> list[type[models.Model]]:
    """Return the models of this project that have a table, without those of installed packages."""
    root = Path(settings.BASE_DIR)
    configs = [
        config
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(root) and "site-packages" not in config.path
    ]
    return [
        model
        for config in configs
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def policies_of(model: type[models.Model]) -> list[Policy]:
    """Return the row-level security policies that a model declares."""
    return [constraint for constraint in model._meta.constraints if isinstance(constraint, Policy)]


@checks.register(checks.Tags.models)
def check_models(app_configs: Any = None, **_options: Any) -> list[checks.CheckMessage]:
    """tenancy.E001 and E002 for the project's models."""
    return [*policy_errors(project_models()), *composite_key_errors(project_models())]


def policy_errors(candidates: Iterable[type[models.Model]]) -> list[checks.CheckMessage]:
    """E001: a model neither has a policy nor declares itself part of the directory."""
    return [
        checks.Error(
            f"{model._meta.label} has no row-level security policy.",
            hint="Add a StationPolicy or BureauPolicy to Meta.constraints; only models that must be readable before "
            'a scope exists set tenancy = "directory".',
            obj=model,
            id="tenancy.E001",
        )
        for model in candidates
        if not policies_of(model) and getattr(model, "tenancy", None) != DIRECTORY
    ]


def composite_key_errors(candidates: Iterable[type[models.Model]]) -> list[checks.CheckMessage]:
    """E002: station and enterprise are columns of one row, but nothing keeps the pair together."""
    errors: list[checks.CheckMessage] = []
    for model in candidates:
        columns = {field.column for field in model._meta.concrete_fields}
        keys = [rule.columns for rule in model._meta.constraints if isinstance(rule, CompositeForeignKey)]
        single = [
            field.name
            for field in model._meta.concrete_fields
            if field.column == "enterprise_id"
            and isinstance(field, models.ForeignKey)
            and getattr(field, "db_constraint", True)
        ]
        plain = any(
            isinstance(rule, AuditPolicy) for rule in model._meta.constraints
        )  # numbers that outlive it
        if columns.issuperset(CUSTODY) and not plain and CUSTODY not in keys:
            message = "could point at an enterprise of another station"
        elif single and CUSTODY in keys:
            message = "has a second, simple key to the enterprise, which a hand-over does not need"
        else:
            continue
        errors.append(
            checks.Error(
                f"{model._meta.label} {message}.",
                hint="ForeignKey(db_constraint=False) and a CompositeForeignKey on (enterprise_id, station_id).",
                obj=model,
                id="tenancy.E002",
            )
        )
    return errors


@checks.register(checks.Tags.database)
def check_database(databases: Any = None, **_options: Any) -> list[checks.CheckMessage]:
    """E003: the database does not hold what the models promise. Silent on a database without any migration."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
        if cursor.fetchone()[0]:
            return []
    return [checks.Error(problem, id="tenancy.E003") for problem in database_problems()]


def assert_database_safe(using: str = DEFAULT_DB_ALIAS) -> None:
    """Refuse to start on a database that does not keep the tenants apart. ImproperlyConfigured names all reasons.

    Uses a connection of its own: the process may fork afterwards and must not pass on an open one.
    """
    connection = connections[using].copy()
    try:
        problems = _problems(connection)
    finally:
        connection.close()
    if problems:
        raise ImproperlyConfigured("The database is not safe to work with:\n- " + "\n- ".join(problems))


def database_problems(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return one sentence for each fault of the runtime role, the policies or the encoding."""
    return _problems(connections[using])


def _problems(connection: Any) -> list[str]:
    with connection.cursor() as cursor:
        return [*_role_problems(cursor), *_encoding_problems(cursor), *_table_problems(cursor)]


def _role_problems(cursor: Any) -> Iterable[str]:
    cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    role, superuser, bypasses = cursor.fetchone()
    if superuser:
        yield f"The runtime role {role} is a superuser: policies do not bind it. Use a role with DML only."
    if bypasses:
        yield f"The runtime role {role} has BYPASSRLS: policies do not bind it."
    if superuser:
        return  # a superuser is a member of every role, so the next check would always fail
    cursor.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND pg_has_role(current_user, relowner, 'MEMBER')"
    )
    if owned := cursor.fetchone()[0]:
        yield (
            f"The runtime role {role} owns {owned} tables or is a member of their owner, so it could switch "
            "policies off. Migrate with the owner role of DATABASE_OWNER_URL."
        )
    # A function of its own named clock_timestamp(), put first in the search path, would date the log.
    cursor.execute(
        "SELECT has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'CREATE')"
    )
    if cursor.fetchone()[0]:
        yield (
            f"The runtime role {role} may create functions: REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}, "
            f"and REVOKE CREATE ON DATABASE from it."
        )
    cursor.execute("SELECT has_database_privilege(current_database(), 'TEMPORARY'), current_database()")
    temporary, database = cursor.fetchone()
    if temporary:
        yield (
            f"The runtime role {role} may create temporary tables: migrate, or as the owner of the database "
            f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}."
        )


def _encoding_problems(cursor: Any) -> Iterable[str]:
    cursor.execute("SHOW server_encoding")
    (encoding,) = cursor.fetchone()
    if encoding != "UTF8":
        yield f"The database is encoded in {encoding}: create it with UTF8."
        return
    cursor.execute(
        "SELECT '安' ~ '^[[:alpha:]]$'"
    )  # tests the behaviour of the character type, whatever its provider
    if not cursor.fetchone()[0]:
        yield "The database does not recognise Chinese letters: create it with C.UTF-8 or another UTF-8 locale, not C."


def _table_problems(cursor: Any) -> Iterable[str]:
    cursor.execute(
        "SELECT relname, relrowsecurity AND relforcerowsecurity, "
        "has_table_privilege(oid, 'UPDATE') OR has_any_column_privilege(oid, 'UPDATE') "
        "OR has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE'), "
        "has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE'), "
        "has_table_privilege(oid, 'INSERT') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    tables = {name: privileges for name, *privileges in cursor.fetchall()}
    cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
    installed: dict[str, set[str]] = {}
    for table, policy in cursor.fetchall():
        installed.setdefault(table, set()).add(policy)
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    keys = {name for (name,) in cursor.fetchall()}
    cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
    triggers = {name for (name,) in cursor.fetchall()}
    for model in project_models():
        table = model._meta.db_table
        if table not in tables:
            yield f"The table {table} is missing: run the migrations."
            continue
        forced, changeable, deletable, insertable = tables[table]
        wanted = {name for policy in policies_of(model) for name in policy.policy_names(model)}
        found = installed.get(table, set())
        if missing := sorted(wanted - found):
            yield f"The table {table} lacks the policies {', '.join(missing)}: run the migrations."
        if foreign := sorted(found - wanted):
            yield f"The table {table} has policies that no model declares: {', '.join(foreign)}."
        if wanted and not forced:
            yield f"Row-level security of {table} is not enabled and forced."
        if getattr(model, "append_only", False) and changeable:
            yield f"The runtime role may change {table}, which must only grow: migrate with the owner role."
        elif deletable and not getattr(model, "deletable", False):
            yield f"The runtime role may delete rows of {table}, which stay: migrate with the owner role."
        if insertable and hasattr(model, "set_by_database"):
            yield f"The runtime role may fill columns of {table} that the database fills: migrate with the owner role."
        for rule in model._meta.constraints:
            if isinstance(rule, CompositeForeignKey) and rule.name not in keys:
                yield f"The table {table} lacks the key {rule.name}: run the migrations."
            elif isinstance(rule, Kept) and rule.name not in triggers:
                yield f"The table {table} lacks the trigger {rule.name}: run the migrations."
