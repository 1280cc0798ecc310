"""Reads of the three-colour warning. The first argument is the actor who asks."""

import datetime as dt

from django.db.models import Exists, Expression, Max, Min, OuterRef, QuerySet
from django.utils import timezone

from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.periods import Period
from inspections.models import Inspection
from ratings.choices import OFFICIAL, EvaluationState
from ratings.models import Adoption, Evaluation, Rating, Standard


def evaluations(actor: Actor) -> QuerySet[Evaluation]:
    """Return all runs of the actor's bureau, newest first."""
    return Evaluation.objects.filter(bureau_id=actor.bureau_id).select_related("standard")


def standards(actor: Actor) -> QuerySet[Standard]:
    """Return all published versions of standards of the actor's bureau."""
    return Standard.objects.filter(bureau_id=actor.bureau_id)


def standard_of_text(actor: Actor, text: str) -> Standard | None:
    """Return the published version that has exactly this text, if there is one."""
    return standards(actor).filter(body=text).first()


def adoptions(actor: Actor) -> QuerySet[Adoption]:
    """Return what the actor's bureau has adopted and not replaced: what rates now, and what rates from a later quarter on."""
    return Adoption.objects.filter(bureau_id=actor.bureau_id, until_at=None)


def adopted_for(actor: Actor, period: Period | None = None) -> QuerySet[Adoption]:
    """Return the adoption under which the actor's bureau rates a quarter, the running one without ``period``: one or none."""
    period = period or Period.of(timezone.localdate())
    return adoptions(actor).filter(from_quarter__lte=period.code).order_by("-from_quarter")[:1]


def adopted_standard(actor: Actor, period: Period | None = None) -> Standard | None:
    """Return the standard by which the actor's bureau rates a quarter, the running one without ``period``, if there is one."""
    adoption = adopted_for(actor, period).select_related("standard").first()
    return adoption.standard if adoption else None


def planned_adoptions(actor: Actor) -> list[Adoption]:
    """Return the adoptions from a quarter on that has not begun, the next one first."""
    running = Period.of(timezone.localdate())
    return list(
        adoptions(actor)
        .filter(from_quarter__gt=running.code)
        .select_related("standard")
        .order_by("from_quarter")
    )


def last_official_quarter(actor: Actor) -> Period | None:
    """Return the last quarter that was rated officially, or is being rated."""
    official = evaluations(actor).filter(kind__in=OFFICIAL).exclude(state=EvaluationState.FAILED)
    last = official.aggregate(last=Max("period_code"))["last"]
    return Period.parse(last) if last else None


def rates_from(actor: Actor) -> str:
    """Return the code of the first quarter that the actor's bureau rates automatically, "" if it rates none."""
    return Bureau.objects.filter(pk=actor.bureau_id).values_list("rates_from", flat=True).first() or ""


def first_official_quarter(actor: Actor) -> Period:
    """Return the first quarter that an official evaluation of the actor's bureau may have.

    This is the earlier of the first rated quarter and ``rates_from``; without either, the quarter of the first police
    inspection; without any inspection, the last quarter that has ended.
    """
    official = evaluations(actor).filter(kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    rated = official.aggregate(first=Min("period_code"))["first"]
    known = [code for code in (rated, rates_from(actor)) if code]
    if known:
        return Period.parse(min(known))  # codes sort by time
    inspections = Inspection.objects.filter(station_id__in=actor.stations, voided_at=None)
    inspected_on = inspections.aggregate(first=Min("inspected_on"))["first"]
    return Period.of(inspected_on) if inspected_on else Period.of(timezone.localdate()).shift(-1)


def official(now: dt.datetime | Expression) -> QuerySet[Rating]:
    """Return the official ratings of all enterprises that were visible by a moment, in all revisions."""
    return Rating.objects.filter(
        trial=False, visible_from__lte=now, evaluation__state=EvaluationState.COMPLETE
    )


def official_in_force(now: dt.datetime | Expression) -> QuerySet[Rating]:
    """Return the official ratings of all enterprises at a moment, each in its latest revision."""
    return official(now).filter(~replaced(now))


def replaced(now: dt.datetime | Expression) -> Exists:
    """Return the condition on a rating: a newer revision of it was visible by a moment."""
    newer = official(now).filter(
        enterprise_id=OuterRef("enterprise_id"),
        period_code=OuterRef("period_code"),
        revision__gt=OuterRef("revision"),
    )
    return Exists(newer)


def _seen(actor: Actor, ratings: QuerySet[Rating]) -> QuerySet[Rating]:
    ratings = ratings.filter(station_id__in=actor.stations)
    return ratings.filter(enterprise_id=actor.enterprise_id) if actor.is_enterprise else ratings


def in_force(actor: Actor, *, period_code: str | None = None) -> QuerySet[Rating]:
    """Return the official ratings that the actor may see, each in its latest revision; of one quarter or of all."""
    ratings = _seen(actor, official_in_force(timezone.now()))
    return ratings.filter(period_code=period_code) if period_code else ratings


def history(actor: Actor, *, enterprise_id: int, quarters: int = 8) -> list[Rating]:
    """Return the last ratings of one enterprise, newest quarter first, each in its latest revision."""
    return list(in_force(actor).filter(enterprise_id=enterprise_id).order_by("-period_code")[:quarters])


def revisions(actor: Actor, *, enterprise_id: int, period_code: str) -> list[Rating]:
    """Return all revisions of one quarter's rating, newest first, with their evaluations and standards."""
    ratings = _seen(actor, official(timezone.now())).filter(
        enterprise_id=enterprise_id, period_code=period_code
    )
    return list(ratings.select_related("evaluation__standard").order_by("-revision"))
