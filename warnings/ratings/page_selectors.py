"""Reads of the pages of the warning: a quarter at a glance, changed colours, runs and the comparison of a trial.

1. A supervisor's quarter can have a hundred thousand ratings of 1.5 kB each, and a rating never changes. So the figures
   of a quarter are computed once and cached; see :func:`_cached`.
2. The ratings of a quarter come from its regular run and from later corrections and interim vetoes, which revise some
   of them. :data:`IN_FORCE` and :data:`NOT_REVISED` select the latest of each enterprise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from enterprises.models import Custody, Enterprise
from enterprises.selectors import matching, visible
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.database.caching import claim, remembered
from foundation.database.planner import without_nested_loops
from foundation.periods import Period
from foundation.tenancy.scope import Audience
from ratings.choices import DOWN, OFFICIAL, UP, EvaluationState
from ratings.explain.rating import why
from ratings.models import Evaluation, Rating
from ratings.selectors import evaluations
from ratings.standards.parsing import book_of
from ratings.standards.rulebook import Rulebook

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _InForce(TypedDict):
        colour_in_force: str
        score_in_force: Decimal | None

    ComparedRating = WithAnnotations[Rating, _InForce]

__all__ = [
    "changed",
    "claim_warming",
    "compare",
    "compared",
    "figures",
    "first_of",
    "in_force",
    "moved",
    "moves",
    "quarters",
    "rows_of",
    "runs_of",
    "siblings",
    "stations_of",
    "unfinished",
    "warm",
    "why",
]

COLOURS = ("green", "yellow", "red", "grey")
KEPT_S = 24 * 3600
FIRST = 500  # ids of changed ratings that are cached, in the order of the list
WHOLE_BUREAU = (Role.SUPERVISOR, "system")  # roles that see all stations of their bureau
HAZARD_MEASURES = ("hazards_closed_on_time", "hazards_closed", "hazards_overdue")

IN_FORCE = (
    """r.station_id = ANY(%(stations)s) AND r.evaluation_id = ANY(%(runs)s) AND r.visible_from <= %(now)s"""
)
NOT_REVISED = """ AND NOT EXISTS (SELECT 1 FROM ratings_rating n WHERE n.evaluation_id = ANY(%(later)s)
    AND n.enterprise_id = r.enterprise_id AND n.period_code = r.period_code AND n.revision > r.revision)"""


def quarters(actor: Actor) -> list[Period]:
    """Return the officially rated quarters, newest first."""
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    codes = official.order_by("-period_code").values_list("period_code", flat=True).distinct()
    return [Period.parse(code) for code in codes]


def runs_of(actor: Actor, period: Period) -> list[Evaluation]:
    """Return the complete official runs of a quarter with their standards, oldest first."""
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    return list(official.filter(period_code=period.code).defer("enterprise_ids").order_by("run"))


@dataclass
class Figures:
    """A quarter at a glance. ``moved`` counts by (colour before, colour now), with "" before if there was no rating."""

    moved: dict[tuple[str, str], int] = field(default_factory=dict)
    vetoed: int = 0
    uninspected: int = 0
    closed_on_time: int = 0
    closed: int = 0
    overdue: int = 0
    lost: dict[str, Decimal] = field(default_factory=dict)  # code of a line → sum of the points lost

    @property
    def counts(self) -> dict[str, int]:
        return {colour: sum(n for (_b, now), n in self.moved.items() if now == colour) for colour in COLOURS}

    @property
    def before(self) -> dict[str, int]:
        return {colour: sum(n for (was, _n), n in self.moved.items() if was == colour) for colour in COLOURS}

    @property
    def total(self) -> int:
        return sum(self.moved.values())

    @property
    def rated(self) -> int:
        return sum(n for (_before, now), n in self.moved.items() if now != "grey")

    @property
    def new(self) -> int:
        """Enterprises without a rating in the previous quarter."""
        return sum(n for (before, _now), n in self.moved.items() if not before)

    @property
    def looks_back(self) -> bool:
        return self.new < self.total

    @property
    def on_time_rate(self) -> Decimal | None:
        """Closed on time ÷ (closed + overdue), in percent."""
        judged = self.closed + self.overdue
        return Decimal(self.closed_on_time * 100) / judged if judged else None

    def moves(self, pairs: Sequence[tuple[str, str]]) -> int:
        return sum(self.moved.get(pair, 0) for pair in pairs)

    @property
    def changed(self) -> int:
        return sum(n for (before, now), n in self.moved.items() if before and before != now)

    def listed(self, way: str) -> int:
        """Return how many ratings :func:`changed` lists without a search."""
        return self.moves({"down": DOWN, "up": UP}[way]) if way in ("down", "up") else self.changed

    def ranked_losses(self, book: Rulebook, most: int = 8) -> list[dict[str, Any]]:
        """Return the lines with the largest average loss of points per rated enterprise, largest first."""
        rated = self.rated
        if not rated:
            return []
        losses = sorted(((lost / rated, code) for code, lost in self.lost.items() if lost > 0), reverse=True)
        return [{"code": code, "label": book.label(code), "lost": lost} for lost, code in losses[:most]]


def figures(
    actor: Actor, runs: Sequence[Evaluation], book: Rulebook, station_id: int | None = None
) -> Figures:
    """Return the figures of a quarter for the actor's stations, or one of them."""
    stations = stations_of(actor, station_id)
    return _cached("figures", actor, runs, stations, lambda: _add_up(runs, stations, book))


def claim_warming(evaluation_id: int) -> bool:
    """Return whether the caller should :func:`warm` a run: True only for the first caller."""
    return claim(("ratings:warm", evaluation_id), KEPT_S)


def warm(actor: Actor, evaluation_id: int) -> None:
    """Compute the figures of a complete run's quarter before a supervisor needs them.

    For a million ratings this takes seconds. ``actor`` is the system actor for all stations of the bureau; needs their
    scope.
    """
    run = evaluations(actor).get(pk=evaluation_id)
    if not run.is_trial:
        runs = runs_of(actor, run.period)
        figures(actor, runs, book_of(runs[-1].standard.body))


def stations_of(actor: Actor, station_id: int | None) -> list[int]:
    """Return the ids of the actor's stations, or of the chosen one if it is among them."""
    return sorted(set(actor.stations) & ({station_id} if station_id else set(actor.stations)))


def _cached(
    what: str, actor: Actor, runs: Sequence[Evaluation], stations: list[int], compute: Callable[[], Any]
) -> Any:
    """Return a value that depends only on the ratings of these runs and stations, from the cache if possible.

    The key contains the tenant, the runs, the stations and a stamp of the stations' enterprises, which changes when
    enterprises are handed over. It is not needed for all stations of a bureau, which enterprises cannot leave.
    """
    ids = [run.pk for run in runs]
    stamp = "all"
    if actor.role not in WHOLE_BUREAU or stations != sorted(actor.stations):
        # Departures change the number of enterprises, arrivals the last custody that ended.
        held = Enterprise.objects.filter(station_id__in=stations).count()
        came = Custody.objects.filter(station_id__in=stations).aggregate(last=Max("id"))["last"]
        stamp = f"{held}-{came}"
    # Police and system see all ratings of the stations. Others may see fewer, so they do not share the entry.
    audience = "" if actor.is_police or actor.audience is Audience.SYSTEM else str(actor.audience)
    return remembered((f"ratings:{what}", audience, actor.bureau_id, ids, stations, stamp), compute, KEPT_S)


def _add_up(runs: Sequence[Evaluation], stations: list[int], book: Rulebook) -> Figures:
    """Compute the figures with two queries over the ratings in force: counts by movement, and losses by line."""
    ids = [run.pk for run in runs]
    params: dict[str, Any] = {
        "stations": stations,
        "runs": ids,
        "later": ids[1:],
        "now": timezone.now(),
        "vetoes": [veto.code for veto in book.vetoes],
    }
    where = IN_FORCE + (NOT_REVISED if len(runs) > 1 else "")
    positions = []
    for run in runs:  # each run stores measures in its own order
        places = ", ".join(str(run.position_of(code)) for code in HAZARD_MEASURES)
        positions.append(f"({run.pk}, {places})")
    figure = Figures()
    with without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT r.previous_colour, r.colour, count(*), count(*) FILTER (WHERE r.decided_by = ANY(%(vetoes)s)),
                count(*) FILTER (WHERE r.decided_by = 'N1'),
                coalesce(sum(r.measures[p.on_time]), 0), coalesce(sum(r.measures[p.closed]), 0),
                coalesce(sum(r.measures[p.overdue]), 0)
            FROM ratings_rating r JOIN (VALUES {", ".join(positions)}) p(run, on_time, closed, overdue)
                ON p.run = r.evaluation_id
            WHERE {where} GROUP BY 1, 2""",
            params,
        )
        for before, now, count, vetoed, uninspected, on_time, closed, overdue in cursor.fetchall():
            figure.moved[before, now] = count
            figure.vetoed += vetoed
            figure.uninspected += uninspected
            figure.closed_on_time += int(on_time)
            figure.closed += int(closed)
            figure.overdue += int(overdue)
        cursor.execute(
            f"""SELECT r.evaluation_id, line.number, sum(line.most - line.got)
            FROM ratings_rating r CROSS JOIN unnest(r.points, r.maxima) WITH ORDINALITY AS line(got, most, number)
            WHERE {where} AND r.colour <> 'grey' AND line.got < line.most GROUP BY 1, 2""",
            params,
        )
        codes = {run.pk: run.criteria for run in runs}
        for run, number, lost in cursor.fetchall():
            code = codes[run][number - 1]
            figure.lost[code] = figure.lost.get(code, Decimal(0)) + lost
    return figure


def in_force(actor: Actor, runs: Sequence[Evaluation], stations: list[int]) -> QuerySet[Rating]:
    """Return the ratings of a quarter's runs at these stations, each enterprise's latest."""
    ids = [run.pk for run in runs]
    ratings = Rating.objects.filter(
        station_id__in=stations, evaluation_id__in=ids, trial=False, visible_from__lte=timezone.now()
    ).order_by()
    if len(ids) > 1:
        later = Rating.objects.filter(
            evaluation_id__in=ids[1:],
            enterprise_id=OuterRef("enterprise_id"),
            revision__gt=OuterRef("revision"),
        )
        ratings = ratings.filter(~Exists(later))
    return ratings


def moved(ratings: QuerySet[Rating], way: str) -> QuerySet[Rating]:
    """Keep the ratings that fell ("down") or rose ("up") since the previous quarter, without changes from or to grey."""
    return ratings.filter(moves(way))


def moves(way: str) -> Q:
    """Return the condition on ratings of :func:`moved`."""
    condition = Q()
    for before, now in {"down": DOWN, "up": UP}[way]:
        condition |= Q(previous_colour=before, colour=now)
    return condition


def changed(
    actor: Actor, runs: Sequence[Evaluation], *, station_id: int | None = None, text: str = "", way: str = ""
) -> QuerySet[Rating]:
    """Return the ratings whose colour differs from the previous quarter.

    ``way`` "down" or "up" selects falls or rises, without changes from or to grey.
    """
    ratings = in_force(actor, runs, stations_of(actor, station_id))
    ratings = ratings.exclude(previous_colour="").exclude(previous_colour=F("colour"))
    if way in ("down", "up"):
        ratings = moved(ratings, way)
    if text.strip():
        ratings = ratings.filter(
            enterprise_id__in=matching(actor, visible(actor), text).order_by().values("pk")
        )
    return ratings


def first_of(actor: Actor, runs: Sequence[Evaluation], ids: QuerySet[Any], *, order: str) -> list[int]:
    """Return the first ids of a list of :func:`changed` for all stations, cached under ``order`` (the list and its order).

    So a million ratings are sorted once, not for each visit of the first pages.
    """
    return _cached(f"changed:{order}", actor, runs, stations_of(actor, None), lambda: list(ids[:FIRST]))


def rows_of(actor: Actor, ids: Sequence[int]) -> list[Rating]:
    """Return the ratings of one page in the order of ``ids``, with their enterprises."""
    found = (
        Rating.objects.filter(station_id__in=actor.stations, pk__in=list(ids))
        .select_related("enterprise__station")
        .in_bulk()
    )
    return [found[pk] for pk in ids if pk in found]


@dataclass
class Comparison:
    """A trial compared with the official ratings. ``moved`` counts by (official colour, trial colour)."""

    moved: dict[tuple[str, str], int]
    alone: int = 0  # enterprises rated by the trial but not officially

    @property
    def total(self) -> int:
        return sum(self.moved.values())

    @property
    def changed(self) -> int:
        return sum(count for (official, trial), count in self.moved.items() if official != trial)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The comparison as a matrix: a row per official colour, a cell per trial colour."""
        return [
            {
                "colour": official,
                "cells": [
                    {
                        "colour": trial,
                        "count": self.moved.get((official, trial), 0),
                        "same": official == trial,
                    }
                    for trial in COLOURS
                ],
                "total": sum(self.moved.get((official, trial), 0) for trial in COLOURS),
            }
            for official in COLOURS
        ]


def compare(actor: Actor, trial: Evaluation, runs: Sequence[Evaluation]) -> Comparison:
    """Compare a trial with the official ratings of the actor's stations."""

    def work() -> Comparison:
        ids = [run.pk for run in runs]
        where = IN_FORCE + (NOT_REVISED if len(runs) > 1 else "")
        params: dict[str, Any] = {
            "stations": stations_of(actor, None),
            "runs": ids,
            "later": ids[1:],
            "now": timezone.now(),
            "trial": trial.pk,
        }
        with without_nested_loops(), connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT r.colour, t.colour, count(*) FROM ratings_rating r
                JOIN ratings_rating t ON t.evaluation_id = %(trial)s AND t.enterprise_id = r.enterprise_id
                    AND t.station_id = r.station_id
                WHERE {where} GROUP BY 1, 2""",
                params,
            )
            moved = {(official, tried): count for official, tried, count in cursor.fetchall()}
        tried = Rating.objects.filter(station_id__in=stations_of(actor, None), evaluation=trial).count()
        return Comparison(moved, alone=tried - sum(moved.values()))

    return _cached("compare", actor, [*runs, trial], stations_of(actor, None), work)


def compared(actor: Actor, trial: Evaluation, runs: Sequence[Evaluation]) -> "QuerySet[ComparedRating]":
    """Return the trial ratings that differ from the official colour, with ``colour_in_force`` and ``score_in_force``."""
    stations = stations_of(actor, None)
    official = in_force(actor, runs, stations).filter(enterprise_id=OuterRef("enterprise_id"))
    return (
        Rating.objects.filter(station_id__in=stations, evaluation=trial)
        .order_by()
        .annotate(
            colour_in_force=official.order_by("-revision").values("colour")[:1],
            score_in_force=official.order_by("-revision").values("score")[:1],
        )
        .exclude(colour_in_force=None)
        .exclude(colour_in_force=F("colour"))
    )


def unfinished(actor: Actor) -> Evaluation | None:
    """Return the latest run that is in progress or has failed; None if all are complete."""
    return evaluations(actor).exclude(state=EvaluationState.COMPLETE).first()


def siblings(actor: Actor, run: Evaluation) -> list[Evaluation]:
    """Return all runs of the same quarter, newest first."""
    return list(evaluations(actor).filter(period_code=run.period_code).defer("enterprise_ids"))
