"""Query parameters, read by a serializer. The same filters as on the pages, but invalid values are errors."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from foundation.rest.hints import hints_of
from foundation.rest.problems import InvalidParameter

PAGING = frozenset({"cursor", "page_size"})


class NoParameters(serializers.Serializer):
    """For endpoints without parameters."""


def read(
    parameters: type[serializers.Serializer], query: Mapping[str, Any], besides: frozenset[str]
) -> dict[str, Any]:
    """Return the checked parameters of a request. Raise InvalidParameter that names each wrong or unknown one.

    A misspelt name is refused: a filter that is ignored would return everything.
    """
    given = {name: value for name, value in query.items() if name not in besides}
    serializer = parameters(data=given)
    wrong: dict[str, Any] = {} if serializer.is_valid() else dict(serializer.errors)
    for name in set(given) - set(serializer.fields):
        wrong[name] = [_("This parameter does not exist.")]
    if wrong:
        raise InvalidParameter(wrong, hints_of(serializer, besides))
    return dict(serializer.validated_data)
