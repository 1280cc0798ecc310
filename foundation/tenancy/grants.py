"""Privileges of the two database roles around migrations.

Policies do not bind the owner while migrations run, but do afterwards. The runtime role gets its privileges at the end.
"""

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Model

from foundation.tenancy.checks import project_models

OWNER = "owner"


def free_owner(using: str = OWNER, plan: Any = (), **_signal: Any) -> None:
    """Lift the policies from the owner before migrations. The runtime role stays bound.

    PostgreSQL validates a new foreign key with a query of the owner, which has no scope and would be refused. A data
    migration also works on all tenants.
    """
    if using == OWNER and plan:
        _switch("relforcerowsecurity", "NO FORCE ROW LEVEL SECURITY", using)


def bind_owner(using: str = OWNER, **_signal: Any) -> None:
    """Bind the owner to the policies after migrations.

    If a migration fails, this does not run; the start-up check then finds the tables left unbound.
    """
    if using == OWNER:
        _switch("relrowsecurity AND NOT relforcerowsecurity", "FORCE ROW LEVEL SECURITY", using)


def grant_runtime_role(using: str = OWNER, **_signal: Any) -> None:
    """Grant the runtime role DML after migrations, on its own tables less.

    1. It deletes only rows of models with ``deletable = True``, and of installed packages.
    2. On ``append_only`` models it has only INSERT and SELECT.
    3. On models with ``set_by_database`` it names all columns but those in an INSERT.
    4. It changes no primary key, which PostgreSQL would carry on into what refers to the row.

    On the owner's connection only, so a migration through the runtime role grants nothing.
    """
    connection = connections[using]
    role = str(settings.DATABASES[DEFAULT_DB_ALIAS].get("USER") or "")
    if using != OWNER or role == connection.settings_dict["USER"]:
        return  # one role for both: nothing to grant, and the start-up check refuses it
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        database = quote(cursor.fetchone()[0])
    present = set(connection.introspection.table_names())
    ours = [model for model in project_models() if model._meta.db_table in present]
    grants = [
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {quote(role)}",  # PostgreSQL before 15 granted it
        f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {quote(role)}",
        f"GRANT USAGE ON SCHEMA public TO {quote(role)}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}",
        *(
            f"REVOKE {revoked} ON {quote(model._meta.db_table)} FROM {quote(role)}"
            for model in ours
            if (revoked := _revoked(model))
        ),
        *(
            f"GRANT INSERT ({columns}) ON {quote(model._meta.db_table)} TO {quote(role)}"
            for model in ours
            if (columns := _own_columns(model, quote))
        ),
        *(
            f"GRANT UPDATE ({columns}) ON {quote(model._meta.db_table)} TO {quote(role)}"
            for model in ours
            if (columns := _changed_columns(model, quote))
        ),
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quote(role)}",
    ]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("; ".join(grants))


def _revoked(model: type[Model]) -> str:
    """Return the privileges that the runtime role does not have on a model's table."""
    only_grows = getattr(model, "append_only", False)
    held = {
        "INSERT": hasattr(model, "set_by_database"),
        "UPDATE": True,
        "DELETE, TRUNCATE": only_grows or not getattr(model, "deletable", False),
    }
    return ", ".join(privilege for privilege, revoked in held.items() if revoked)


def _own_columns(model: type[Model], quote: Any) -> str:
    """Return the columns that the runtime role fills, if there are some that it may not; "" otherwise."""
    if not hasattr(model, "set_by_database"):
        return ""
    by_database = {"id", *model.set_by_database}
    return ", ".join(
        quote(field.column) for field in model._meta.concrete_fields if field.name not in by_database
    )


def _changed_columns(model: type[Model], quote: Any) -> str:
    """Return the columns that the runtime role changes: none where rows only grow, else all but the primary key."""
    if getattr(model, "append_only", False):
        return ""
    return ", ".join(quote(field.column) for field in model._meta.concrete_fields if not field.primary_key)


def _switch(condition: str, action: str, using: str) -> None:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            f"AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER') AND {condition}"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} {action}")
