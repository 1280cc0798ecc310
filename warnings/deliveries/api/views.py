"""API endpoints for messages, receipts and subscriptions."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from deliveries import selectors
from deliveries.access import Scope
from deliveries.api import serializers
from deliveries.models import Event, Receipt, Subscription
from deliveries.operations import acknowledge, give_feedback, replay, tune_subscription
from foundation.accounts.access import NotAllowed
from foundation.rest.checked import Checked, CheckedDetail, CheckedList
from foundation.rest.problems import InvalidParameter, Problem, Refused

# --- messages ----------------------------------------------------------------------------------------------------


@extend_schema(parameters=[serializers.EventParameters])
class Events(CheckedDetail):
    """List the messages of a subscription after a number, in order. They are the same messages that are pushed.

    Use it if your receiver was down or cannot be reached. Repeat with `next_after` while `more` is true, then poll from
    time to time. A number ahead of the last message is a 409 with `last_sequence`.
    """

    scope = Scope.READ_EVENTS
    parameters = serializers.EventParameters
    serializer_class = serializers.EventsSerializer
    refusals = ("409",)

    def row(self) -> dict[str, Any]:
        subscription = self._subscription(self.chosen.get("subscription"))
        after = self.chosen["after"]
        if after > subscription.last_sequence:
            raise Refused(_ahead(after, subscription.last_sequence))
        found, more = selectors.next_events(
            self.actor, subscription_id=subscription.pk, after=after, limit=self.chosen["limit"]
        )
        return {
            "subscription": subscription.pk,
            "events": selectors.with_payloads(self.actor, found),
            "next_after": found[-1].sequence if found else after,
            "more": more,
        }

    def _subscription(self, subscription_id: int | None) -> Subscription:
        mine = selectors.subscriptions(self.actor)
        if subscription_id is not None:
            return mine.get(pk=subscription_id)
        active = list(mine.filter(active=True)[:2])
        if len(active) != 1:
            words = (
                _("The key has access to no active subscription.")
                if not active
                else _("There is more than one active subscription. Say which one.")
            )
            raise InvalidParameter({"subscription": [words]})
        return active[0]


def _ahead(after: int, last: int) -> Problem:
    """Return the problem of a number that was never written: another subscription's, or one of a server restored since."""
    words = _("Message %(after)s was not written yet: the last one is %(last)s.") % {
        "after": after,
        "last": last,
    }
    return Problem(409, "wrong-state", words, more={"last_sequence": last})


class EventDetail(CheckedDetail):
    """Return one message."""

    scope = Scope.READ_EVENTS
    serializer_class = serializers.EventSerializer

    def row(self) -> Event:
        subscription_id, sequence = self.kwargs["subscription"], self.kwargs["sequence"]
        event = selectors.events(self.actor, subscription_id=subscription_id).get(sequence=sequence)
        return selectors.with_payloads(self.actor, [event])[0]


class Answering(Checked):
    """An endpoint that changes the receipt of a message."""

    scope: str | Mapping[str, str] = Scope.ANSWER_EVENTS
    serializer_class: type[BaseSerializer] | None = serializers.ReceiptSerializer

    def read_before(self, subscription_id: int, sequence: int) -> None:
        """Raise NotAllowed if the key's area hides the payload: a message that cannot be read cannot be answered."""
        if selectors.area_of(self.actor) is None:
            return
        event = selectors.events(self.actor, subscription_id=subscription_id).get(sequence=sequence)
        if selectors.with_payloads(self.actor, [event])[0].visible_payload is None:
            raise NotAllowed(Scope.ANSWER_EVENTS)


class Acknowledgement(Answering):
    """Acknowledge a message 签收, to say that it was read. Repeating it changes nothing."""

    def post(self, request: Request, subscription: int, sequence: int) -> Response:
        self.read_before(subscription, sequence)
        receipt = acknowledge(actor=self.actor, subscription_id=subscription, sequence=sequence)
        return Response(self.serialize(receipt))


class Feedback(Answering):
    """Give feedback on a message 反馈: what was done about it. Acknowledges it too.

    The receipt has the last feedback; all of it is among the answers.
    """

    request_serializer_class = serializers.FeedbackSerializer

    def post(self, request: Request, subscription: int, sequence: int) -> Response:
        self.read_before(subscription, sequence)
        receipt: Receipt = give_feedback(
            actor=self.actor, subscription_id=subscription, sequence=sequence, text=self.given()["text"]
        )
        return Response(self.serialize(receipt))


# --- subscriptions -----------------------------------------------------------------------------------------------


class Subscriptions(CheckedList):
    """List the department's subscriptions that are within the key's area."""

    scope = Scope.READ_SUBSCRIPTIONS
    serializer_class = serializers.SubscriptionSerializer

    def rows(self) -> Any:
        return selectors.subscriptions(self.actor)

    def paginate_queryset(self, queryset: Any) -> Any:
        return selectors.with_station_codes(super().paginate_queryset(queryset) or [])


class SubscriptionDetail(CheckedDetail):
    """Return or change a subscription. The department may change title, colours and transitions only."""

    scope = {"GET": Scope.READ_SUBSCRIPTIONS, "PATCH": Scope.WRITE_SUBSCRIPTIONS}
    serializer_class = serializers.SubscriptionSerializer
    request_serializer_class = serializers.TuneSerializer

    def row(self) -> Subscription:
        return selectors.with_station_codes([selectors.subscriptions(self.actor).get(pk=self.kwargs["pk"])])[
            0
        ]

    def patch(self, request: Request, pk: int) -> Response:
        row = self.matched()
        present = {name: getattr(row, name) for name in ("title", "colours", "transitions")}
        tune_subscription(
            actor=self.actor, subscription_id=pk, version=row.version, **{**present, **self.given()}
        )
        return Response(self.serialize(self.row()))


class Replay(CheckedDetail):
    """Push messages again from a number on, with the same `webhook-id` as the first time.

    With `to_sequence` only up to that number; what follows is not repeated.
    """

    scope = Scope.WRITE_SUBSCRIPTIONS
    serializer_class = serializers.SubscriptionSerializer
    request_serializer_class = serializers.ReplaySerializer
    http_method_names = ["post"]

    def row(self) -> Subscription:
        return selectors.with_station_codes([selectors.subscriptions(self.actor).get(pk=self.kwargs["pk"])])[
            0
        ]

    def post(self, request: Request, pk: int) -> Response:
        replay(actor=self.actor, subscription_id=pk, **self.given())
        return Response(self.serialize(self.row()))
