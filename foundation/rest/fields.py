"""Body fields that accept only the type in the schema and convert nothing."""

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """A string; not a number."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeField(serializers.IntegerField):
    """An integer; not a string of digits or a boolean."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str | bool):
            self.fail("invalid")
        return super().to_internal_value(data)
