"""The API endpoint of test events."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import selectors
from deliveries.access import Scope
from deliveries.choices import Detail, Fault
from deliveries.diagnosis import diagnose
from deliveries.meanings import meaning_of
from deliveries.models import Attempt, TestEvent
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
        return _said_of(row)[0]

    def get_advice(self, row: TestEvent) -> str:
        return _said_of(row)[1]


def _said_of(row: Any) -> tuple[str, str]:
    """Return meaning and advice of a test event, as its page does; whose certificate was refused, the page alone says."""
    if row.answered_at is None:
        return "", ""
    attempt: Attempt | None = getattr(row, "attempt", None)
    if attempt is None:
        found = meaning_of(row.outcome, row.fault, row.status)
        return str(found.why), str(found.act)
    if attempt.fault == Fault.TLS and attempt.detail:
        found = meaning_of(row.outcome, row.fault, row.status)
        return f"{Detail(attempt.detail).label}. {found.why}", str(found.act)
    if (diagnosis := diagnose(attempt)) is not None:
        return str(diagnosis.meaning), str(diagnosis.remedy)
    found = meaning_of(row.outcome, row.fault, row.status, attempt.detail)
    return str(found.why), str(found.act)


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
        found: Any = selectors.sent_tests(self.actor, subscription_id=self.kwargs["pk"]).first()
        if found is None:
            raise TestEvent.DoesNotExist
        found.attempt = selectors.attempt_of_test(self.actor, found)
        return found

    def post(self, request: Request, pk: int) -> Response:
        try:
            made: Any = send_test_event(actor=self.actor, subscription_id=pk)
        except TooManyTests as error:
            headers = {"Retry-After": str(error.retry_after_s)}
            raise Refused(Problem(429, "too-many-requests", str(error), headers=headers)) from error
        return Response(self.serialize(made), status=self.status)
