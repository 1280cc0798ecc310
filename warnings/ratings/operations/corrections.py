"""Late facts (recorded after a quarter was rated) and the corrections that include them.

Joining or leaving the register late is a late fact too: the correction rates the enterprise, or withdraws its rating.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from enterprises.choices import Colour
from enterprises.models import Enterprise
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions import measures
from ratings.access import Permission
from ratings.choices import OFFICIAL, EvaluationKind, EvaluationState
from ratings.engine.measuring import measured
from ratings.models import Evaluation, EvaluationBatch
from ratings.operations.evaluations import open_revision, shares_of
from ratings.selectors import in_force
from ratings.standards.rulebook import OFF_REGISTER

REGISTER = "on_register"  # stands for a measure in a late fact: whether the enterprise was on the register
# A record bears the time at which it was written, and is seen from its commit. An import is one transaction: what it
# wrote before a run began and committed after, the run has not seen.
LONGEST_WRITE = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)  # the last ISO week of a quarter may end after the quarter


@dataclass(frozen=True)
class LateFact:
    """One measure of one enterprise whose value has changed since the run; or ``REGISTER``, from 0 to 1 or back."""

    enterprise_id: int
    measure: str
    was: int
    now: int


def _candidates(actor: Actor, evaluation: Evaluation) -> set[int]:
    """Return the ids of enterprises that may have changed after the run, or have such a record that affects a measure.

    A record that existed before the run counts whatever its day is now, because it may have been moved out of the quarter.
    """
    assert evaluation.started_at is not None  # it is complete
    began, until = evaluation.started_at, evaluation.period.end + WEEK
    since = began - LONGEST_WRITE
    found = set(
        Enterprise.objects.filter(station_id__in=actor.stations, changed_at__gt=since).values_list(
            "pk", flat=True
        )
    )
    for source in measures.sources.values():
        fields = {field.name for field in source.model._meta.concrete_fields}
        changed, inside = Q(recorded_at__gt=since), Q(**{f"{source.day}__lte": until})
        if "changed_at" in fields:
            changed, inside = Q(changed_at__gt=since), inside | Q(recorded_at__lte=began)
        rows = source.model._default_manager.filter(changed & inside, station_id__in=actor.stations)
        found.update(rows.order_by().values_list("enterprise_id", flat=True).distinct())
    return found


def late_facts(*, actor: Actor, evaluation: Evaluation) -> list[LateFact]:
    """Return the measures that differ today from the revision in force, for enterprises changed since the run.

    An enterprise that joined the register late, or left it late, has the one fact ``REGISTER``.

    Needs the actor's scope; a station's officers see only their own enterprises.
    """
    require(actor, Permission.VIEW_RATINGS)
    if not evaluation.is_complete or evaluation.is_trial or evaluation.started_at is None:
        return []
    ids = _candidates(actor, evaluation)
    if not ids:
        return []
    statement = measured(bureau_id=evaluation.bureau_id, period=evaluation.period, ids=sorted(ids))
    stored: dict[int, dict[str, int]] = {}
    for rating in (
        in_force(actor, period_code=evaluation.period_code)
        .filter(enterprise_id__in=ids)
        .exclude(colour=Colour.GREY, decided_by=OFF_REGISTER)
        .select_related("evaluation")
    ):
        stored[rating.enterprise_id] = dict(zip(rating.evaluation.measures, rating.measures, strict=True))
    found = []
    for row in statement.rows():
        enterprise_id = row["enterprise_id"]
        before = stored.pop(enterprise_id, None)
        if before is None:
            found.append(LateFact(enterprise_id, REGISTER, 0, 1))
            continue
        for code, was in before.items():
            if code in row and row[code] != was:
                found.append(LateFact(enterprise_id, code, was, row[code]))
    found += [LateFact(enterprise_id, REGISTER, 1, 0) for enterprise_id in sorted(stored)]
    return found


@transaction.atomic
@as_declared
def correct_ratings(*, actor: Actor, evaluation_id: int, reason: str) -> Evaluation:
    """Open a correction that includes the late facts of a complete quarter. Its ratings are new revisions.

    Only ratings that differ are stored. The caller must start the run (``ratings.tasks.work``). Raise
    ValidationError without a reason; WrongState if there are no late facts or a run of the quarter is unfinished;
    Evaluation.DoesNotExist if it is not a regular evaluation.
    """
    require(actor, Permission.CORRECT_RATINGS)
    reason = required_reason(reason)
    evaluation = Evaluation.objects.select_for_update().get(
        bureau_id=actor.bureau_id, pk=evaluation_id, kind=EvaluationKind.REGULAR
    )
    running = Evaluation.objects.filter(
        bureau_id=actor.bureau_id, period_code=evaluation.period_code, kind__in=OFFICIAL
    ).exclude(state__in=[EvaluationState.COMPLETE, EvaluationState.FAILED])
    if running.exists():
        raise WrongState(_("A run of this quarter is still in progress."))
    ids = sorted({late.enterprise_id for late in late_facts(actor=actor, evaluation=evaluation)})
    if not ids:
        raise WrongState(_("No fact came late: the ratings stand."))
    opened = open_revision(
        actor=actor, of=evaluation, kind=EvaluationKind.CORRECTION, enterprise_ids=ids, reason=reason
    )
    EvaluationBatch.objects.bulk_create(shares_of(opened, ids))
    return opened
