"""Messages, receipts and subscriptions in the API for departments."""

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

# Clients of this version know no address that waits for the department; to them it is not approved yet.
TOLD = {Paused.CONFIRM: Paused.ADDRESS}
PAUSED = [(why.value, why.label) for why in Paused if why.value and why not in TOLD]
ENDED, PULLED, PAUSED_STATE, FAILING, PUSHING = "ended", "pulled", "paused", "failing", "pushing"
TRANSITION = r"^(green|yellow|red|grey|none|\*)>(green|yellow|red|grey|\*)$"


class EventParameters(serializers.Serializer):
    """The subscription and the range of messages."""

    subscription = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        help_text="Optional if the department has exactly one active subscription.",
    )
    after = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_ID,
        default=0,
        required=False,
        help_text="The number of the last message you have received.",
    )
    limit = serializers.IntegerField(
        min_value=1,
        max_value=100,
        default=20,
        required=False,
        help_text="The maximum number of messages; fewer are returned if they are large.",
    )


class ReceiptSerializer(serializers.ModelSerializer):
    """The receipt of a message: delivered, acknowledged, feedback."""

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
            "delivered_at": {"help_text": "When the receiver first accepted a push; null until then."},
        }


class EventSerializer(serializers.ModelSerializer):
    """One message. `payload` is the pushed body, `message_id` its `webhook-id`."""

    type = serializers.ChoiceField(source="kind", choices=EventKind.choices)
    payload = serializers.SerializerMethodField(
        help_text="As pushed (docs/deliveries.md). null if it covers stations outside the key's area."
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
    next_after = serializers.IntegerField(help_text="Send it as `after` to fetch the following messages.")
    more = serializers.BooleanField(help_text="Whether more messages are available now.")


class FeedbackSerializer(serializers.Serializer):
    """What the department did about a message."""

    text = TextField(max_length=LONGEST)


class SubscriptionSerializer(serializers.ModelSerializer):
    """A subscription of the department: its filters and the progress of the push."""

    stations = serializers.SerializerMethodField(
        help_text="Codes of stations; empty if it covers the whole bureau, also stations added later."
    )
    state = serializers.SerializerMethodField(
        help_text="`pulled`: there is no address, so nothing is pushed. `failing`: the push is being retried."
    )
    paused_why = serializers.SerializerMethodField(help_text="Empty if it is not paused.")
    waiting = serializers.IntegerField(help_text="Number of messages written but not delivered yet.")
    snapshot_pending = serializers.SerializerMethodField(
        help_text="Whether its first messages, today's state, are still being written. What is published meanwhile follows them."
    )

    class Meta:
        model = Subscription
        fields = [
            "id",
            "title",
            "topics",
            "whole_bureau",
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
            "snapshot_pending",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "last_sequence": {"help_text": "Number of the last message written."},
            "last_delivered": {"help_text": "Number of the last message the receiver accepted."},
        }

    def get_stations(self, row: Subscription) -> list[str]:
        return row.station_codes

    def get_snapshot_pending(self, row: Subscription) -> bool:
        return row.active and row.snapshot_asked_at is not None

    @extend_schema_field(serializers.ChoiceField(choices=[("", ""), *PAUSED]))
    def get_paused_why(self, row: Subscription) -> str:
        return TOLD.get(Paused(row.paused_why), row.paused_why)

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
    """The fields that a department may change itself; omitted fields keep their values."""

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
        help_text="Such as `green>red`, `*>red`, `none>*` (rated for the first time). Empty: every change.",
    )

    def validate_transitions(self, steps: list[str]) -> list[str]:
        """Drop ``*>*``, which does not filter. The pages do not store it either."""
        return [step for step in steps if step != f"{ANY}>{ANY}"]


class ReplaySerializer(serializers.Serializer):
    """The numbers of the first and, if not all that follow are wanted, the last message to send again."""

    from_sequence = WholeField(min_value=1, max_value=LARGEST_ID)
    to_sequence = WholeField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        help_text="The same as `from_sequence` for one message alone. At most 1,000 messages at once.",
    )
