"""Ratings, runs and standards in the API for departments."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enterprises.api.parameters import RegisterParameters
from enterprises.api.serializers import StationSerializer
from enterprises.choices import Colour
from ratings.api import payloads
from ratings.choices import OFFICIAL, EvaluationKind
from ratings.explain.standard import describe
from ratings.list_selectors import CHANGED, WAYS
from ratings.models import Evaluation, Standard
from ratings.standards.parsing import book_of

COLOURS = Colour.choices
CAUSES = [(kind.value, kind.label) for kind in EvaluationKind if kind in OFFICIAL]
PERIOD = r"^(19|20|21)\d{2}Q[1-4]$"


class RatingParameters(RegisterParameters):
    """Filters of the ratings of a quarter."""

    period = serializers.RegexField(
        PERIOD,
        required=False,
        help_text="A quarter such as 2026Q3. Default: the latest officially rated quarter.",
    )
    changed = serializers.ChoiceField(
        choices=[*WAYS, CHANGED],
        required=False,
        help_text="Only enterprises whose colour differs from the previous quarter: `up`, `down` (neither includes "
        "changes from or to grey) or `any`.",
    )


class RatingDetailParameters(serializers.Serializer):
    """The quarter of a rating."""

    period = serializers.RegexField(
        PERIOD, required=False, help_text="A quarter such as 2026Q3. Default: the latest rated quarter."
    )


class HistoryParameters(serializers.Serializer):
    """The length of a history."""

    quarters = serializers.IntegerField(
        min_value=1, max_value=40, default=8, required=False, help_text="The maximum number of quarters."
    )


class StandardReferenceSerializer(serializers.Serializer):
    """A version of a standard."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    version = serializers.IntegerField()


class ReplacedSerializer(serializers.Serializer):
    """The rating that a revision replaced."""

    colour = serializers.ChoiceField(choices=COLOURS)
    score = serializers.FloatField(allow_null=True)
    revision = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer):
    """A criterion that cost points."""

    criterion = serializers.CharField()
    reason = serializers.ChoiceField(choices=[payloads.LOST, payloads.NO_EVIDENCE])
    points_lost = serializers.FloatField(allow_null=True, help_text="Of 100 in all.")


class LineSerializer(serializers.Serializer):
    """One criterion of a rating."""

    criterion = serializers.CharField()
    group = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the serializer's label
    points = serializers.FloatField(
        allow_null=True, help_text="Negative if the criterion only deducts points."
    )
    maximum = serializers.FloatField(allow_null=True)
    reason = serializers.ChoiceField(
        choices=payloads.REASONS,
        help_text="`full`, `lost`, `no_evidence` (lost because nothing was recorded), `not_applicable`.",
    )


class HistorySerializer(serializers.Serializer):
    """The latest revision of a quarter's rating."""

    period = serializers.CharField()
    effective_on = serializers.DateField()
    colour = serializers.ChoiceField(choices=COLOURS, help_text="`grey`: not rated.")
    previous_colour = serializers.ChoiceField(
        choices=COLOURS,
        allow_null=True,
        help_text="The colour of the previous quarter; null if there was none.",
    )
    score = serializers.FloatField(allow_null=True, help_text="0 to 100; null if not rated.")
    groups = serializers.DictField(
        child=serializers.FloatField(allow_null=True),
        help_text="Share of each group's points, 0 to 1; null if no criterion applied.",
    )
    reasons = ReasonSerializer(many=True)
    decided_by = serializers.CharField(
        help_text="Code of the last step that changed the colour; empty if the score alone decided."
    )
    flags = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of all vetoes, ceilings and floors that apply."
    )
    revision = serializers.IntegerField()
    cause = serializers.ChoiceField(choices=CAUSES, help_text="Why this revision exists.")
    replaces = ReplacedSerializer(allow_null=True)
    evaluation = serializers.IntegerField(help_text="Id of the run that produced the rating.")
    standard = StandardReferenceSerializer()


class RatedEnterpriseSerializer(serializers.Serializer):
    """The rated enterprise."""

    enterprise = serializers.IntegerField()
    name = serializers.CharField()
    credit_code = serializers.CharField()
    site = serializers.CharField()
    industry = serializers.CharField()
    station = StationSerializer()


class RatingSerializer(RatedEnterpriseSerializer, HistorySerializer):  # the enterprise's fields come first
    """An enterprise's rating for a quarter."""


class RatingDetailSerializer(RatingSerializer):
    """An enterprise's rating with a line for each criterion."""

    lines = LineSerializer(many=True)


class HistoriesSerializer(serializers.Serializer):
    """The ratings of one enterprise for its most recent quarters, newest first."""

    enterprise = serializers.IntegerField()
    quarters = HistorySerializer(many=True)


class EvaluationSerializer(serializers.ModelSerializer):
    """A complete official run."""

    period = serializers.CharField(source="period_code")
    kind = serializers.ChoiceField(choices=CAUSES)
    standard = StandardReferenceSerializer()
    counts = serializers.SerializerMethodField(
        help_text="Number of enterprises by colour in the whole bureau; for a correction, only those it revised. null if "
        "the key's area is not the whole bureau."
    )

    class Meta:
        model = Evaluation
        fields = [
            "id",
            "period",
            "kind",
            "run",
            "standard",
            "effective_on",
            "completed_at",
            "counts",
            "digest",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {"digest": {"help_text": "Depends only on the results."}}

    def get_counts(self, row: Evaluation) -> dict[str, int] | None:
        if not self.context["view"].sees_the_bureau:
            return None
        return {str(colour): int(row.counts.get(colour, 0)) for colour in Colour.values}


class StandardSerializer(serializers.ModelSerializer):
    """A published version of a rating standard."""

    title = serializers.CharField(source="spoken_title")
    adopted = serializers.BooleanField(help_text="Whether the next official evaluation uses it.")

    class Meta:
        model = Standard
        fields = ["id", "code", "version", "title", "adopted", "published_at"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"validators": []}}


class StandardDetailSerializer(StandardSerializer):
    """A standard with its text, and a description of it in plain sentences."""

    text = serializers.CharField(source="body", help_text="TOML.")
    told = serializers.SerializerMethodField(
        help_text="The standard in words: groups with criteria and rules, vetoes, ceilings, decisions and inspection cycles."
    )

    class Meta(StandardSerializer.Meta):
        fields = [*StandardSerializer.Meta.fields, "text", "told"]

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_told(self, row: Standard) -> dict[str, Any]:
        return plain(describe(book_of(row.body)))


def plain(value: Any) -> Any:
    """Return a value with its decimals as floats, at any depth."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | bool | int) else float(value)
