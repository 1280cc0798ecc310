"""Query parameters as a serializer reads them: the same filters as on the pages, but nonsense is told, not ignored."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from foundation.rest.problems import InvalidParameter

PAGING = frozenset({"cursor", "page_size"})


class NoParameters(serializers.Serializer):
    """An address that takes none."""


def read(
    parameters: type[serializers.Serializer], query: Mapping[str, Any], besides: frozenset[str]
) -> dict[str, Any]:
    """The parameters of a request, checked. InvalidParameter names each that is wrong or unknown.

    A misspelt name is refused: a filter that is ignored answers with everything.
    """
    given = {name: value for name, value in query.items() if name not in besides}
    serializer = parameters(data=given)
    wrong: dict[str, Any] = {} if serializer.is_valid() else dict(serializer.errors)
    for name in set(given) - set(serializer.fields):
        wrong[name] = [_("There is no such parameter.")]
    if wrong:
        raise InvalidParameter(wrong)
    return dict(serializer.validated_data)
