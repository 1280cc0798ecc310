"""What the department says of a message, or of one enterprise in it, in the API."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import answers, operations
from deliveries.access import Scope
from deliveries.api.views import Answering
from deliveries.choices import Progress
from deliveries.models import Answer
from deliveries.operations.receipts import LONGEST
from deliveries.selectors import receipts
from foundation.ids import LARGEST_ID
from foundation.rest.fields import TextField, WholeField
from foundation.rest.parameters import NoParameters

PAGE = 500


class AnswerParameters(serializers.Serializer):
    """Where to go on."""

    after = serializers.IntegerField(
        min_value=0, max_value=LARGEST_ID, default=0, help_text="Answers after the one with this `id`."
    )
    limit = serializers.IntegerField(min_value=1, max_value=PAGE, default=PAGE)


class SaidSerializer(serializers.Serializer):
    """One answer. Nothing that was said is changed later; the last `progress` of an enterprise counts."""

    id = serializers.IntegerField()
    enterprise = serializers.IntegerField(allow_null=True, help_text="null: the message as a whole.")
    progress = serializers.ChoiceField(
        choices=["", *Progress.values],
        help_text="`noted` 已知悉, `in_work` 办理中, `done` 已办结; empty: as before.",
    )
    text = serializers.CharField()
    at = serializers.DateTimeField()
    by_name = serializers.CharField()


class AnswersSerializer(serializers.Serializer):
    """The answers to a message, oldest first. Repeat with `after` = `next_after` while `more` is true."""

    subscription = serializers.IntegerField()
    sequence = serializers.IntegerField()
    answers = SaidSerializer(many=True)
    next_after = serializers.IntegerField(help_text="The `id` of the last answer here.")
    more = serializers.BooleanField()


class AnswerBody(serializers.Serializer):
    """What the department says: how far it is, words, or both."""

    enterprise = WholeField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        help_text="An `enterprise` of the message; without one, the answer is about the message as a whole.",
    )
    progress = serializers.ChoiceField(choices=Progress.choices, required=False)
    text = TextField(max_length=LONGEST, required=False)


class Answers(Answering):
    """List what the department answered to a message, or add an answer. An answer also acknowledges the message 签收.

    At most 100 answers about one enterprise of a message, or about the whole of it, are taken, and 5,000 to a message in
    all; then 409. After an answer the last ones are returned, this one at the end.
    """

    scope = {"GET": Scope.READ_EVENTS, "POST": Scope.ANSWER_EVENTS}
    serializer_class = AnswersSerializer
    request_serializer_class = AnswerBody

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.parameters = NoParameters if request.method == "POST" else AnswerParameters
        super().initial(request, *args, **kwargs)

    @extend_schema(request=None, parameters=[AnswerParameters])
    def get(self, request: Request, subscription: int, sequence: int) -> Response:
        if not receipts(self.actor, subscription_id=subscription).filter(sequence=sequence).exists():
            raise Http404
        self.read_before(subscription, sequence)
        found, more = answers.page_of_message(
            self.actor, subscription_id=subscription, sequence=sequence, **self.chosen
        )
        return self._answer(subscription, sequence, found, more=more)

    def post(self, request: Request, subscription: int, sequence: int) -> Response:
        self.read_before(subscription, sequence)
        given = self.given()
        operations.answer(
            actor=self.actor,
            subscription_id=subscription,
            sequence=sequence,
            enterprise_id=given.get("enterprise", answers.WHOLE_MESSAGE),
            progress=given.get("progress", ""),
            text=given.get("text", ""),
        )
        said = answers.of_message(self.actor, subscription_id=subscription, sequence=sequence)
        return self._answer(subscription, sequence, list(said.reverse()[:PAGE])[::-1], more=False)

    def _answer(self, subscription: int, sequence: int, rows: Sequence[Answer], *, more: bool) -> Response:
        told = {"subscription": subscription, "sequence": sequence, "answers": [*map(_fields, rows)]}
        told |= {"next_after": rows[-1].pk if rows else self.chosen.get("after", 0), "more": more}
        return Response(self.serialize(told))


def _fields(row: Answer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "enterprise": row.enterprise_id or None,
        "progress": row.progress,
        "text": row.text,
        "at": row.at,
        "by_name": row.by_name,
    }
