"""Query parameters of the register's endpoints."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enterprises.choices import Colour
from enterprises.selectors import list_stations
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.identifiers import readable
from foundation.rest.problems import InvalidParameter


@extend_schema_field({"type": "string", "maxLength": 32, "format": "anqi-station"})
class StationCodeField(serializers.CharField):
    """The code of a station; :func:`station_of` checks that it is in the key's area."""


class IndustryField(serializers.RegexField):
    """The beginning of a GB/T 4754 code, also in full width. Small letters stay refused, as ever in this version."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[A-T](\d{2}(\d{1,2})?)?$", **options)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(readable(data) if isinstance(data, str) else data)


class RegisterParameters(serializers.Serializer):
    """Filters for enterprises and ratings."""

    q = serializers.CharField(
        max_length=100,
        required=False,
        trim_whitespace=False,
        help_text="Every word must occur in the name, pinyin initials, codes or address.",
    )
    colour = serializers.ChoiceField(choices=Colour.choices, required=False)
    station = StationCodeField(
        max_length=32, required=False, help_text="The code of a police station of the key's area."
    )
    industry = IndustryField(
        required=False,
        help_text="The beginning of a GB/T 4754 code: C, C34, C343.",
    )


def station_of(actor: Actor, code: str | None) -> Station | None:
    """Return the station with this code in the actor's area, None without a code; InvalidParameter if there is none."""
    if not code:
        return None
    found = list_stations(actor).filter(code=code).first()
    if found is None:
        raise InvalidParameter({"station": [_("No police station in the key's area has this code.")]})
    return found
