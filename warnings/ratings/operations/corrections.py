"""Late facts: what was recorded after a quarter was rated, and the revisions that take it in."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from enterprises import measures
from enterprises.models import Enterprise
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from ratings.choices import OFFICIAL, EvaluationKind, EvaluationState
from ratings.measured import measured
from ratings.models import Evaluation, EvaluationBatch
from ratings.operations.evaluations import open_revision
from ratings.selectors import in_force

SHARE = 5_000  # enterprises in one batch of a correction


@dataclass(frozen=True)
class LateFact:
    """One measure of one enterprise that would come out differently today."""

    enterprise_id: int
    measure: str
    was: Decimal
    now: Decimal


def _candidates(evaluation: Evaluation) -> set[int]:
    """Enterprises with a record that was written or changed after the run and is dated inside what it measured."""
    found: set[int] = set()
    for source in measures.sources.values():
        fields = {field.name for field in source.model._meta.concrete_fields}
        changed = "changed_at" if "changed_at" in fields else "recorded_at"
        rows = source.model._default_manager.filter(
            **{f"{changed}__gt": evaluation.started_at, f"{source.day}__lte": evaluation.period.end}
        )
        found.update(rows.order_by().values_list("enterprise_id", flat=True).distinct())
    return found


def late_facts(*, actor: Actor, evaluation: Evaluation) -> list[LateFact]:
    """What would be measured differently today, for the enterprises whose records changed since the run.

    Compares with the revision in force. Needs the scope of the actor; a station's officers see their own.
    """
    require(actor, "ratings:read")
    if not evaluation.is_complete or evaluation.is_trial or evaluation.started_at is None:
        return []
    ids = _candidates(evaluation)
    if not ids:
        return []
    statement = measured(bureau_id=evaluation.bureau_id, period=evaluation.period, ids=sorted(ids))
    stored = {
        rating.enterprise_id: dict(zip(rating.evaluation.measures, rating.measures, strict=True))
        for rating in in_force(actor, period_code=evaluation.period_code)
        .filter(enterprise_id__in=ids)
        .select_related("evaluation")
    }
    found = []
    for row in statement.rows():
        before = stored.get(row["enterprise_id"], {})
        for code, was in before.items():
            if code in row and Decimal(row[code]) != was:
                found.append(LateFact(row["enterprise_id"], code, was, Decimal(row[code])))
    return found


@transaction.atomic
def correct_ratings(*, actor: Actor, evaluation_id: int, reason: str) -> Evaluation:
    """Take late facts of a complete quarter in: opens a correction, whose ratings are new revisions.

    Only ratings that come out differently are stored. The run still has to be worked on (ratings.tasks.work).
    WrongState: nothing came late, or the evaluation is not a complete official one.
    """
    require(actor, "ratings:correct")
    if not reason.strip():
        raise WrongState(_("Say why the ratings are corrected."))
    evaluation = Evaluation.objects.select_for_update().get(
        bureau_id=actor.bureau_id, pk=evaluation_id, kind=EvaluationKind.REGULAR
    )
    running = Evaluation.objects.filter(
        bureau_id=actor.bureau_id, period_code=evaluation.period_code, kind__in=OFFICIAL
    ).exclude(state__in=[EvaluationState.COMPLETE, EvaluationState.FAILED])
    if running.exists():
        raise WrongState(_("A run of this quarter is still going on."))
    ids = sorted({late.enterprise_id for late in late_facts(actor=actor, evaluation=evaluation)})
    if not ids:
        raise WrongState(_("No fact came late: the ratings stand."))
    opened = open_revision(
        actor=actor, of=evaluation, kind=EvaluationKind.CORRECTION, enterprise_ids=ids, reason=reason
    )
    EvaluationBatch.objects.bulk_create(_shares(opened, ids))
    return opened


def _shares(evaluation: Evaluation, ids: list[int]) -> Iterable[EvaluationBatch]:
    station_of = dict(Enterprise.objects.filter(pk__in=ids).values_list("pk", "station_id"))
    for number, start in enumerate(range(0, len(ids), SHARE), start=1):
        share = ids[start : start + SHARE]
        yield EvaluationBatch(
            bureau_id=evaluation.bureau_id,
            evaluation=evaluation,
            number=number,
            stations=sorted({station_of[pk] for pk in share if pk in station_of}),
            enterprise_ids=share,
        )
