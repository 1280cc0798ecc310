"""What the runtime role may do, granted by the owner after each migration."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

OWNER = "owner"


def grant_runtime_role(using: str = OWNER, **_signal: Any) -> None:
    """Give the runtime role DML on all tables, and INSERT and SELECT alone where a model is ``append_only``.

    Runs on ``post_migrate`` of the owner's connection only, so a migration through the runtime role grants nothing.
    """
    if using != OWNER:
        return
    connection = connections[using]
    role = settings.DATABASES[DEFAULT_DB_ALIAS]["USER"]
    if role == connection.settings_dict["USER"]:
        return  # one role for both: the start-up check refuses it, there is nothing to grant
    quote = connection.ops.quote_name
    grants = [
        f"GRANT USAGE ON SCHEMA public TO {quote(role)}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}",
    ]
    present = set(connection.introspection.table_names())
    closed = [model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)]
    for table in sorted({*closed} & present):
        grants.append(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {quote(role)}")
    if "django_migrations" in present:
        grants.append(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quote(role)}")
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("; ".join(grants))
