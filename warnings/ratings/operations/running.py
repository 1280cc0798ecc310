"""Running an evaluation: batch by batch, by any number of workers at once.

All state is in PostgreSQL. A batch is leased by its row lock in the transaction that rates it, so a killed worker
releases it and leaves nothing half done. The worker that finishes the last batch continues with the next stage; if none
does, the sweep wakes a worker. Running a complete evaluation does nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from enterprises.choices import Colour
from enterprises.models import Custody
from enterprises.register import on_register
from foundation.accounts import auditing
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.database.planner import for_a_batch
from foundation.ids import ALL_IDS, LARGEST_ID
from foundation.inbox.notifying import in_each_language, notify
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from ratings.choices import OFFICIAL, AuditAction, BatchState, CauseCode, EvaluationKind, EvaluationState
from ratings.engine.batch import KnownRuns, insert_statement, visible_from
from ratings.engine.judging import LOOK_BACK
from ratings.engine.measuring import Statement
from ratings.engine.withdrawing import withdraw_statement
from ratings.models import Evaluation, EvaluationBatch, Rating
from ratings.operations.evaluations import bureau_actor
from ratings.operations.publishing import publish, take_back
from ratings.signals import published
from ratings.standards.parsing import parse
from ratings.standards.rulebook import Rulebook

logger = structlog.get_logger(__name__)
PUBLISHED_TOGETHER = 4  # batches; their rows stay locked until the transaction ends
DIGEST_SPAN = 2**64  # hash sums wrap around, so the order of batches does not matter
# SQLSTATEs that a hand-over during the run causes.
COLLISIONS = {
    "23503",  # foreign key: the enterprise left the batch's station
    "23505",  # unique: the enterprise arrived, rated already
}
CLOCKS_DIFFER = dt.timedelta(minutes=5)  # at most, those of workers and database
MOST_COLLISIONS = 20  # batches that hand-overs may roll back before the run fails


# of batches of whole stations, by the runs they read and whether they skip what is rated
SharedStatements = dict[tuple[KnownRuns, bool], Statement]


def _bureau_scope(bureau_id: int, stations: tuple[int, ...] = NO_STATION) -> Scope:
    return Scope(stations, bureau=bureau_id, audience=Audience.SYSTEM)


def run_evaluation(
    *, bureau_id: int, evaluation_id: int, on_step: Callable[[int, int], None] | None = None
) -> str:
    """Work on an evaluation until it is complete or other workers hold all remaining batches; return its state.

    ``on_step(done, total)`` is called after each batch.

    An error fails the run and is stored as its message, with two exceptions: after a lost connection the batch remains
    waiting, and after a hand-over during rating, which the composite key rejects, the batch is rated again.
    """
    book: Rulebook | None = None
    shared: SharedStatements = {}
    collisions = 0
    while True:
        with station_scope(_bureau_scope(bureau_id)):
            evaluation = Evaluation.objects.select_related("standard").get(
                bureau_id=bureau_id, pk=evaluation_id
            )
            if evaluation.state == EvaluationState.OPEN:
                _begin(evaluation)
            known = _known_runs(evaluation) if evaluation.state == EvaluationState.RATING else KnownRuns()
        try:
            book = book or parse(evaluation.standard.body)
            if evaluation.state == EvaluationState.RATING:
                while rated := _rate_batch(evaluation, book, known, shared, skip_rated=collisions > 0):
                    _report_progress(evaluation, on_step)
                if rated is None or not _finish_rating(evaluation):
                    return EvaluationState.RATING
            elif evaluation.state == EvaluationState.PUBLISHING:
                while _publish_batches(evaluation, book):
                    _report_progress(evaluation, on_step)
                if not _complete(evaluation, book):
                    return EvaluationState.PUBLISHING
            else:
                return evaluation.state
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if _collided(error) and collisions < MOST_COLLISIONS:
                collisions += 1
                logger.info(
                    "batch is rated again after a hand-over", evaluation=evaluation_id, collisions=collisions
                )
                continue
            logger.exception("evaluation failed", evaluation=evaluation_id)
            if _fail(evaluation, error):
                return EvaluationState.FAILED
            # another worker took the run on meanwhile: what failed here is no longer the state of it


def _fail(evaluation: Evaluation, error: Exception) -> bool:
    """Mark a run as failed if it is still in the state in which the error was met; False if it has moved on.

    What it had published is taken back: nobody sees its ratings, so the register must not show their colours.
    """
    actor = bureau_actor(evaluation.bureau_id)
    with station_scope(actor.scope()), for_a_batch():
        failed = Evaluation.objects.filter(
            bureau_id=evaluation.bureau_id,
            pk=evaluation.pk,
            state=evaluation.state,
            started_at=evaluation.started_at,
        ).update(state=EvaluationState.FAILED, error=str(error)[:2000])
        if failed:
            if evaluation.state == EvaluationState.PUBLISHING and not evaluation.is_trial:
                list(evaluation.batches.select_for_update())  # waits for workers that are publishing one
                take_back(actor=actor, evaluation=evaluation)
            notify(
                CauseCode.EVALUATION_FAILED,
                to=Q(bureau_id=evaluation.bureau_id, role=Role.SUPERVISOR),
                key=f"{evaluation.pk}:{evaluation.started_at}",
                object_id=evaluation.pk,
                values={"object": in_each_language(evaluation)},
            )
        return bool(failed)


def _collided(error: Exception) -> bool:
    """Return whether a hand-over broke the batch: an enterprise left its station, or arrived with a rating."""
    return isinstance(error, IntegrityError) and getattr(error.__cause__, "pgcode", "") in COLLISIONS


def _report_progress(evaluation: Evaluation, on_step: Callable[[int, int], None] | None) -> None:
    if on_step:
        with station_scope(_bureau_scope(evaluation.bureau_id)):
            on_step(*progress(evaluation))


def _begin(evaluation: Evaluation) -> None:
    Evaluation.objects.filter(pk=evaluation.pk, state=EvaluationState.OPEN).update(
        state=EvaluationState.RATING, started_at=timezone.now()
    )
    evaluation.refresh_from_db(fields=["state", "started_at"])  # another worker may have been first


def _known_runs(evaluation: Evaluation) -> KnownRuns:
    """Return the complete official runs of this quarter and of those it looks back to. Needs the bureau's scope."""
    period = evaluation.period
    runs = list(
        Evaluation.objects.filter(
            bureau_id=evaluation.bureau_id,
            kind__in=OFFICIAL,
            state=EvaluationState.COMPLETE,
            period_code__range=(period.shift(-LOOK_BACK).code, period.code),
        ).values_list("pk", "period_code", "kind")
    )
    same = [(pk, kind) for pk, code, kind in runs if code == period.code]
    return KnownRuns(
        before=tuple(pk for pk, code, _kind in runs if code != period.code),
        same=tuple(pk for pk, _kind in same),
        interim=tuple(pk for pk, kind in same if kind == EvaluationKind.INTERIM),
    )


def _free(evaluation: Evaluation, state: str) -> QuerySet[EvaluationBatch]:
    """Return the batches in a state that no other worker holds. Reading them leases them for the transaction.

    A run that has failed or was restarted meanwhile has none: what this worker knows of it no longer holds.
    """
    return (
        EvaluationBatch.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            bureau_id=evaluation.bureau_id,
            evaluation=evaluation,
            evaluation__state=evaluation.state,
            evaluation__started_at=evaluation.started_at,
            state=state,
        )
        .order_by("number")
    )


def _rate_batch(
    evaluation: Evaluation, book: Rulebook, known: KnownRuns, shared: SharedStatements, *, skip_rated: bool
) -> bool | None:
    """Rate one pending batch in one transaction. Return False if there is none, None if other workers hold them all."""
    with station_scope(_bureau_scope(evaluation.bureau_id)):
        batch = _free(evaluation, BatchState.PENDING).first()
        if batch is None:
            return None if evaluation.batches.filter(state=BatchState.PENDING).exists() else False
        id_range = (batch.id_from, batch.id_to) if batch.id_from or batch.id_to < LARGEST_ID else None
        is_whole = id_range is None and batch.enterprise_ids is None
        statement = shared.get((known, skip_rated)) if is_whole else None
        if statement is None:
            statement = insert_statement(
                book=book,
                evaluation=evaluation,
                ids=batch.enterprise_ids,
                id_range=id_range,
                known=known,
                only_changed=evaluation.kind == EvaluationKind.CORRECTION,
                skip_rated=skip_rated,
            )
        if is_whole:
            shared[known, skip_rated] = statement
        stations = _bureau_scope(evaluation.bureau_id, tuple(batch.stations))
        with station_scope(stations), for_a_batch(whole=batch.enterprise_ids is None):
            rows = visible_from(timezone.now(), statement).execute()
            if evaluation.kind == EvaluationKind.CORRECTION:
                gone = withdraw_statement(
                    book=book, evaluation=evaluation, ids=batch.enterprise_ids or [], known=known
                )
                rows += gone.execute()
        batch.counts = dict(sum((Counter({colour: count}) for colour, count, _digest in rows), Counter()))
        batch.size = sum(batch.counts.values())
        batch.digest = sum(digest for _colour, _count, digest in rows)
        batch.state = BatchState.RATED
        batch.save(update_fields=["counts", "size", "digest", "state"])
    return True


def _finish_rating(evaluation: Evaluation) -> bool:
    """Check that every enterprise on the register is rated exactly once, then start publishing.

    Return False if other workers are still rating. Enterprises that were handed over during the run and left out become
    another batch; those that left the register during the run keep their rating.
    """
    scope = bureau_actor(evaluation.bureau_id).scope()
    with station_scope(scope), for_a_batch():
        locked = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
        if locked.state != EvaluationState.RATING:
            return True
        batches = list(locked.batches.all())
        if any(batch.state == BatchState.PENDING for batch in batches):
            return False
        rated = sum(batch.size for batch in batches)
        if locked.kind == EvaluationKind.CORRECTION:
            locked.registered = rated
        else:
            register = on_register(locked.period).filter(bureau_id=locked.bureau_id)
            locked.registered = register.count()
            if rated != locked.registered:
                mine = Rating.objects.filter(evaluation=locked, enterprise_id=OuterRef("pk"))
                left = list(register.filter(~Exists(mine)).values_list("pk", "station_id"))
                if left:
                    _add_batch(locked, left, number=len(batches) + 1)
                    return True
                gone = Rating.objects.filter(evaluation=locked).exclude(
                    enterprise_id__in=register.values("pk")
                )
                if rated != locked.registered + gone.count():
                    raise ValueError(f"{rated} ratings for {locked.registered} enterprises on the register")
                locked.registered = rated
        locked.counts = {
            colour: sum(batch.counts.get(colour, 0) for batch in batches) for colour in Colour.values
        }
        locked.digest = f"{sum(int(batch.digest) for batch in batches) % DIGEST_SPAN:016x}"
        locked.state = EvaluationState.PUBLISHING
        locked.save(update_fields=["counts", "digest", "registered", "state"])
    return True


def _add_batch(evaluation: Evaluation, left: list[tuple[int, int]], number: int) -> None:
    """Add a batch for the enterprises that no batch rated, given as (enterprise id, station id)."""
    EvaluationBatch.objects.create(
        bureau_id=evaluation.bureau_id,
        evaluation=evaluation,
        number=number,
        stations=sorted({station_id for _pk, station_id in left}),
        enterprise_ids=[pk for pk, _station_id in left],
    )


def _publish_batches(evaluation: Evaluation, book: Rulebook) -> bool:
    """Publish some rated batches to the register; return False if none is free.

    Only the latest official quarter is written; an older quarter or a trial leaves the register unchanged.
    """
    with station_scope(_bureau_scope(evaluation.bureau_id)):
        batches = list(_free(evaluation, BatchState.RATED)[:PUBLISHED_TOGETHER])
        if not batches:
            return False
        still = Evaluation.objects.filter(
            pk=evaluation.pk, state=evaluation.state, started_at=evaluation.started_at
        )
        if not still.exists():
            return False  # it failed before these were leased, and what was published is taken back
        unshared = [batch for batch in batches if (batch.id_from, batch.id_to) == ALL_IDS]
        batches = unshared or batches[:1]  # ranges of one large station are published one by one
        if _is_standing(evaluation):
            stations = {station_id for batch in batches for station_id in batch.stations}
            actor = system_actor(bureau_id=evaluation.bureau_id, stations=sorted(stations))
            whole = all(batch.enterprise_ids is None for batch in batches)
            with station_scope(actor.scope()), for_a_batch(whole=whole):
                publish(
                    actor=actor,
                    evaluation=evaluation,
                    book=book,
                    id_range=(batches[0].id_from, batches[0].id_to),
                    whole=whole,
                )
        EvaluationBatch.objects.filter(pk__in=[batch.pk for batch in batches]).update(
            state=BatchState.PUBLISHED
        )
    return True


def _is_standing(evaluation: Evaluation) -> bool:
    later = Evaluation.objects.filter(
        bureau_id=evaluation.bureau_id, kind__in=OFFICIAL, period_code__gt=evaluation.period_code
    ).exclude(state=EvaluationState.FAILED)
    return not evaluation.is_trial and not later.exists()


def _complete(evaluation: Evaluation, book: Rulebook) -> bool:
    actor = bureau_actor(evaluation.bureau_id)
    with station_scope(actor.scope()), transaction.atomic(), for_a_batch():
        locked = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
        if locked.state != EvaluationState.PUBLISHING:
            return True
        if locked.batches.exclude(state=BatchState.PUBLISHED).exists():
            return False
        # A hand-over may have moved an enterprise from an unpublished batch to one already published.
        assert locked.started_at is not None  # it has begun
        moved = Custody.objects.filter(handed_over_at__gte=locked.started_at - CLOCKS_DIFFER)
        if moved.exists() and _is_standing(locked):
            publish(actor=actor, evaluation=locked, book=book, whole=True)
        locked.state, locked.completed_at = EvaluationState.COMPLETE, timezone.now()
        locked.save(update_fields=["state", "completed_at"])
        auditing.record(
            actor=actor,
            action=AuditAction.COMPLETE_EVALUATION,
            target=locked,
            after={"counts": locked.counts, "digest": locked.digest},
        )
        if not locked.is_trial:
            published.send(sender=Evaluation, evaluation=locked)
    return True


def progress(evaluation: Evaluation) -> tuple[int, int]:
    """Return the steps done and the total: two per batch, rating and publishing. Needs the bureau's scope."""
    states = dict(evaluation.batches.order_by().values_list("state").annotate(Count("id")))
    total = sum(states.values())
    return states.get(BatchState.RATED, 0) + 2 * states.get(BatchState.PUBLISHED, 0), 2 * total
