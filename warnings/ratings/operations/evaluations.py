"""Opening evaluations: the period, the standard and the batches."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.models import Count, DateField, Max, Min, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from enterprises.register import on_register
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import Bureau
from foundation.accounts.selectors import stations_of
from foundation.arguments import as_declared
from foundation.ids import LARGEST_ID
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.access import Permission
from ratings.choices import OFFICIAL, AuditAction, EvaluationKind, EvaluationState
from ratings.engine.measuring import stored_measures
from ratings.models import Adoption, Evaluation, EvaluationBatch, Standard
from ratings.selectors import adopted_for, adopted_standard, adoptions
from ratings.standards.parsing import InvalidStandard, parse

BATCH_SIZE = 15_000  # enterprises; larger batches gain little, smaller ones repeat the cost of the statement
SMALLEST_BATCH = 2_000
SHARE = 5_000  # enterprises in one batch of a correction
BATCHES_WANTED = 4  # so that several workers have work
OPENED = {
    EvaluationKind.CORRECTION: AuditAction.OPEN_CORRECTION,
    EvaluationKind.INTERIM: AuditAction.OPEN_INTERIM,
}


def due_on(period: Period, bureau: Bureau) -> dt.date:
    """Return the day on which a quarter is rated: the first day after it plus the bureau's cut-off days."""
    return period.end + dt.timedelta(days=1 + bureau.cut_off_days)


def bureau_actor(bureau_id: int) -> Actor:
    """Return the system actor for all stations of a bureau."""
    return system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))


@transaction.atomic
def open_evaluation(
    *, actor: Actor, period: Period, standard: Standard | None = None, again: bool = False, reason: str = ""
) -> Evaluation:
    """Open the evaluation of a quarter, or return the existing one. A quarter has at most one regular run.

    With a standard other than the one adopted for the quarter it is a trial: without movement and without effect on the register;
    ``again`` opens another trial after a complete one. Needs the scope of all stations of the bureau. Raise WrongState if
    there is no standard, the quarter of a regular run has not ended or its register was empty, or the quarter of a trial
    has not begun.
    """
    require(actor, Permission.START_EVALUATIONS)
    adopted = adopted_standard(actor, period)
    chosen = standard or adopted
    if chosen is None:
        planned = adoptions(actor).order_by("from_quarter").first()
        if planned:
            words = _("No standard decides %(period)s: the first one is adopted from %(quarter)s on.")
            raise WrongState(words % {"period": period, "quarter": Period.parse(planned.from_quarter)})
        raise WrongState(_("No standard is adopted yet. Adopt one first."))
    trial = chosen != adopted
    if not trial and period.end >= timezone.localdate():
        raise WrongState(_("%(period)s has not ended yet.") % {"period": period})
    if period.start > timezone.localdate():
        raise WrongState(_("%(period)s has not begun yet.") % {"period": period})
    bureau = Bureau.objects.get(pk=actor.bureau_id)
    kind = EvaluationKind.TRIAL if trial else EvaluationKind.REGULAR
    runs = Evaluation.objects.filter(bureau=bureau, period_code=period.code, kind=kind)
    runs = runs.filter(standard=chosen) if trial else runs
    last = runs.order_by("-run").first()
    if last and not (trial and again and last.is_complete):
        return last
    if not trial and not on_register(period).filter(bureau=bureau).exists():
        words = _(
            "No enterprise was on the register on %(day)s, so there is nothing to rate. If one was, correct the day since"
            " which it is on the register."
        )
        raise WrongState(words % {"day": period.end})
    run = 1
    if trial:
        run = last.run + 1 if last else 1
    evaluation = Evaluation(
        bureau=bureau,
        period_code=period.code,
        standard=chosen,
        kind=kind,
        run=run,
        effective_on=min(due_on(period, bureau), timezone.localdate()),  # one started by hand may be early
        criteria=_line_codes(chosen),
        measures=stored_measures(),
        requested_by_id=actor.user_id,
        reason=reason,
    )
    # If two schedulers open it at once, the second finds the first one's run.
    Evaluation.objects.bulk_create([evaluation], ignore_conflicts=True)
    opened = runs.select_for_update().get(run=run)
    if not opened.batches.exists():
        EvaluationBatch.objects.bulk_create(_batches(opened))
        auditing.record(actor=actor, action=AuditAction.OPEN_EVALUATION, target=opened, reason=reason)
    return opened


def _line_codes(standard: Standard) -> list[str]:
    """Return the line codes of a standard; none if its text is invalid, in which case the run fails with the reason."""
    try:
        return parse(standard.body).line_codes
    except InvalidStandard:
        return []


def _batches(evaluation: Evaluation) -> Iterator[EvaluationBatch]:
    """Yield batches of neighbouring stations up to the batch size; a large station is split into ranges of ids."""
    enterprises = Enterprise.objects.filter(bureau_id=evaluation.bureau_id)
    counts = list(enterprises.order_by("station_id").values_list("station_id").annotate(size=Count("id")))
    size = min(BATCH_SIZE, max(SMALLEST_BATCH, sum(count for _id, count in counts) // BATCHES_WANTED))
    shares: list[dict] = []
    waiting: list[int] = []
    waiting_count = 0
    for station_id, count in counts:
        if count > 1.5 * size:
            shares += _ranges(station_id, size)
            continue
        if waiting and waiting_count + count > size:
            shares.append({"stations": waiting})
            waiting, waiting_count = [], 0
        waiting.append(station_id)
        waiting_count += count
    if waiting or not shares:
        shares.append({"stations": waiting or list(stations_of(evaluation.bureau_id)) or [0]})
    for number, share in enumerate(shares, start=1):
        yield EvaluationBatch(bureau_id=evaluation.bureau_id, evaluation=evaluation, number=number, **share)


def _ranges(station_id: int, size: int) -> Iterator[dict]:
    ids = Enterprise.objects.filter(station_id=station_id).order_by("id").values_list("id", flat=True)
    starts = list(ids)[::size]
    for index, first in enumerate(starts):
        last = starts[index + 1] - 1 if index + 1 < len(starts) else LARGEST_ID
        yield {"stations": [station_id], "id_from": first if index else 0, "id_to": last}


def open_revision(
    *, actor: Actor, of: Evaluation, kind: EvaluationKind, enterprise_ids: Sequence[int], reason: str
) -> Evaluation:
    """Open an evaluation that revises some ratings of a complete one, as the next run of its quarter."""
    runs = Evaluation.objects.filter(bureau_id=of.bureau_id, period_code=of.period_code, kind__in=OFFICIAL)
    evaluation = Evaluation.objects.create(
        bureau_id=of.bureau_id,
        period_code=of.period_code,
        standard_id=of.standard_id,
        kind=kind,
        run=(runs.aggregate(last=Max("run"))["last"] or 1) + 1,
        effective_on=timezone.localdate(),
        criteria=of.criteria if kind == EvaluationKind.INTERIM else _line_codes(of.standard),
        measures=of.measures if kind == EvaluationKind.INTERIM else stored_measures(),
        enterprise_ids=list(enterprise_ids),
        requested_by_id=actor.user_id,
        reason=reason,
    )
    auditing.record(actor=actor, action=OPENED[kind], target=evaluation, reason=reason)
    return evaluation


def shares_of(evaluation: Evaluation, ids: Sequence[int]) -> Iterator[EvaluationBatch]:
    """Yield batches of single enterprises, as corrections need them: few enterprises, of any station."""
    station_of = dict(Enterprise.objects.filter(pk__in=ids).values_list("pk", "station_id"))
    for number, start in enumerate(range(0, len(ids), SHARE), start=1):
        share = ids[start : start + SHARE]
        yield EvaluationBatch(
            bureau_id=evaluation.bureau_id,
            evaluation=evaluation,
            number=number,
            stations=sorted({station_of[pk] for pk in share if pk in station_of}),
            enterprise_ids=list(share),
        )


def _first_day(bureau: Bureau) -> dt.date:
    """Return the first day on which an enterprise was on the bureau's register; the last day there is if none ever was.

    Read first, because asking each of the many quarters before it would read the whole register each time.
    """
    always = Coalesce("registered_on", Value(dt.date.min), output_field=DateField())
    first: dt.date | None = Enterprise.objects.filter(bureau=bureau).aggregate(first=Min(always))["first"]
    return first or dt.date.max


@transaction.atomic
@as_declared
def restart_evaluation(*, actor: Actor, evaluation_id: int) -> Evaluation:
    """Restart a failed evaluation: delete its ratings, which nobody could see, and create its batches again.

    Raise WrongState if it has not failed.
    """
    require(actor, Permission.START_EVALUATIONS)
    rows = Evaluation.objects.select_related("standard").select_for_update(of=("self",))
    evaluation = rows.get(bureau_id=actor.bureau_id, pk=evaluation_id)
    if evaluation.state != EvaluationState.FAILED:
        raise WrongState(_("Only a failed evaluation can be restarted."))
    with connection.cursor() as cursor:  # the program itself may not delete ratings
        cursor.execute("SELECT ratings_discard_run(%s)", [evaluation.pk])
    evaluation.state, evaluation.error = EvaluationState.OPEN, ""
    # An older version of the program, with other measures, may have opened it.
    evaluation.criteria, evaluation.measures = _line_codes(evaluation.standard), stored_measures()
    evaluation.save(update_fields=["state", "error", "criteria", "measures"])
    single = evaluation.enterprise_ids
    EvaluationBatch.objects.bulk_create(
        _batches(evaluation) if single is None else shares_of(evaluation, single)
    )
    auditing.record(actor=actor, action=AuditAction.RESTART_EVALUATION, target=evaluation)
    return evaluation


def open_due_evaluations(*, bureau: Bureau, today: dt.date | None = None) -> list[Evaluation]:
    """Open the oldest quarter of a bureau that is due but not complete; return all unfinished runs.

    A quarter waits until the previous one is complete, because movement looks back. For the same reason none before the
    latest complete one is opened, although somebody may have joined its register late. Nothing is opened before the
    bureau's ``rates_from``, without an adopted standard, or while no enterprise was on the register at the quarter's
    end. The sweep calls it; calling it again changes nothing.
    """
    today = today or timezone.localdate()
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        unfinished = list(
            Evaluation.objects.filter(bureau=bureau).exclude(
                state__in=[EvaluationState.COMPLETE, EvaluationState.FAILED]
            )
        )
        if not bureau.rates_from or not Adoption.objects.filter(bureau=bureau).exists():
            return unfinished
        regular = Evaluation.objects.filter(bureau=bureau, kind=EvaluationKind.REGULAR)
        complete = regular.filter(state=EvaluationState.COMPLETE)
        latest = complete.aggregate(latest=Max("period_code"))["latest"] or ""
        first: dt.date | None = None
        for period in Period.parse(bureau.rates_from).until(Period.of(today).shift(-1)):
            if period.code <= latest:
                continue
            first = first or _first_day(bureau)
            if period.end < first or not on_register(period).filter(bureau=bureau).exists():
                continue
            if not adopted_for(actor, period).exists():
                continue  # the first standard was adopted from a later quarter on
            if due_on(period, bureau) <= today:
                opened = open_evaluation(actor=actor, period=period)
                if (
                    opened.pk not in {each.pk for each in unfinished}
                    and opened.state != EvaluationState.FAILED
                ):
                    unfinished.append(opened)
            break
    return unfinished
