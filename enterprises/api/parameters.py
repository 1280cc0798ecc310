"""Query parameters as a serializer reads them: the same filters as on the pages, but nonsense is told, not ignored."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enterprises.choices import Colour
from enterprises.selectors import list_stations
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.rest.problems import InvalidParameter

PAGING = frozenset({"cursor", "page_size"})


@extend_schema_field({"type": "string", "maxLength": 32, "format": "anqi-station"})
class StationCodeField(serializers.CharField):
    """The code of a station; whether the key's area has it, :func:`station_of` says."""


class RegisterParameters(serializers.Serializer):
    """What enterprises and ratings are narrowed by."""

    q = serializers.CharField(
        max_length=100,
        required=False,
        trim_whitespace=False,
        help_text="Every word stands in name, pinyin initials, codes or address.",
    )
    colour = serializers.ChoiceField(choices=Colour.choices, required=False)
    station = StationCodeField(
        max_length=32, required=False, help_text="The code of a police station of the key's area."
    )
    industry = serializers.RegexField(
        r"^[A-T](\d{2}(\d{1,2})?)?$",
        required=False,
        help_text="The beginning of a GB/T 4754 code: C, C34, C343.",
    )


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


def station_of(actor: Actor, code: str | None) -> Station | None:
    """The station of a code in the actor's area. InvalidParameter: there is none, or it is somebody else's."""
    if not code:
        return None
    found = list_stations(actor).filter(code=code).first()
    if found is None:
        raise InvalidParameter({"station": [_("No station of the key's area has this code.")]})
    return found
