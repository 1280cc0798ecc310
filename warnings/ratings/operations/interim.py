"""Interim vetoes: an event veto turns an enterprise red the same day, between two evaluations."""

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
from ratings.standards.rulebook import OFF_REGISTER, Override, Rulebook
from ratings.standards.rules import Event

logger = structlog.get_logger(__name__)
# unique keys that two sweeps issuing the same revision run into; any other IntegrityError is a fault
TAKEN = {"evaluation_revision", "rating_revision"}


def _vetoed(period: Period, after: int, vetoes: list[tuple[Override, Event]]) -> dict[int, str]:
    """Return, by enterprise id, the first veto with an event after a day (an ordinal) and no release since."""
    wanted = {code for _veto, event in vetoes for code in (event.last, event.release)}
    seen: dict[int, dict[str, int]] = {}
    sources = [each for each in measures.sources.values() if wanted & {i.code for i in each.indicators}]
    lasts = {event.last for _veto, event in vetoes}
    sources.sort(
        key=lambda each: not lasts & {i.code for i in each.indicators}
    )  # few rows have events: read them first
    for source in sources:
        codes = sorted(wanted & {each.code for each in source.indicators})
        rows = source.query(period)
        if lasts & set(codes):
            rows = rows.filter(_any_after(codes, lasts, after))
        else:
            rows = rows.filter(enterprise_id__in=list(seen))
        for row in rows.values("enterprise_id", *codes):
            seen.setdefault(row["enterprise_id"], {}).update({code: row[code] or 0 for code in codes})
    vetoed: dict[int, str] = {}
    for enterprise_id, values in seen.items():
        for veto, event in vetoes:
            last = values.get(event.last, 0)
            if last > after and values.get(event.release, 0) <= last:
                vetoed.setdefault(enterprise_id, veto.code)
    return vetoed


def _any_after(codes: list[str], lasts: set[str], after: int) -> Q:
    condition = Q()
    for code in codes:
        if code in lasts:
            condition |= Q(**{f"{code}__gt": after})
    return condition


def issue_interim_vetoes(*, bureau: Bureau) -> Evaluation | None:
    """Turn enterprises red that an event veto applies to since the last rated quarter. Return the run, if there is one.

    Each gets a new revision of its last rating, decided by the veto and effective today. Enterprises that are red already
    stay as they are, so calling it again changes nothing.
    """
    actor = bureau_actor(bureau.pk)
    try:
        with station_scope(actor.scope()):
            return _issue(actor)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") in TAKEN:
            logger.info("interim veto issued by another sweep", bureau=bureau.code)
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
    if last is None:
        return None
    later = regular.filter(period_code__gt=last.period_code).exclude(state=EvaluationState.FAILED)
    if later.exists():
        return None  # the evaluation in progress will apply the events itself
    book: Rulebook = parse(last.standard.body)
    vetoes = [(veto, veto.when) for veto in book.vetoes if isinstance(veto.when, Event)]
    if not vetoes:
        return None
    today = timezone.localdate()
    vetoed = _vetoed(Period.of(today), last.period.end.toordinal(), vetoes)
    if not vetoed:
        return None
    excluded = [Colour.RED, Colour.GREY] if book.grey_first else [Colour.RED]
    ratings = list(
        in_force(actor, period_code=last.period_code)
        .filter(enterprise_id__in=list(vetoed))
        .exclude(colour__in=excluded)
        .exclude(colour=Colour.GREY, decided_by=OFF_REGISTER)
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
            reason=", ".join(sorted(set(vetoed.values()))),
        )
        Rating.objects.bulk_create([_revision(rating, evaluation, vetoed) for rating in ratings])
        evaluation.registered = len(ratings)
        evaluation.counts = {Colour.RED: len(ratings)}
        evaluation.state = EvaluationState.COMPLETE
        evaluation.started_at = evaluation.completed_at = timezone.now()
        evaluation.save()
        publish(actor=actor, evaluation=evaluation, book=book)
        published.send(sender=Evaluation, evaluation=evaluation)
    return evaluation


def _revision(rating: Rating, evaluation: Evaluation, vetoed: dict[int, str]) -> Rating:
    veto = vetoed[rating.enterprise_id]
    # By code, because a correction may store other measures than the regular run.
    values = dict(zip(rating.evaluation.measures, rating.measures, strict=True))
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
