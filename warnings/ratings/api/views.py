"""API endpoints for ratings, runs and standards."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from enterprises.api.parameters import station_of
from foundation.accounts.selectors import stations_of
from foundation.rest.checked import Checked, CheckedDetail, CheckedList
from foundation.rest.key_order import InKeyOrder
from ratings import list_selectors as reads
from ratings.access import Scope
from ratings.api import payloads, serializers
from ratings.models import Evaluation, Standard


@extend_schema(parameters=[serializers.RatingParameters])
class Ratings(CheckedList):
    """List the ratings of a quarter in the key's area, ordered by enterprise id.

    Each rating is the latest revision. A quarter that is not officially rated has none. Following `next` stays in the
    same quarter, even if another one is published meanwhile.
    """

    scope = Scope.READ_RATINGS
    parameters = serializers.RatingParameters
    serializer_class = serializers.RatingSerializer
    key = "enterprise"

    def narrowing(self, runs: Sequence[Evaluation]) -> reads.Narrowing:
        """Return the filters of the request. ``runs`` are those of the quarter."""
        chosen = self.chosen
        station = station_of(self.actor, chosen.get("station"))
        return reads.Narrowing(
            colour=chosen.get("colour", ""),
            changed=chosen.get("changed", ""),
            station_id=station.pk if station else None,
            industry=chosen.get("industry", ""),
            text=chosen.get("q", ""),
        )

    def rows(self) -> InKeyOrder:
        runs = reads.official_runs(self.actor, self.chosen.get("period", ""))
        narrowing = self.narrowing(runs)
        self.runs = {run.pk: run for run in runs}
        self.period = runs[0].period_code if runs else ""
        return InKeyOrder(
            lambda **bound: [
                rating for _id, rating in reads.in_order(self.actor, runs, narrowing=narrowing, **bound)
            ],
            self.payloads,
        )

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        for link in ("next", "previous"):  # stay in this quarter even if another one is published meanwhile
            if response.data[link]:
                response.data[link] = replace_query_param(response.data[link], "period", self.period)
        return response

    def payloads(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        rows = reads.rows(self.actor, ids)
        replaced = reads.replaced_by(self.actor, rows, self.runs.values())
        return [
            payloads.enterprise_fields(row)
            | payloads.rating_fields(row, self.runs[row.evaluation_id], replaced.get(row.enterprise_id))
            for row in rows
        ]


@extend_schema(parameters=[serializers.RatingDetailParameters])
class RatingDetail(CheckedDetail):
    """Return the rating of an enterprise currently in force, with a line for each criterion."""

    scope = Scope.READ_RATINGS
    parameters = serializers.RatingDetailParameters
    serializer_class = serializers.RatingDetailSerializer

    def row(self) -> dict[str, Any]:
        chosen = self.chosen
        found = reads.rating_of(
            self.actor, enterprise_id=self.kwargs["pk"], period_code=chosen.get("period", "")
        )
        if found is None:
            raise Http404
        rating, replaced = found
        run = rating.evaluation
        return (
            payloads.enterprise_fields(rating)
            | payloads.rating_fields(rating, run, replaced)
            | {"lines": payloads.lines(rating, run)}
        )


@extend_schema(parameters=[serializers.HistoryParameters])
class RatingHistory(CheckedDetail):
    """List the most recent ratings of an enterprise, newest quarter first, each in its latest revision."""

    scope = Scope.READ_RATINGS
    parameters = serializers.HistoryParameters
    serializer_class = serializers.HistoriesSerializer

    def row(self) -> dict[str, Any]:
        enterprise_id = self.kwargs["pk"]
        found = reads.quarters_of(self.actor, enterprise_id=enterprise_id, quarters=self.chosen["quarters"])
        if not found and not reads.is_visible(self.actor, enterprise_id):
            raise Http404
        return {
            "enterprise": enterprise_id,
            "quarters": [payloads.rating_fields(rating, rating.evaluation, older) for rating, older in found],
        }


class OfBureau(Checked):
    """An endpoint about the whole bureau."""

    @cached_property
    def sees_the_bureau(self) -> bool:
        """Whether the key's area is the whole bureau. A narrower key must not learn the counts of other stations."""
        return set(stations_of(self.actor.bureau_id)) <= set(self.actor.stations)


class Evaluations(OfBureau, CheckedList):
    """List the complete official runs of the bureau: quarterly evaluations, corrections and interim vetoes."""

    scope = Scope.READ_EVALUATIONS
    serializer_class = serializers.EvaluationSerializer

    def rows(self) -> Any:
        return reads.official_evaluations(self.actor)


class EvaluationDetail(OfBureau, CheckedDetail):
    """Return one official run."""

    scope = Scope.READ_EVALUATIONS
    serializer_class = serializers.EvaluationSerializer

    def row(self) -> Evaluation:
        return reads.official_evaluations(self.actor).get(pk=self.kwargs["pk"])


class Standards(CheckedList):
    """List the published standards of the bureau; `adopted` marks the one that official evaluations use."""

    scope = Scope.READ_EVALUATIONS
    serializer_class = serializers.StandardSerializer

    def rows(self) -> Any:
        return reads.standards_marked(self.actor)


class StandardDetail(CheckedDetail):
    """Return one version of a standard: its text, and its meaning in plain sentences."""

    scope = Scope.READ_EVALUATIONS
    serializer_class = serializers.StandardDetailSerializer

    def row(self) -> Standard:
        return reads.standards_marked(self.actor).get(pk=self.kwargs["pk"])
