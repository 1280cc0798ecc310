"""What the pages of the warning read: a quarter at a glance, who changed, runs and their comparison.

1. A supervisor's quarter is a hundred thousand ratings of 1.5 kB each, and a rating never changes. So the figures of a
   quarter are added up once and kept in the cache; see :func:`_cached`.
2. A quarter's ratings are those of its regular run, and of each correction and interim veto after it the ones it
   revised: :data:`IN_FORCE` keeps the latest of each enterprise.
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
from foundation.accounts.models import User
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
    "names_of",
    "quarters",
    "rows_of",
    "runs_of",
    "siblings",
    "unfinished",
    "warm",
    "why",
]

COLOURS = ("green", "yellow", "red", "grey")
KEPT_S = 24 * 3600
FIRST = 500  # of those who changed, kept in the order they are listed in
WHOLE_BUREAU = (Role.SUPERVISOR, "system")  # roles whose stations are all of their bureau
HAZARD_MEASURES = ("hazards_closed_on_time", "hazards_closed", "hazards_overdue")

IN_FORCE = (
    """r.station_id = ANY(%(stations)s) AND r.evaluation_id = ANY(%(runs)s) AND r.visible_from <= %(now)s"""
)
NOT_REVISED = """ AND NOT EXISTS (SELECT 1 FROM ratings_rating n WHERE n.evaluation_id = ANY(%(later)s)
    AND n.enterprise_id = r.enterprise_id AND n.revision > r.revision)"""


def quarters(actor: Actor) -> list[Period]:
    """The quarters that are officially rated, newest first."""
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    codes = official.order_by("-period_code").values_list("period_code", flat=True).distinct()
    return [Period.parse(code) for code in codes]


def runs_of(actor: Actor, period: Period) -> list[Evaluation]:
    """The complete official runs of a quarter with their standards, the first one first."""
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    return list(official.filter(period_code=period.code).defer("enterprise_ids").order_by("run"))


@dataclass
class Figures:
    """A quarter at a glance. ``moved`` counts (colour before, colour now); "" before: not rated the quarter before."""

    moved: dict[tuple[str, str], int] = field(default_factory=dict)
    vetoed: int = 0
    uninspected: int = 0
    closed_on_time: int = 0
    closed: int = 0
    overdue: int = 0
    lost: dict[str, Decimal] = field(default_factory=dict)  # code of a line → points, in sum

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
        """Enterprises that had no rating the quarter before."""
        return sum(n for (before, _now), n in self.moved.items() if not before)

    @property
    def looks_back(self) -> bool:
        return self.new < self.total

    @property
    def on_time_rate(self) -> Decimal | None:
        """Closed on time ÷ (closed + overdue), in per cent."""
        judged = self.closed + self.overdue
        return Decimal(self.closed_on_time * 100) / judged if judged else None

    def moves(self, pairs: Sequence[tuple[str, str]]) -> int:
        return sum(self.moved.get(pair, 0) for pair in pairs)

    @property
    def changed(self) -> int:
        return sum(n for (before, now), n in self.moved.items() if before and before != now)

    def listed(self, way: str) -> int:
        """How many :func:`changed` lists without a search."""
        return self.moves({"down": DOWN, "up": UP}[way]) if way in ("down", "up") else self.changed

    def ranked_losses(self, book: Rulebook, most: int = 8) -> list[dict[str, Any]]:
        """Where an enterprise loses points on average, the largest loss first."""
        rated = self.rated
        if not rated:
            return []
        losses = sorted(((lost / rated, code) for code, lost in self.lost.items() if lost > 0), reverse=True)
        return [{"code": code, "label": book.label(code), "lost": lost} for lost, code in losses[:most]]


def figures(
    actor: Actor, runs: Sequence[Evaluation], book: Rulebook, station_id: int | None = None
) -> Figures:
    """The figures of a quarter over the actor's stations, or one of them."""
    stations = _stations(actor, station_id)
    return _cached("figures", actor, runs, stations, lambda: _add_up(runs, stations, book))


def claim_warming(evaluation_id: int) -> bool:
    """Whether it falls to the caller to :func:`warm` a run: to the first who asks."""
    return claim(("ratings:warm", evaluation_id), KEPT_S)


def warm(actor: Actor, evaluation_id: int) -> None:
    """Add up the quarter of a complete run before a supervisor looks: of a million ratings it takes seconds.

    ``actor`` is the system, working for all stations of the bureau, in their scope.
    """
    run = evaluations(actor).get(pk=evaluation_id)
    if not run.is_trial:
        runs = runs_of(actor, run.period)
        figures(actor, runs, book_of(runs[-1].standard.body))


def _stations(actor: Actor, station_id: int | None) -> list[int]:
    return sorted(set(actor.stations) & ({station_id} if station_id else set(actor.stations)))


def _cached(
    what: str, actor: Actor, runs: Sequence[Evaluation], stations: list[int], compute: Callable[[], Any]
) -> Any:
    """Return a value that depends on these ratings alone.

    The key holds the tenant, the runs and which ratings the stations have: enterprises may change hands between two
    stations. Over all stations of a bureau they cannot leave, so there the runs say enough.
    """
    ids = [run.pk for run in runs]
    stamp = "all"
    if actor.role not in WHOLE_BUREAU or stations != sorted(actor.stations):
        # who left shows in the number of enterprises, who came in their custody that ended
        held = Enterprise.objects.filter(station_id__in=stations).count()
        came = Custody.objects.filter(station_id__in=stations).aggregate(last=Max("id"))["last"]
        stamp = f"{held}-{came}"
    # Police and system see all ratings of the stations; whoever sees fewer shares nothing with them.
    audience = "" if actor.is_police or actor.audience is Audience.SYSTEM else str(actor.audience)
    return remembered((f"ratings:{what}", audience, actor.bureau_id, ids, stations, stamp), compute, KEPT_S)


def _add_up(runs: Sequence[Evaluation], stations: list[int], book: Rulebook) -> Figures:
    """Two statements over the ratings in force: counts by movement, and the lines' losses."""
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
    for run in runs:  # each run has its own order of measures
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


def _in_force(actor: Actor, runs: Sequence[Evaluation], stations: list[int]) -> QuerySet[Rating]:
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


def changed(
    actor: Actor, runs: Sequence[Evaluation], *, station_id: int | None = None, text: str = "", way: str = ""
) -> QuerySet[Rating]:
    """Ratings whose colour differs from the quarter before; ``way`` "down" or "up" leaves out grey either way."""
    ratings = _in_force(actor, runs, _stations(actor, station_id))
    ratings = ratings.exclude(previous_colour="").exclude(previous_colour=F("colour"))
    if pairs := {"down": DOWN, "up": UP}.get(way):
        condition = Q()
        for before, now in pairs:
            condition |= Q(previous_colour=before, colour=now)
        ratings = ratings.filter(condition)
    if text.strip():
        ratings = ratings.filter(enterprise_id__in=matching(visible(actor), text).order_by().values("pk"))
    return ratings


def first_of(actor: Actor, runs: Sequence[Evaluation], ids: QuerySet[Any], *, order: str) -> list[int]:
    """The first ids of a list of :func:`changed` over all stations; ``order`` says which list, and in which order.

    A million ratings are sorted once, not for each look at the first pages.
    """
    return _cached(f"changed:{order}", actor, runs, _stations(actor, None), lambda: list(ids[:FIRST]))


def rows_of(actor: Actor, ids: Sequence[int]) -> list[Rating]:
    """The ratings of one page in the order of ``ids``, with their enterprises."""
    found = (
        Rating.objects.filter(station_id__in=actor.stations, pk__in=list(ids))
        .select_related("enterprise__station")
        .in_bulk()
    )
    return [found[pk] for pk in ids if pk in found]


@dataclass
class Comparison:
    """A trial beside the official quarter. ``moved`` counts (official colour, trial colour), ``alone`` the rest."""

    moved: dict[tuple[str, str], int]
    alone: int = 0  # rated by the trial, but not officially

    @property
    def total(self) -> int:
        return sum(self.moved.values())

    @property
    def changed(self) -> int:
        return sum(count for (official, trial), count in self.moved.items() if official != trial)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The matrix for a table: a row per official colour, a cell per trial colour."""
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
    """Which colours a trial would change, over the actor's stations."""

    def work() -> Comparison:
        ids = [run.pk for run in runs]
        where = IN_FORCE + (NOT_REVISED if len(runs) > 1 else "")
        params: dict[str, Any] = {
            "stations": _stations(actor, None),
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
        tried = Rating.objects.filter(station_id__in=_stations(actor, None), evaluation=trial).count()
        return Comparison(moved, alone=tried - sum(moved.values()))

    return _cached("compare", actor, [*runs, trial], _stations(actor, None), work)


def compared(actor: Actor, trial: Evaluation, runs: Sequence[Evaluation]) -> "QuerySet[ComparedRating]":
    """Trial ratings that would change the official colour, with ``colour_in_force`` and ``score_in_force``."""
    stations = _stations(actor, None)
    official = _in_force(actor, runs, stations).filter(enterprise_id=OuterRef("enterprise_id"))
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
    """The latest run that is still going on or has failed; None when all are complete."""
    return evaluations(actor).exclude(state=EvaluationState.COMPLETE).first()


def names_of(user_ids: Sequence[int]) -> dict[int, str]:
    """Who asked for a run: names by id; the system (0) has none."""
    wanted = {each for each in user_ids if each}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}


def siblings(actor: Actor, run: Evaluation) -> list[Evaluation]:
    """All runs of the same quarter, the latest first."""
    return list(evaluations(actor).filter(period_code=run.period_code).defer("enterprise_ids"))
