"""A whole quarter: on one connection, and through two real workers."""

import time
from contextlib import AbstractContextManager
from statistics import median

from django.db import connections, transaction

from benchmarks import floor
from benchmarks.figures import Figures
from benchmarks.servers import Workers, asked, costliest, forget, wait_for
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import Audience, Scope, station_scope
from ratings.choices import EvaluationState
from ratings.models import Evaluation
from ratings.operations import open_evaluation, run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.tasks import wake_workers


def on_one_connection(bureau: Bureau, period: Period, rounds: int) -> Figures:
    """Evaluation and floor in turn, each several times; the medians."""
    runs, reads, writes = [], [], []
    for _number in range(rounds):
        forget_quarters(bureau)
        evaluation = opened(bureau, period)
        forget()
        begin = time.perf_counter()
        state = run_evaluation(bureau_id=bureau.pk, evaluation_id=evaluation.pk)
        runs.append(time.perf_counter() - begin)
        assert state == EvaluationState.COMPLETE, state
        with _system(bureau):
            floor.prepare(evaluation)
            read, write = floor.measure(evaluation)
        reads.append(read)
        writes.append(write)
    floor.drop()
    least = median(reads) + median(writes)
    return {
        "evaluation_one_connection_seconds": round(median(runs), 3),
        "evaluation_floor_read_seconds": round(median(reads), 3),
        "evaluation_floor_write_seconds": round(median(writes), 3),
        "evaluation_floor_seconds": round(least, 3),
        "evaluation_floor_ratio": round(median(runs) / least, 2),
    }


def through_workers(bureau: Bureau, period: Period, workers: Workers, prefix: str) -> tuple[Figures, list]:
    """One quarter through the workers: from the first message to the run's completion."""
    evaluation = opened(bureau, period)
    with _system(bureau):
        batches = evaluation.batches.count()
    connections["default"].close()
    forget()
    begin = time.time()
    wake_workers(bureau_id=bureau.pk, evaluation_id=evaluation.pk, batches=batches)
    done = wait_for(lambda: ended(bureau, evaluation.pk), 1800, every_s=0.2)  # looking costs processor time
    assert done.state == EvaluationState.COMPLETE, done.error
    seconds = done.completed_at.timestamp() - begin
    time.sleep(1)  # the messages that find nothing left to do are statements too
    statements, control = asked()
    figures: Figures = {
        f"{prefix}_enterprises": done.registered,
        f"{prefix}_seconds": round(seconds, 3),
        f"{prefix}_per_second": round(done.registered / seconds, 1),
        f"{prefix}_batches": batches,
        f"{prefix}_statements": statements,
        f"{prefix}_statements_control": control,
        f"{prefix}_statements_aim": 40 + 10 * batches,
        **{f"{prefix}_{colour}": count for colour, count in done.counts.items()},
    }
    return figures, costliest()


def opened(bureau: Bureau, period: Period) -> Evaluation:
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        return open_evaluation(actor=actor, period=period)


def ended(bureau: Bureau, evaluation_id: int) -> Evaluation | None:
    """The evaluation once it has ended, read as the owner: the runtime role's statements are counted."""
    with station_scope(Scope((0,), bureau=bureau.pk, audience=Audience.SYSTEM), using="owner"):
        found = Evaluation.objects.using("owner").get(pk=evaluation_id)
    return found if found.state in (EvaluationState.COMPLETE, EvaluationState.FAILED) else None


def forget_quarters(bureau: Bureau) -> None:
    """As if nothing had ever been rated, and nobody were to be told."""
    stations = bureau_actor(bureau.pk).stations
    scope = Scope(stations, bureau=bureau.pk, audience=Audience.SYSTEM)
    with (
        transaction.atomic(using="owner"),
        station_scope(scope, using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("TRUNCATE ratings_rating, ratings_evaluationbatch, ratings_evaluation")
        cursor.execute(
            "UPDATE enterprises_enterprise SET colour = 'grey', score = NULL, rated_period = '', rated_on = NULL, "
            "cycle_days = NULL, next_inspection_on = NULL WHERE rated_period <> ''"
        )
        cursor.execute("UPDATE deliveries_subscription SET active = false WHERE active")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) enterprises_enterprise, ratings_rating")


def _system(bureau: Bureau) -> AbstractContextManager[Scope]:
    return station_scope(bureau_actor(bureau.pk).scope())
