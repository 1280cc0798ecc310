"""Publishing a run: writing its ratings to the register."""

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from enterprises.choices import Colour
from enterprises.models import Enterprise
from enterprises.publishing import EACH, publish_standings, withdraw_standings
from foundation.accounts.actors import Actor
from foundation.ids import ALL_IDS
from inspections.selectors import last_inspections
from ratings.models import Evaluation, Rating
from ratings.selectors import official_in_force
from ratings.standards.parsing import parse
from ratings.standards.rulebook import Rulebook


def publish(
    *,
    actor: Actor,
    evaluation: Evaluation,
    book: Rulebook,
    id_range: tuple[int, int] = ALL_IDS,
    whole: bool = False,
) -> int:
    """Write colour, score, inspection cycle and next inspection of a run's ratings to the actor's enterprises.

    The next inspection is counted from the last one held, even if that was after the quarter's end. ``whole``: the run
    rated nearly all enterprises of the stations. Needs the actor's scope. Return the number of enterprises changed.
    """
    among = None
    if whole:
        among = Enterprise.objects.filter(station_id__in=actor.stations, id__range=id_range)
        # by the key of this one index: named by the evaluation, PostgreSQL might look in that of the stations each time
        key = {"period_code": evaluation.period_code, "revision": evaluation.run, "trial": False}
        rated = Rating.objects.filter(enterprise_id=EACH, **key)
    else:
        rated = Rating.objects.filter(evaluation=evaluation, station_id__in=actor.stations)
    return _write(actor, rated, evaluation.period_code, book, among)


def take_back(*, actor: Actor, evaluation: Evaluation) -> None:
    """Write the ratings in force to the enterprises that show one of a run that failed. Needs the actor's scope.

    Each gets the latest revision of the latest quarter that it has an official rating of; without any it is not rated.
    """
    theirs = Rating.objects.filter(evaluation=evaluation, station_id__in=actor.stations)
    showing = Enterprise.objects.filter(
        station_id__in=actor.stations,
        rated_period=evaluation.period_code,
        pk__in=theirs.values("enterprise_id"),
    )
    if not showing.exists():
        return
    valid = official_in_force(timezone.now()).filter(station_id__in=actor.stations)
    later = valid.filter(enterprise_id=OuterRef("enterprise_id"), period_code__gt=OuterRef("period_code"))
    last = valid.filter(~Exists(later), enterprise_id__in=list(showing.values_list("pk", flat=True)))
    runs = Evaluation.objects.filter(pk__in=last.order_by().values("evaluation")).select_related("standard")
    for run in list(runs):
        _write(actor, last.filter(evaluation=run), run.period_code, parse(run.standard.body))
    withdraw_standings(showing.filter(~Exists(valid.filter(enterprise_id=OuterRef("pk")))))


def _write(
    actor: Actor,
    rated: QuerySet[Rating],
    period_code: str,
    book: Rulebook,
    among: QuerySet[Enterprise] | None = None,
) -> int:
    days = [When(colour=colour, then=Value(days)) for colour, days in sorted(book.cycle.items())]
    standings = rated.order_by().annotate(
        published_score=Case(When(~Q(colour=Colour.GREY), then="score")),
        cycle_days=Cast(Case(*days), IntegerField()),  # types the NULL if the standard has no cycles
    )
    return publish_standings(
        standings=standings.values_list(
            "enterprise_id", "colour", "published_score", "cycle_days", "effective_on"
        ),
        inspected=last_inspections(actor),
        period_code=period_code,
        among=among,
    )
