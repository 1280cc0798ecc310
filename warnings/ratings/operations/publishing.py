"""Publishing a run: writing its ratings to the register."""

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Cast

from enterprises.choices import Colour
from enterprises.models import Enterprise
from enterprises.publishing import EACH, publish_standings
from foundation.accounts.actors import Actor
from foundation.ids import ALL_IDS
from inspections.selectors import last_inspections
from ratings.models import Evaluation, Rating
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
    if whole:
        among = Enterprise.objects.filter(station_id__in=actor.stations, id__range=id_range)
        # by the key of this one index: named by the evaluation, PostgreSQL might look in that of the stations each time
        key = {"period_code": evaluation.period_code, "revision": evaluation.run, "trial": False}
        rated = Rating.objects.filter(enterprise_id=EACH, **key)
    else:
        among, rated = None, Rating.objects.filter(evaluation=evaluation, station_id__in=actor.stations)
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
        period_code=evaluation.period_code,
        among=among,
    )
