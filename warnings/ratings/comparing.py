"""Reads of the bureau page and the lists behind it: colours of eight quarters, movement by group, ratings of a quarter.

Ratings of a published quarter do not change, so what is counted of one is cached by its runs (:func:`_by_quarter`).
What is counted by group reads only the ratings that changed colour, a tenth of the quarter. The page reads all of it in one
block without nested loops, which these functions leave to their callers.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Subquery
from django.utils import timezone

from enterprises.grouping import Grouping
from enterprises.models import Custody
from enterprises.selectors import matching, visible
from foundation.accounts.actors import Actor
from foundation.database.caching import keep, kept, tolerated
from foundation.periods import Period
from ratings.choices import OFFICIAL, EvaluationState
from ratings.models import Evaluation, Rating
from ratings.page_selectors import COLOURS, IN_FORCE, NOT_REVISED, changed, in_force, moves, stations_of
from ratings.selectors import evaluations
from ratings.standards.parsing import book_of
from ratings.standards.rulebook import Rulebook

QUARTERS = 8
KEPT_S = 90 * 24 * 3600
Quarters = Mapping[Period, "list[Evaluation]"]  # the runs of each quarter, the oldest quarter first


@dataclass(frozen=True)
class Trend:
    """The colours of the last quarters, the oldest first. ``by_station`` has None for a quarter that is not counted yet."""

    periods: tuple[Period, ...]
    by_station: Mapping[
        str, Mapping[int, Mapping[str, int]] | None
    ]  # code of the quarter → station → colour → number

    @property
    def is_complete(self) -> bool:
        return None not in self.by_station.values()

    def counts(self, period: Period, station_id: int | None = None) -> dict[str, int]:
        """Return the colours of a quarter, of one station or of all; nothing if it was not rated or is not counted yet."""
        stations = self.by_station.get(period.code) or {}
        chosen = stations.values() if station_id is None else [stations.get(station_id, {})]
        found = Counter[str]()
        for each in chosen:
            found.update(each)
        return {colour: found[colour] for colour in COLOURS if found[colour]}


@dataclass(frozen=True)
class Losses:
    """What the rated enterprises of a quarter lost, by code of a line of the standard."""

    rated: int
    lost: Mapping[str, Decimal]  # points
    losers: Mapping[str, int]  # enterprises that lost any

    def average(self, code: str) -> Decimal:
        """Return the points that a rated enterprise lost there on average."""
        return self.lost.get(code, Decimal(0)) / self.rated if self.rated else Decimal(0)


@dataclass(frozen=True)
class Loss:
    """A line of the standard at which points were lost. ``change`` is that of the average, None if it is not comparable."""

    code: str
    label: str
    average: Decimal
    losers: int
    change: Decimal | None


def recent_runs(actor: Actor) -> dict[Period, list[Evaluation]]:
    """Return the complete official runs of the last rated quarter and the seven before it, oldest quarter first.

    Each has ``came``, the last hand-over to one of the actor's stations.
    """
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    codes = official.order_by("-period_code").values("period_code").distinct()[:QUARTERS]
    came = Custody.objects.filter(station_id__in=stations_of(actor, None)).order_by("-id").values("id")[:1]
    rows = official.filter(period_code__in=codes).defer("enterprise_ids", "reason", "error")
    found: dict[Period, list[Evaluation]] = {}
    for run in rows.annotate(came=Subquery(came)).order_by("period_code", "run"):
        found.setdefault(run.period, []).append(run)
    last = max(found, default=None)
    return {period: runs for period, runs in found.items() if last and period > last.shift(-QUARTERS)}


def runs_of(actor: Actor, period: Period | None) -> list[Evaluation]:
    """Return the complete official runs of a quarter with their standards, oldest first; of the last one for None."""
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    code = period.code if period else official.order_by("-period_code").values("period_code")[:1]
    return list(official.filter(period_code=code).defer("enterprise_ids").order_by("run"))


def trend(actor: Actor, runs: Quarters, *, only_kept: bool = False) -> Trend:
    """Return the colours of the quarters of :func:`recent_runs` by station; one query for all that are not cached.

    ``only_kept`` leaves those out instead.
    """
    if not runs:
        return Trend((), {})
    last = max(runs)
    found = _by_quarter("trend", actor, runs, stations_of(actor, None), _count_colours, only_kept)
    return Trend(tuple(last.shift(1 - QUARTERS).until(last)), found)


def losses(
    actor: Actor, runs: Quarters, *, station_id: int | None = None, only_kept: bool = False
) -> list[Loss] | None:
    """Return where points were lost in the last quarter, most first, and the change since the one before.

    One query for what is not cached; None if that is left out (``only_kept``). A line that has another meaning or maximum
    in the standard of the quarter before is not compared.
    """
    if not runs:
        return []
    last = max(runs)
    both = {period: runs[period] for period in (last.shift(-1), last) if period in runs}
    found: dict[str, Losses | None] = _by_quarter(
        "losses", actor, both, stations_of(actor, station_id), _count_losses, only_kept
    )
    now, before = found[last.code], found.get(last.shift(-1).code)
    if now is None:
        return None
    book = book_of(runs[last][-1].standard.body)
    book_before = book_of(runs[last.shift(-1)][-1].standard.body) if before is not None else None
    rows = []
    for code in now.lost:
        average, change = now.average(code), None
        if book_before and before and before.rated and _line(book, code) == _line(book_before, code):
            change = average - before.average(code)
        rows.append(Loss(code, book.label(code), average, now.losers[code], change))
    return sorted(rows, key=lambda each: (-each.average, each.code))


def _line(book: Rulebook, code: str) -> Any:
    """Return a line of a standard; a pool has the code of its group."""
    return book.criterion(code) or next((each for each in book.groups if each.code == code), None)


def warm(actor: Actor) -> None:
    """Compute what the bureau page shows of the last quarters. Needs the scope of all the actor's stations."""
    runs = recent_runs(actor)
    trend(actor, runs)
    losses(actor, runs)


def _by_quarter(
    name: str,
    actor: Actor,
    runs: Quarters,
    stations: list[int],
    count: Callable[[dict[str, Any], Quarters], dict[str, Any]],
    only_kept: bool,
) -> dict[str, Any]:
    """Return a value of each quarter by its code, from the cache if possible; None for those left out (``only_kept``).

    The ratings of a run do not change, so a quarter's value depends on its runs alone, until an enterprise is handed over.
    """
    keys = {
        period: (f"ratings:{name}", actor.bureau_id, [run.pk for run in of_it], stations, _came(of_it))
        for period, of_it in runs.items()
    }
    found: dict[str, Any] = {period.code: None for period in runs}
    with tolerated():
        found = {period.code: kept(key) for period, key in keys.items()}
    missing = {period: runs[period] for period in runs if found[period.code] is None}
    if missing and not only_kept:
        later = [run.pk for of_it in missing.values() for run in of_it[1:]]
        params = {
            "stations": stations,
            "runs": [run.pk for of_it in missing.values() for run in of_it],
            "later": later,
            "now": timezone.now(),
        }
        found |= count(params, missing)
        for period in missing:
            keep(keys[period], found[period.code], KEPT_S)
    return found


def _came(runs: Sequence[Any]) -> int | None:
    number: int | None = runs[0].came
    return number


def _count_colours(params: dict[str, Any], runs: Quarters) -> dict[str, Any]:
    found: dict[str, Any] = {period.code: {} for period in runs}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT r.period_code, r.station_id, r.colour, count(*) FROM ratings_rating r
            WHERE {_where(params)} GROUP BY 1, 2, 3""",
            params,
        )
        for code, station, colour, number in cursor.fetchall():
            found[code].setdefault(station, {})[colour] = number
    return found


def _count_losses(params: dict[str, Any], runs: Quarters) -> dict[str, Any]:
    by_run = {run.pk: run for of_it in runs.values() for run in of_it}
    lost: dict[str, dict[str, Decimal]] = {period.code: {} for period in runs}
    losers: dict[str, dict[str, int]] = {period.code: {} for period in runs}
    rated = Counter[str]()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT r.evaluation_id, line.number, count(*), sum(line.most - line.got),
                count(*) FILTER (WHERE line.got < line.most)
            FROM ratings_rating r CROSS JOIN unnest(r.points, r.maxima) WITH ORDINALITY AS line(got, most, number)
            WHERE {_where(params)} AND r.colour <> 'grey' GROUP BY 1, 2""",
            params,
        )
        for pk, number, of_run, points, enterprises in cursor.fetchall():
            run = by_run[pk]
            code, line = run.period_code, run.criteria[number - 1]
            if number == 1:  # every rating of a run has all its lines
                rated[code] += of_run
            if enterprises:
                lost[code][line] = lost[code].get(line, Decimal(0)) + points
                losers[code][line] = losers[code].get(line, 0) + enterprises
    return {code: Losses(rated[code], lost[code], losers[code]) for code in lost}


def _where(params: Mapping[str, Any]) -> str:
    return IN_FORCE + (NOT_REVISED if params["later"] else "")


def movement(
    actor: Actor, runs: Sequence[Evaluation], grouping: Grouping
) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Return by group of enterprises how many fell and how many rose in a quarter. Reads those that changed colour."""
    columns = grouping.columns("enterprise__")
    rows = changed(actor, runs).annotate(**columns).values_list(*columns)
    counted = rows.annotate(
        down=Count("pk", filter=moves("down")), up=Count("pk", filter=moves("up"))
    ).order_by()
    return {tuple(key): (down, up) for *key, down, up in counted}


def rated(
    actor: Actor,
    runs: Sequence[Evaluation],
    *,
    station_id: int | None = None,
    text: str = "",
    colour: str = "",
    lost: str = "",
) -> QuerySet[Rating]:
    """Return the ratings of a quarter in force, of one colour, or of those that lost points at a line of the standard."""
    ratings = in_force(actor, runs, stations_of(actor, station_id))
    if colour:
        ratings = ratings.filter(colour=colour)
    if lost:
        where = Q(pk__in=())
        for run in runs:  # each run stores its lines in its own order
            if lost in run.criteria:
                line = run.criteria.index(lost)
                where |= Q(evaluation_id=run.pk, **{f"points__{line}__lt": F(f"maxima__{line}")})
        ratings = ratings.filter(where).exclude(colour="grey")
    if text.strip():
        ratings = ratings.filter(
            enterprise_id__in=matching(actor, visible(actor), text).order_by().values("pk")
        )
    return ratings
