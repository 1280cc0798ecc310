"""Is company X red? The colours of what the department's subscriptions cover, in the API."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import colours
from deliveries.covering import coverage
from enterprises.api.serializers import StationSerializer
from enterprises.choices import Colour
from foundation.ids import LARGEST_ID
from foundation.rest.checked import Checked, CheckedDetail
from foundation.rest.fields import MomentField, TextField
from foundation.rest.problems import InvalidParameter
from ratings import list_selectors as reads
from ratings.access import Scope
from ratings.api import payloads
from ratings.api.serializers import (
    HistoryParameters,
    HistorySerializer,
    RatingParameters,
    RatingSerializer,
)
from ratings.api.views import Ratings
from ratings.models import Evaluation, Rating

LONGEST_CODE = 40
PUBLISHED = "When this rating was published."


class ColourParameters(RatingParameters):
    """Filters of the colours."""

    reason = serializers.RegexField(
        r"^[A-Z]{1,3}\d{0,3}$",
        required=False,
        help_text="Only enterprises that lost points at this criterion, such as `B2`.",
    )
    changed_since = MomentField(
        required=False,
        help_text="A moment: only ratings published then or later, such as the latest `published_at` that you have. A new "
        "quarter rates everybody anew; with `changed` only those whose colour is another. In an address, `+` is `%2B`.",
    )


class ColouredEnterpriseSerializer(RatingSerializer):
    """An enterprise's rating in force, and the publication it is from."""

    published_at = serializers.DateTimeField(source="visible_from", help_text=PUBLISHED)


@extend_schema(parameters=[ColourParameters])
class Colours(Ratings):
    """List the colours in force of everything that the department's subscriptions cover, ordered by enterprise id.

    It is narrowed by the key's area as well. What a subscription's colours and changes leave out of messages is listed here
    too. `period` is the latest rated quarter by default; following `next` stays in the same quarter.
    """

    parameters = ColourParameters
    serializer_class = ColouredEnterpriseSerializer
    tag = "colours"

    def narrowing(self, runs: Sequence[Evaluation]) -> reads.Narrowing:
        cover, chosen = coverage(self.actor), self.chosen
        where = cover.of_rows()
        if reason := chosen.get("reason"):
            where &= colours.lost_at(runs, reason)
        if since := chosen.get("changed_since"):
            where &= Q(visible_from__gte=since)
        plain = super().narrowing(runs)
        if cover.narrows_industries:
            return replace(plain, of_enterprise=where)
        return replace(plain, where=where)

    def payloads(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        rows = reads.rows(self.actor, ids)
        replaced = reads.replaced_by(self.actor, rows, self.runs.values())
        return [
            payloads.enterprise_fields(row)
            | rating_payload(row, self.runs[row.evaluation_id], replaced.get(row.enterprise_id))
            for row in rows
        ]


def rating_payload(rating: Rating, run: Evaluation, older: Rating | None = None) -> dict[str, Any]:
    """Return the fields of a rating, and when it was published."""
    return payloads.rating_fields(rating, run, older) | {"visible_from": rating.visible_from}


# --- by credit code ----------------------------------------------------------------------------------------------


class PublishedRatingSerializer(HistorySerializer):
    """A rating in force, and the publication it is from."""

    published_at = serializers.DateTimeField(source="visible_from", help_text=PUBLISHED)


class ToldSerializer(serializers.Serializer):
    """What the last message about an enterprise said that is no longer covered."""

    subscription = serializers.IntegerField()
    sequence = serializers.IntegerField(help_text="The number of the message.")
    period = serializers.CharField()
    colour = serializers.ChoiceField(choices=Colour.choices)
    created_at = serializers.DateTimeField(help_text="When the message was written.")


class FoundSerializer(serializers.Serializer):
    """An enterprise with this code: its last rating, or what a message told of it."""

    enterprise = serializers.IntegerField()
    name = serializers.CharField()
    site = serializers.CharField()
    industry = serializers.CharField()
    station = StationSerializer()
    colour = serializers.ChoiceField(
        choices=Colour.choices, allow_null=True, help_text="null if it was never rated. `grey`: not rated."
    )
    rating = PublishedRatingSerializer(
        allow_null=True, help_text="The last rating in force; null if it was never rated or is only `told`."
    )
    told = ToldSerializer(allow_null=True)


class CodeSerializer(serializers.Serializer):
    """What is known of a credit code."""

    credit_code = serializers.CharField(help_text="As it was sent.")
    answer = serializers.ChoiceField(
        choices=[each.value for each in colours.Known],
        help_text="`rated`; `not_rated`: covered, but never rated; `told`: no longer covered, the last message about it is "
        "repeated; `unknown`: not on the register or not covered, which is not told apart; `malformed`: no such code.",
    )
    enterprises = FoundSerializer(many=True, help_text="One for each site with this code.")


class CodesSerializer(serializers.Serializer):
    """The answers, in the order of the codes."""

    period = serializers.CharField(allow_null=True, help_text="The latest rated quarter; null without one.")
    published_at = serializers.DateTimeField(allow_null=True, help_text="The latest publication in it.")
    answers = CodeSerializer(many=True)


class CodesParameters(serializers.Serializer):
    """The codes to look up."""

    credit_code = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_CODE),
        max_length=colours.MOST_CODES,
        required=False,
        help_text="A unified social credit code. May be given up to 200 times.",
    )


class CodesAsked(CodesParameters):
    """The codes to look up, as GET must have them."""

    credit_code = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_CODE),
        min_length=1,
        max_length=colours.MOST_CODES,
        help_text="A unified social credit code. May be given up to 200 times.",
    )


class CodesBody(serializers.Serializer):
    """The codes to look up."""

    credit_codes = serializers.ListField(
        child=TextField(max_length=LONGEST_CODE), min_length=1, max_length=colours.MOST_CODES
    )


class LookUp(Checked):
    """Say of credit codes which colour their enterprises have now, and as of which publication."""

    scope = Scope.READ_RATINGS
    parameters = CodesParameters
    repeatable = frozenset({"credit_code"})
    serializer_class = CodesSerializer
    request_serializer_class = CodesBody
    tag = "colours"

    @extend_schema(parameters=[CodesAsked])
    def get(self, request: Request) -> Response:
        codes = self.chosen.get("credit_code")
        if not codes:
            raise InvalidParameter({"credit_code": [_("Give at least one code.")]})
        return self._answer(codes)

    def post(self, request: Request) -> Response:
        if "credit_code" in self.chosen:
            raise InvalidParameter({"credit_code": [_("Give the codes in the body.")]})
        return self._answer(self.given()["credit_codes"])

    def _answer(self, codes: Sequence[str]) -> Response:
        found = colours.look_up(self.actor, coverage(self.actor), codes)
        last = colours.last_publication(self.actor)
        answer = {
            "period": last and last.period,
            "published_at": last and last.at,
            "answers": [
                {"credit_code": code.asked, "answer": code.answer, "enterprises": [*map(_found, code.found)]}
                for code in found
            ],
        }
        return Response(self.serialize(answer))


def _found(found: colours.Found) -> dict[str, Any]:
    if found.told:
        told, said = found.told, found.told.rating
        return {
            name: said[name] for name in ("enterprise", "name", "site", "industry", "station", "colour")
        } | {
            "rating": None,
            "told": {
                "subscription": told.subscription,
                "sequence": told.sequence,
                "period": told.period,
                "colour": said["colour"],
                "created_at": told.at,
            },
        }
    enterprise, rating = found.enterprise, found.rating
    assert enterprise is not None
    return {
        "enterprise": enterprise.pk,
        "name": enterprise.name,
        "site": enterprise.site,
        "industry": enterprise.industry_code,
        "station": enterprise.station,
        "colour": rating.colour if rating else None,
        "rating": rating_payload(rating, rating.evaluation) if rating else None,
        "told": None,
    }


# --- one enterprise ----------------------------------------------------------------------------------------------


class MessageAboutSerializer(ToldSerializer):
    """A message about the enterprise."""


class ColourHistorySerializer(serializers.Serializer):
    """The colours of one enterprise, newest quarter first, and the messages about it, newest first."""

    enterprise = serializers.IntegerField()
    covered = serializers.BooleanField(
        help_text="Whether a subscription covers it now; if not, `quarters` is empty."
    )
    quarters = PublishedRatingSerializer(many=True)
    messages = MessageAboutSerializer(
        many=True, help_text="The last 12; empty for a key without the scope `events:read`."
    )


@extend_schema(parameters=[HistoryParameters])
class ColourHistory(CheckedDetail):
    """Return the colours of one enterprise that is covered now or that a message named."""

    scope = Scope.READ_RATINGS
    parameters = HistoryParameters
    serializer_class = ColourHistorySerializer
    tag = "colours"

    def row(self) -> dict[str, Any]:
        pk = self.kwargs["pk"]
        if pk > LARGEST_ID:
            raise Http404
        history = colours.history(self.actor, coverage(self.actor), pk, quarters=self.chosen["quarters"])
        if history is None:
            raise Http404
        return {
            "enterprise": pk,
            "covered": history.enterprise is not None,
            "quarters": [
                rating_payload(rating, rating.evaluation, older) for rating, older in history.quarters
            ],
            "messages": [
                {
                    "subscription": told.subscription,
                    "sequence": told.sequence,
                    "period": told.period,
                    "colour": told.rating["colour"],
                    "created_at": told.at,
                }
                for told in history.messages
            ],
        }
