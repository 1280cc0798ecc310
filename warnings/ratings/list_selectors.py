"""The ratings of a quarter in the order of their enterprises, one page at a time.

A quarter can have a million ratings of 1.5 kB each, and behind row-level security the planner expects a handful. So the
ids of a page are selected first, by the key (evaluation, enterprise): from the regular run, and from the few ratings
that corrections and interim vetoes revised. Then only the ratings of that page are read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from enterprises.selectors import matching, visible
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station
from foundation.database.planner import in_index_order
from foundation.searching import searchable
from ratings.choices import DOWN, OFFICIAL, UP, EvaluationState
from ratings.models import Evaluation, Rating, Standard
from ratings.selectors import adopted_for, evaluations, standards

SMALL = 10_000  # ratings; reading and sorting this many takes 20 ms
WAYS = {"down": DOWN, "up": UP}
CHANGED = "any"  # includes changes from and to grey


@dataclass(frozen=True)
class Narrowing:
    """Filters of a list of ratings; an empty value does not filter. ``industry`` is the beginning of a code.

    ``where`` and ``of_enterprise`` are conditions on the rating; the second one reads its enterprise.
    """

    colour: str = ""
    changed: str = ""
    station_id: int | None = None
    industry: str = ""
    text: str = ""
    where: Q = field(default_factory=Q)
    of_enterprise: Q = field(default_factory=Q)


def official_runs(actor: Actor, period_code: str = "") -> list[Evaluation]:
    """Return the complete official runs of a quarter (default: the latest), oldest first, with their standards.

    Takes two queries, so that a standard's text is read once, however many runs use it.
    """
    official = (
        evaluations(actor).select_related(None).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    )
    latest = official.order_by("-period_code").values("period_code")[:1]
    runs = list(
        official.filter(period_code=period_code or latest).defer("enterprise_ids", "measures").order_by("run")
    )
    attach_standards(runs)
    return runs


def attach_standards(runs: Iterable[Evaluation]) -> None:
    """Load the standards of these runs in one query, none without runs."""
    runs = list(runs)
    if not runs:
        return
    known = Standard.objects.in_bulk({run.standard_id for run in runs})
    for run in runs:
        run.standard = known[run.standard_id]


def in_order(
    actor: Actor,
    runs: Sequence[Evaluation],
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int,
    narrowing: Narrowing,
) -> list[tuple[int, int]]:
    """Return up to ``limit`` pairs (enterprise id, rating id) of a quarter's ratings in force after an enterprise.

    They are in ascending order; with ``before``, the last ones before it in descending order. Takes at most five queries.
    """
    colour = narrowing.colour
    if not runs or (colour and not any(run.counts.get(colour, 0) for run in runs)):
        return []  # searching for a colour that does not occur would read the whole quarter
    first, later = [run.pk for run in runs[:1]], [run.pk for run in runs[1:]]
    order = "enterprise_id" if before is None else "-enterprise_id"

    def pick(part: list[int]) -> list[tuple[int, int]]:
        ratings = _in_force(actor, part, later)
        if before is not None:
            ratings = ratings.filter(enterprise_id__lt=before)
        elif after is not None:
            ratings = ratings.filter(enterprise_id__gt=after)
        found = _narrowed(actor, ratings, narrowing, after=after, before=before).order_by(order)
        return list(found.values_list("enterprise_id", "pk")[:limit])

    if narrowing.changed or _is_small(actor, runs[0], narrowing):  # changed colours have their own index
        picked = pick(first)
    else:
        with in_index_order():
            picked = pick(first)
    if later:
        picked += pick(later)
    return sorted(picked, reverse=before is not None)[:limit]


def _is_small(actor: Actor, run: Evaluation, narrowing: Narrowing) -> bool:
    """Return whether the stations have so few ratings that reading all is cheaper than walking along the index."""
    if run.registered <= SMALL:
        return True
    wanted = 1 if narrowing.station_id is not None else len(actor.stations)
    held = Station.objects.filter(bureau_id=actor.bureau_id).count()
    return run.registered * wanted <= SMALL * held


def _in_force(actor: Actor, part: list[int], later: list[int]) -> QuerySet[Rating]:
    """Return the ratings of some runs that no later run revised."""
    run = Q(evaluation_id=part[0]) if len(part) == 1 else Q(evaluation_id__in=part)
    ratings = Rating.objects.filter(
        run, station_id__in=actor.stations, trial=False, visible_from__lte=timezone.now()
    )
    if not later:
        return ratings
    revised = Rating.objects.filter(
        evaluation_id__in=later,
        enterprise_id=OuterRef("enterprise_id"),
        revision__gt=OuterRef("revision"),
    )
    return ratings.filter(~Exists(revised))


def _narrowed(
    actor: Actor,
    ratings: QuerySet[Rating],
    narrowing: Narrowing,
    *,
    after: int | None,
    before: int | None,
) -> QuerySet[Rating]:
    if narrowing.colour:
        ratings = ratings.filter(colour=narrowing.colour)
    if narrowing.changed:
        ratings = ratings.exclude(previous_colour="").exclude(previous_colour=F("colour"))
        if pairs := WAYS.get(narrowing.changed):
            ways = Q()
            for was, now in pairs:
                ways |= Q(previous_colour=was, colour=now)
            ratings = ratings.filter(ways)
    if narrowing.station_id is not None:
        ratings = ratings.filter(station_id=narrowing.station_id)
    if narrowing.where:
        ratings = ratings.filter(narrowing.where)
    if narrowing.industry or narrowing.of_enterprise or searchable(narrowing.text):
        if after is not None or before is not None:
            # Repeat the bound for the enterprise's own key, so that PostgreSQL can walk along it. The ORM cannot express
            # this: it would use the foreign key of the rating.
            sign, bound = ("<", before) if before is not None else (">", after)
            ratings = ratings.extra(where=[f"enterprises_enterprise.id {sign} %s"], params=[bound])  # noqa: S610
        ratings = matching(actor, ratings, narrowing.text, of="enterprise__")
        if narrowing.industry:
            ratings = ratings.filter(enterprise__industry_code__startswith=narrowing.industry)
        ratings = ratings.filter(narrowing.of_enterprise)
    return ratings


HEAVY = ("measures", "own_points", "own_maxima")  # much of a rating's width; nothing that departments read


def rows(actor: Actor, ids: Sequence[int]) -> list[Rating]:
    """Return ratings in the order of ``ids``, with enterprise and station, without the arrays of the detail page."""
    found = (
        Rating.objects.filter(station_id__in=actor.stations, pk__in=list(ids))
        .select_related("enterprise", "station")
        .only(
            *(field.attname for field in Rating._meta.concrete_fields if field.attname not in HEAVY),
            *("enterprise__name", "enterprise__credit_code", "enterprise__site", "enterprise__industry_code"),
            *("station__code", "station__name"),
        )
    )
    by_id = {rating.pk: rating for rating in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def replaced_by(actor: Actor, ratings: Iterable[Rating], runs: Iterable[Evaluation]) -> dict[int, Rating]:
    """Return, by enterprise id, the ratings that revisions among ``ratings`` replace. All are of one quarter.

    Takes no query if there is no revision.
    """
    revised = {rating.enterprise_id: rating.revision for rating in ratings if rating.revision > 1}
    if not revised:
        return {}
    older: dict[int, Rating] = {}
    found = Rating.objects.filter(
        station_id__in=actor.stations,
        evaluation_id__in=[run.pk for run in runs],
        enterprise_id__in=list(revised),
        trial=False,
    )
    for rating in found.only("enterprise_id", "revision", "colour", "score").order_by("revision"):
        if rating.revision < revised[rating.enterprise_id]:
            older[rating.enterprise_id] = rating  # ascending, so the latest older revision remains
    return older


def quarters_of(actor: Actor, *, enterprise_id: int, quarters: int) -> list[tuple[Rating, Rating | None]]:
    """Return the last quarters of an enterprise, newest first: the rating in force and the one it replaces, if any.

    Takes three queries.
    """
    found = (
        _official(actor, enterprise_id)
        .select_related("evaluation")
        .defer(*HEAVY, "evaluation__enterprise_ids", "evaluation__measures")
    )
    by_quarter: dict[str, list[Rating]] = {}
    for rating in found:
        by_quarter.setdefault(rating.period_code, []).append(rating)
    kept = list(by_quarter.values())[:quarters]
    attach_standards(each[0].evaluation for each in kept)
    return [(each[0], each[1] if len(each) > 1 else None) for each in kept]


def rating_of(
    actor: Actor, *, enterprise_id: int, period_code: str = ""
) -> tuple[Rating, Rating | None] | None:
    """Return an enterprise's rating in force with all its fields, and the one it replaces; None if it is not rated."""
    found = _official(actor, enterprise_id)
    if period_code:
        found = found.filter(period_code=period_code)
    newest = found.select_related("evaluation__standard", "enterprise", "station").first()
    if newest is None:
        return None
    if newest.revision == 1:
        return newest, None
    before = _official(actor, enterprise_id).filter(
        period_code=newest.period_code, revision__lt=newest.revision
    )
    return newest, before.defer(*HEAVY).first()


def last_ratings(actor: Actor, enterprise_ids: Iterable[int]) -> list[Rating]:
    """Return the last rating in force of each of these enterprises that was ever rated; of whichever quarter it is.

    Each has its run with the standard, and its enterprise and station. Takes three queries.
    """
    newest = (
        Rating.objects.filter(
            station_id__in=actor.stations,
            enterprise_id__in=list(enterprise_ids),
            trial=False,
            visible_from__lte=timezone.now(),
            evaluation__state=EvaluationState.COMPLETE,
        )
        .order_by("enterprise_id", "-period_code", "-revision")
        .distinct("enterprise_id")
        .select_related("enterprise", "station", "evaluation")
        .defer("measures", "own_points", "own_maxima", "evaluation__enterprise_ids", "evaluation__measures")
    )
    found = list(newest)
    attach_standards(rating.evaluation for rating in found)
    return found


def is_visible(actor: Actor, enterprise_id: int) -> bool:
    """Return whether the actor may see this enterprise."""
    return visible(actor).filter(pk=enterprise_id).exists()


def _official(actor: Actor, enterprise_id: int) -> QuerySet[Rating]:
    """Return the official ratings of an enterprise, newest quarter and revision first."""
    return Rating.objects.filter(
        station_id__in=actor.stations,
        enterprise_id=enterprise_id,
        trial=False,
        visible_from__lte=timezone.now(),
        evaluation__state=EvaluationState.COMPLETE,
    ).order_by("-period_code", "-revision")


def official_evaluations(actor: Actor) -> QuerySet[Evaluation]:
    """Return the complete official runs, without their large fields."""
    return (
        evaluations(actor)
        .filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
        .defer("enterprise_ids", "criteria", "measures", "reason", "error", "standard__body")
    )


def standards_marked(actor: Actor) -> QuerySet[Standard]:
    """Return the published standards of the actor's bureau, annotated with ``adopted``: by which the running quarter is rated."""
    adopted = adopted_for(actor).values("standard_id")
    return standards(actor).annotate(
        adopted=Exists(Standard.objects.filter(pk=OuterRef("pk"), pk__in=adopted))
    )
