"""Fields of bodies that take a value of the type the schema tells, and make none out of another."""

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """A string; no number that could be written as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeField(serializers.IntegerField):
    """A whole number; no string of digits, no truth value."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str | bool):
            self.fail("invalid")
        return super().to_internal_value(data)
