"""The API endpoint of test events."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import selectors
from deliveries.access import Scope
from deliveries.meanings import meaning_of
from deliveries.models import TestEvent
from deliveries.operations import send_test_event
from deliveries.operations.testing import TYPE, TooManyTests
from foundation.rest.checked import CheckedDetail
from foundation.rest.problems import Problem, Refused

STATES = ("sending", "delivered", "failed", "lost")


class TestEventSerializer(serializers.ModelSerializer):
    """A test event and what the receiver answered."""

    __test__ = False

    type = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField(
        help_text="`sending`: the answer is not known yet, ask again. `lost`: no answer was recorded, send another."
    )
    http_status = serializers.IntegerField(source="status", allow_null=True)
    fault = serializers.CharField(
        help_text="A code such as `status`, `timeout`, `connection`, `tls`; empty if the receiver accepted it."
    )
    meaning = serializers.SerializerMethodField(help_text="What the answer probably means, for people.")
    advice = serializers.SerializerMethodField(help_text="What to do about it, for people.")

    class Meta:
        model = TestEvent
        fields = [
            "message_id",
            "subscription",
            "type",
            "state",
            "requested_at",
            "sent_at",
            "answered_at",
            "duration_ms",
            "http_status",
            "fault",
            "meaning",
            "advice",
        ]
        read_only_fields = fields
        extra_kwargs = {"message_id": {"help_text": "The `webhook-id` that was sent."}}

    @extend_schema_field(serializers.ChoiceField(choices=[TYPE]))
    def get_type(self, row: TestEvent) -> str:
        return TYPE

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, row: TestEvent) -> str:
        return selectors.state_of_test(row)

    def get_meaning(self, row: TestEvent) -> str:
        return str(meaning_of(row.outcome, row.fault, row.status).why) if row.answered_at else ""

    def get_advice(self, row: TestEvent) -> str:
        return str(meaning_of(row.outcome, row.fault, row.status).act) if row.answered_at else ""


class TestEvents(CheckedDetail):
    """Return the last test event of a subscription, or send one.

    It is signed and sent as a message is, but has no number, is not among the events, and contains no ratings. It is
    on its way when the POST is answered: GET tells what the receiver answered.
    """

    __test__ = False
    scope = {"GET": Scope.READ_SUBSCRIPTIONS, "POST": Scope.WRITE_SUBSCRIPTIONS}
    serializer_class = TestEventSerializer
    status = 202

    def row(self) -> TestEvent:
        found = selectors.sent_tests(self.actor, subscription_id=self.kwargs["pk"]).first()
        if found is None:
            raise TestEvent.DoesNotExist
        return found

    def post(self, request: Request, pk: int) -> Response:
        try:
            made: Any = send_test_event(actor=self.actor, subscription_id=pk)
        except TooManyTests as error:
            headers = {"Retry-After": str(error.retry_after_s)}
            raise Refused(Problem(429, "too-many-requests", str(error), headers=headers)) from error
        return Response(self.serialize(made), status=self.status)
