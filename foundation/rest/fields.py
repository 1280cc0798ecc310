"""Body fields that accept only the type in the schema and convert nothing."""

from typing import Any

from django.utils.translation import gettext_lazy
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


class MomentField(serializers.DateTimeField):
    """A moment in the address: a ``+`` there means a blank, which is the usual reason why a zone is not understood."""

    default_error_messages = {
        "invalid": gettext_lazy(
            "Write a moment such as 2026-10-04T08:00:00+08:00; in an address, + is written %2B."
        )
    }
