"""Fields of a model, by name."""

from typing import Any

from django.db import models


def field_of(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    """Return a field that is a column of the model. Raise FieldDoesNotExist for an unknown name."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field
