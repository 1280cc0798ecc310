"""What a validation error adds for programs: the values a field allows, its pattern, the names that exist."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

MOST = 100  # values that an error lists

Hints = Callable[[Sequence[str]], Mapping[str, Any]]


def hints_of(serializer: serializers.Serializer, besides: frozenset[str] = frozenset()) -> Hints:
    """Return a function that returns the hint for a place in a body or query, a path of names and positions."""

    def hint(path: Sequence[str]) -> Mapping[str, Any]:
        field: Any = serializer
        for step in path:
            if isinstance(field, serializers.ListField | serializers.ListSerializer) and step.isdigit():
                field = field.child
                continue
            fields = getattr(field, "fields", None)
            if fields is None:
                return {}
            if step not in fields:
                return {"allowed": sorted({*fields, *(besides if field is serializer else ())})}
            field = fields[step]
        return _of_field(field)

    return hint


def _of_field(field: Any) -> Mapping[str, Any]:
    if isinstance(field, serializers.ChoiceField):
        return {"allowed": [str(value) for value in field.choices][:MOST]}
    for validator in getattr(field, "validators", ()):
        if isinstance(validator, RegexValidator):
            pattern = validator.regex
            return {"pattern": getattr(pattern, "pattern", str(pattern))}
    return {}
