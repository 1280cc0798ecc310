"""Messages, receipts and subscriptions as a department's systems read them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deliveries.choices import ANY, EventKind, Paused
from deliveries.models import Event, Receipt, Subscription
from deliveries.models.subscription import validate_transition
from deliveries.operations.receipts import LONGEST
from enterprises.choices import Colour
from foundation.ids import LARGEST_ID
from foundation.rest.fields import TextField, WholeField

PAUSED = [(why.value, why.label) for why in Paused if why.value]
ENDED, PULLED, PAUSED_STATE, FAILING, PUSHING = "ended", "pulled", "paused", "failing", "pushing"
TRANSITION = r"^(green|yellow|red|grey|none|\*)>(green|yellow|red|grey|\*)$"


class EventParameters(serializers.Serializer):
    """Which messages."""

    subscription = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        help_text="May be left out where the department has exactly one that is active.",
    )
    after = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_ID,
        default=0,
        required=False,
        help_text="The number of the last message you have.",
    )
    limit = serializers.IntegerField(
        min_value=1,
        max_value=100,
        default=20,
        required=False,
        help_text="At most so many; fewer where they are large.",
    )


class ReceiptSerializer(serializers.ModelSerializer):
    """What became of a message: pushed, acknowledged, answered."""

    class Meta:
        model = Receipt
        fields = [
            "subscription",
            "sequence",
            "delivered_at",
            "acknowledged_at",
            "acknowledged_by_name",
            "feedback",
            "feedback_at",
            "feedback_by_name",
        ]
        extra_kwargs = {
            "subscription": {"read_only": True},
            "delivered_at": {"help_text": "When a push was answered with success; null while none was."},
        }


class EventSerializer(serializers.ModelSerializer):
    """One message. `payload` is what is pushed, `message_id` its `webhook-id`."""

    type = serializers.ChoiceField(source="kind", choices=EventKind.choices)
    payload = serializers.SerializerMethodField(
        help_text="As pushed (docs/deliveries.md). null: it tells of stations outside the key's area."
    )
    receipt = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = ["message_id", "subscription", "sequence", "type", "created_at", "payload", "receipt"]
        extra_kwargs = {"message_id": {"validators": []}, "subscription": {"read_only": True}}

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_payload(self, row: Event) -> Any:
        return row.visible_payload

    @extend_schema_field(ReceiptSerializer)
    def get_receipt(self, row: Event) -> Any:
        return ReceiptSerializer(row.receipt).data


class EventsSerializer(serializers.Serializer):
    """Messages of one subscription in order."""

    subscription = serializers.IntegerField()
    events = EventSerializer(many=True)
    next_after = serializers.IntegerField(help_text="Send it as `after` to have what follows.")
    more = serializers.BooleanField(help_text="Whether something follows now.")


class FeedbackSerializer(serializers.Serializer):
    """What was done about a message."""

    text = TextField(max_length=LONGEST)


class SubscriptionSerializer(serializers.ModelSerializer):
    """What the department is told, and how far the push has got."""

    stations = serializers.SerializerMethodField(help_text="Codes of stations; none: all of the bureau.")
    state = serializers.SerializerMethodField(
        help_text="`pulled`: no address, nothing is pushed. `failing`: tried again and again."
    )
    paused_why = serializers.ChoiceField(choices=[("", ""), *PAUSED], help_text="Empty: it is not paused.")
    waiting = serializers.IntegerField(help_text="Messages written and not delivered yet.")

    class Meta:
        model = Subscription
        fields = [
            "id",
            "title",
            "topics",
            "stations",
            "industries",
            "colours",
            "transitions",
            "state",
            "paused_why",
            "last_sequence",
            "last_delivered",
            "last_delivered_at",
            "waiting",
            "failing_since",
            "next_try_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "last_sequence": {"help_text": "The last message written."},
            "last_delivered": {"help_text": "The last message the receiver took."},
        }

    def get_stations(self, row: Subscription) -> list[str]:
        return row.station_codes

    @extend_schema_field(serializers.ChoiceField(choices=[ENDED, PULLED, PAUSED_STATE, FAILING, PUSHING]))
    def get_state(self, row: Subscription) -> str:
        if not row.active:
            return ENDED
        if not row.url:
            return PULLED
        if row.paused_why:
            return PAUSED_STATE
        return FAILING if row.failing_since else PUSHING


class TuneSerializer(serializers.Serializer):
    """What a department may change itself; what is left out stays."""

    title = TextField(max_length=120, required=False)
    colours = serializers.ListField(
        child=serializers.ChoiceField(choices=Colour.choices),
        max_length=50,
        required=False,
        help_text="Empty: every colour.",
    )
    transitions = serializers.ListField(
        child=serializers.RegexField(TRANSITION, validators=[validate_transition]),
        max_length=50,
        required=False,
        help_text="As `green>red`, `*>red`, `none>*` (rated for the first time). Empty: every step.",
    )

    def validate_transitions(self, steps: list[str]) -> list[str]:
        """Without ``*>*``, which narrows nothing; the pages do not keep it, either."""
        return [step for step in steps if step != f"{ANY}>{ANY}"]


class ReplaySerializer(serializers.Serializer):
    """From which message on."""

    from_sequence = WholeField(min_value=1, max_value=LARGEST_ID)
