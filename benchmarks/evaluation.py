"""Evaluation of a whole quarter: on one connection, and through real workers."""

import time
from contextlib import AbstractContextManager
from statistics import median

from django.db import connections, transaction

from benchmarks import floor
from benchmarks.figures import Figures
from benchmarks.servers import Workers, costliest, count_statements, reset_statistics, wait_for
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import Audience, Scope, station_scope
from ratings.choices import EvaluationState
from ratings.models import Evaluation
from ratings.operations import open_evaluation, run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.tasks import wake_workers


def on_one_connection(bureau: Bureau, period: Period, rounds: int) -> Figures:
    """Measure evaluation and floor in turn, ``rounds`` times; return the medians. Publishing is named apart."""
    runs, publishings, reads, writes = [], [], [], []
    for _number in range(rounds):
        delete_ratings(bureau)
        evaluation = open_run(bureau, period)
        with _system(bureau):
            shares = [tuple(each) for each in evaluation.batches.values_list("stations", flat=True)]
        connections["default"].close()  # each round plans its own statements
        reset_statistics()
        steps: list[float] = []  # when each batch was rated, then when each was published

        def note(_done: int, _all: int, steps: list[float] = steps) -> None:
            steps.append(time.perf_counter())

        begin = time.perf_counter()
        state = run_evaluation(bureau_id=bureau.pk, evaluation_id=evaluation.pk, on_step=note)
        end, rated = time.perf_counter(), steps[len(shares) - 1]
        runs.append(rated - begin)
        publishings.append(end - rated)
        assert state == EvaluationState.COMPLETE, state
        with _system(bureau):
            floor.prepare(evaluation)
        read, write = floor.measure(evaluation, shares)
        reads.append(read)
        writes.append(write)
    floor.drop()
    least = median(map(sum, zip(reads, writes, strict=True)))
    return {
        "evaluation_one_connection_seconds": round(median(runs), 3),
        "evaluation_publishing_seconds": round(median(publishings), 3),
        "evaluation_floor_read_seconds": round(median(reads), 3),
        "evaluation_floor_write_seconds": round(median(writes), 3),
        "evaluation_floor_seconds": round(least, 3),
        "evaluation_floor_ratio": round(median(runs) / least, 2),
    }


def through_workers(bureau: Bureau, period: Period, workers: Workers, prefix: str) -> tuple[Figures, list]:
    """Measure one quarter through the workers, from the first task sent to the completion of the run.

    Return the figures and the costliest statements.
    """
    evaluation = open_run(bureau, period)
    with _system(bureau):
        batches = evaluation.batches.count()
    connections["default"].close()
    reset_statistics()
    begin = time.time()
    wake_workers(bureau_id=bureau.pk, evaluation_id=evaluation.pk, batches=batches)
    done = wait_for(
        lambda: ended_run(bureau, evaluation.pk), 1800, every_s=0.2
    )  # polling costs processor time
    assert done.state == EvaluationState.COMPLETE, done.error
    seconds = done.completed_at.timestamp() - begin
    time.sleep(1)  # tasks that find no work run statements too
    statements, control = count_statements()
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


def open_run(bureau: Bureau, period: Period) -> Evaluation:
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        return open_evaluation(actor=actor, period=period)


def ended_run(bureau: Bureau, evaluation_id: int) -> Evaluation | None:
    """Return the evaluation if it has ended. Reads as the owner, because statements of the runtime role are counted."""
    with station_scope(Scope((0,), bureau=bureau.pk, audience=Audience.SYSTEM), using="owner"):
        found = Evaluation.objects.using("owner").get(pk=evaluation_id)
    return found if found.state in (EvaluationState.COMPLETE, EvaluationState.FAILED) else None


def delete_ratings(bureau: Bureau) -> None:
    """Delete all ratings and deactivate the subscriptions, as if nothing had ever been rated."""
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
