"""Interim vetoes: an event veto makes red the same day, between two quarters."""

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from enterprises.choices import Colour
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.contributions import measures
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.choices import EvaluationKind, EvaluationState
from ratings.models import Evaluation, Rating
from ratings.operations.evaluations import bureau_actor, open_revision
from ratings.operations.publishing import publish
from ratings.selectors import in_force
from ratings.signals import published
from ratings.standards.parsing import parse
from ratings.standards.rulebook import Override, Rulebook
from ratings.standards.rules import Event

logger = structlog.get_logger(__name__)
# the keys two sweeps meet at that issue the same revision; whatever else the database refuses is a fault
TAKEN = {"evaluation_revision", "rating_revision"}


def _struck(period: Period, after: int, vetoes: list[tuple[Override, Event]]) -> dict[int, str]:
    """Enterprise → first veto whose event lies after a day (ordinal) and that no later inspection released."""
    wanted = {code for _veto, event in vetoes for code in (event.last, event.release)}
    seen: dict[int, dict[str, int]] = {}
    sources = [each for each in measures.sources.values() if wanted & {i.code for i in each.indicators}]
    lasts = {event.last for _veto, event in vetoes}
    sources.sort(key=lambda each: not lasts & {i.code for i in each.indicators})  # events first: they are few
    for source in sources:
        codes = sorted(wanted & {each.code for each in source.indicators})
        rows = source.query(period)
        if lasts & set(codes):
            rows = rows.filter(_any_after(codes, lasts, after))
        else:
            rows = rows.filter(enterprise_id__in=list(seen))
        for row in rows.values("enterprise_id", *codes):
            seen.setdefault(row["enterprise_id"], {}).update({code: row[code] or 0 for code in codes})
    struck: dict[int, str] = {}
    for enterprise_id, values in seen.items():
        for veto, event in vetoes:
            last = values.get(event.last, 0)
            if last > after and values.get(event.release, 0) <= last:
                struck.setdefault(enterprise_id, veto.code)
    return struck


def _any_after(codes: list[str], lasts: set[str], after: int) -> Q:
    condition = Q()
    for code in codes:
        if code in lasts:
            condition |= Q(**{f"{code}__gt": after})
    return condition


def issue_interim_vetoes(*, bureau: Bureau) -> Evaluation | None:
    """Turn enterprises red that met an event veto since the last rated quarter; the run, or None if there is none.

    Each gets a new revision of its last rating, with the veto as its cause, effective today. Twice changes nothing:
    who is red already stays as it is.
    """
    actor = bureau_actor(bureau.pk)
    try:
        with station_scope(actor.scope()):
            return _issue(actor)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") in TAKEN:
            logger.info("interim veto issued elsewhere", bureau=bureau.code)
            return None
        raise


def _issue(actor: Actor) -> Evaluation | None:
    regular = Evaluation.objects.filter(bureau_id=actor.bureau_id, kind=EvaluationKind.REGULAR)
    last = (
        regular.filter(state=EvaluationState.COMPLETE)
        .select_related("standard")
        .order_by("-period_code")
        .first()
    )
    if last is None or regular.filter(period_code__gt=last.period_code).exists():
        return None  # the quarter that is being rated will see the events itself
    book: Rulebook = parse(last.standard.body)
    vetoes = [(veto, veto.when) for veto in book.vetoes if isinstance(veto.when, Event)]
    if not vetoes:
        return None
    today = timezone.localdate()
    struck = _struck(Period.of(today), last.period.end.toordinal(), vetoes)
    if not struck:
        return None
    spared = [Colour.RED, Colour.GREY] if book.grey_first else [Colour.RED]
    ratings = list(
        in_force(actor, period_code=last.period_code)
        .filter(enterprise_id__in=list(struck))
        .exclude(colour__in=spared)
        .select_related("evaluation")
    )
    if not ratings:
        return None
    with transaction.atomic():
        evaluation = open_revision(
            actor=actor,
            of=last,
            kind=EvaluationKind.INTERIM,
            enterprise_ids=[rating.enterprise_id for rating in ratings],
            reason=", ".join(sorted(set(struck.values()))),
        )
        Rating.objects.bulk_create([_revision(rating, evaluation, struck) for rating in ratings])
        evaluation.registered = len(ratings)
        evaluation.counts = {Colour.RED: len(ratings)}
        evaluation.state = EvaluationState.COMPLETE
        evaluation.started_at = evaluation.completed_at = timezone.now()
        evaluation.save()
        publish(actor=actor, evaluation=evaluation, book=book)
        published.send(sender=Evaluation, evaluation=evaluation)
    return evaluation


def _revision(rating: Rating, evaluation: Evaluation, struck: dict[int, str]) -> Rating:
    veto = struck[rating.enterprise_id]
    values = dict(
        zip(rating.evaluation.measures, rating.measures, strict=True)
    )  # a correction may keep more of them
    kept = {
        field.attname: getattr(rating, field.attname)
        for field in Rating._meta.concrete_fields
        if field.name not in {"id", "evaluation"}
    }
    return Rating(
        **kept
        | {
            "evaluation_id": evaluation.pk,
            "revision": evaluation.run,
            "colour": Colour.RED,
            "measures": [values.get(code, 0) for code in evaluation.measures],
            "decided_by": veto,
            "flags": [veto, *(flag for flag in rating.flags if flag != veto)],
            "effective_on": evaluation.effective_on,
            "red_since": evaluation.effective_on,
            "visible_from": timezone.now(),
        }
    )
