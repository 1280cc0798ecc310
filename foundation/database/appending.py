"""Insert rows that the writer may not read, as in the audit log."""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import AutoField


def append(rows: Sequence[Any], using: str = DEFAULT_DB_ALIAS) -> None:
    """Insert unsaved instances of one model in one statement, without RETURNING; an automatic ``pk`` stays None.

    RETURNING is a read: row-level security would require that the writer sees the row, and a failed login has no scope
    at all. Columns that the model names as ``set_by_database`` are left out.
    """
    if not rows:
        return
    model = type(rows[0])
    by_database = getattr(model, "set_by_database", ())
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and field.name not in by_database and not isinstance(field, AutoField)
    ]
    model._base_manager.using(using)._insert(rows, fields=fields, using=using, returning_fields=None)
