"""Serializers of the register for departments' systems."""

from typing import Any, ClassVar

from rest_framework import serializers

from enterprises.choices import Colour
from enterprises.industries import section_name
from enterprises.models import Enterprise
from foundation.accounts.models import Station


class StationSerializer(serializers.ModelSerializer):
    """A police station."""

    class Meta:
        model = Station
        fields = ["code", "name"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"validators": []}}


class EnterpriseSerializer(serializers.ModelSerializer):
    """An enterprise: identification, industry and colour. No persons, no telephone numbers."""

    industry = serializers.CharField(source="industry_code", help_text="GB/T 4754, empty where unknown.")
    section = serializers.SerializerMethodField(help_text="The section of the industry in words.")
    station = StationSerializer(help_text="Who looks after it now.")
    colour = serializers.ChoiceField(choices=Colour.choices, help_text="`grey`: not rated.")
    score = serializers.FloatField(allow_null=True, help_text="0 to 100; null where it is not rated.")
    rated_period = serializers.CharField(help_text="The quarter of colour and score, empty before the first.")
    closed_on = serializers.DateField(
        allow_null=True,
        read_only=True,
        help_text="Since when it is closed or merged into another; null if it is not.",
    )
    merged_into = serializers.IntegerField(
        allow_null=True,
        read_only=True,
        help_text="The id of the enterprise it was merged into; null if it was not, or not into one of the key's area.",
    )

    class Meta:
        model = Enterprise
        fields = [
            "id",
            "name",
            "credit_code",
            "site",
            "address",
            "division_code",
            "industry",
            "section",
            "category",
            "station",
            "colour",
            "score",
            "rated_period",
            "closed_on",
            "merged_into",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            name: {"validators": []}
            for name in ("name", "credit_code", "site", "address", "division_code", "category")
        }

    def get_section(self, row: Enterprise) -> str:
        return section_name(row.industry_code)
