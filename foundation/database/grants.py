"""Privileges of the two database roles around migrations.

Policies do not bind the owner while migrations run, but do afterwards. The runtime role gets its privileges at the end.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

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
    """Grant the runtime role DML on all tables after migrations, on ``append_only`` models only INSERT and SELECT.

    On the owner's connection only, so a migration through the runtime role grants nothing.
    """
    connection = connections[using]
    role = str(settings.DATABASES[DEFAULT_DB_ALIAS].get("USER") or "")
    if using != OWNER or role == connection.settings_dict["USER"]:
        return  # one role for both: nothing to grant, and the start-up check refuses it
    quote = connection.ops.quote_name
    closed = {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}
    present = set(connection.introspection.table_names())
    grants = [
        f"GRANT USAGE ON SCHEMA public TO {quote(role)}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}",
        *(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {quote(role)}"
            for table in closed & present
        ),
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quote(role)}",
    ]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("; ".join(grants))


def _switch(condition: str, action: str, using: str) -> None:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            f"AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER') AND {condition}"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} {action}")
