"""Fields of a model, by name."""

from typing import Any

from django.db import models


def field_of(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    """Return a field that is a column of the model. Raise FieldDoesNotExist for an unknown name."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def written_out(model: type[models.Model]) -> dict[str, Any]:
    """Return the values that the database would give to the fields of a new row, by name.

    A row that leaves them to the database holds expressions instead. Of such rows Django sends each cell by itself, of
    others each column as one array, which saves a third of the time to insert them.
    """
    return {
        field.name: field.db_default
        for field in model._meta.concrete_fields
        if field.has_db_default() and not field.has_default() and not hasattr(field.db_default, "as_sql")
    }
