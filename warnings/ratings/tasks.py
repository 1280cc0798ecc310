"""Celery tasks of the three-colour warning. All are idempotent."""

from celery import shared_task
from django.db import OperationalError

from foundation.accounts.models import Bureau
from foundation.accounts.sweeping import every_bureau, in_each
from foundation.database.planner import without_nested_loops
from foundation.tenancy.scope import station_scope
from ratings import comparing, late
from ratings.choices import EvaluationState
from ratings.operations import issue_interim_vetoes, open_due_evaluations, run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.page_selectors import claim_warming, warm
from ratings.selectors import evaluations

WORKERS_WANTED = 4  # tasks sent per evaluation; a task that finds no work ends at once


@shared_task(autoretry_for=(OperationalError,), retry_backoff=2, retry_backoff_max=60, max_retries=None)
def work(bureau_id: int, evaluation_id: int) -> None:
    """Work on an evaluation. Any number of workers may do so at once."""
    state = run_evaluation(bureau_id=bureau_id, evaluation_id=evaluation_id)
    if state == EvaluationState.COMPLETE and claim_warming(evaluation_id):
        actor = bureau_actor(bureau_id)
        with station_scope(actor.scope()):
            warm(actor, evaluation_id)
            with without_nested_loops():
                comparing.warm(actor)


def wake_workers(*, bureau_id: int, evaluation_id: int, batches: int) -> None:
    """Send one task per batch, up to ``WORKERS_WANTED``. All state is in the database, so a lost task does no harm."""
    for _number in range(min(WORKERS_WANTED, max(1, batches))):
        work.delay(bureau_id, evaluation_id)


@shared_task
def look_for_late(bureau_id: int, evaluation_id: int) -> None:
    """Find the late facts of a run, for its page."""
    actor = bureau_actor(bureau_id)
    with station_scope(actor.scope()):
        late.look(actor, evaluations(actor).get(pk=evaluation_id))


@shared_task
def sweep() -> None:
    """Open runs that are due or were missed, wake workers for unfinished runs, issue interim vetoes.

    Runs every minute and at 00:30.
    """

    def look(bureau_id: int) -> None:
        bureau = Bureau.objects.get(pk=bureau_id)
        unfinished = open_due_evaluations(bureau=bureau)
        for evaluation in unfinished:
            wake_workers(bureau_id=bureau.pk, evaluation_id=evaluation.pk, batches=WORKERS_WANTED)
        if not unfinished:
            issue_interim_vetoes(bureau=bureau)

    in_each(every_bureau(), look, of="evaluations")
