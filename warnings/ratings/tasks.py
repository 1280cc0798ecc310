"""Celery shells of the three-colour warning. Everything they do can be done twice."""

import structlog
from celery import shared_task
from django.db import OperationalError, connection

from foundation.accounts.models import Bureau
from foundation.tenancy.scope import station_scope
from ratings import late
from ratings.choices import EvaluationState
from ratings.operations import issue_interim_vetoes, open_due_evaluations, run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.page_selectors import claim_warming, warm
from ratings.selectors import evaluations

logger = structlog.get_logger(__name__)
WORKERS_WANTED = 4  # messages sent for one evaluation; those that find nothing to do end at once


@shared_task(autoretry_for=(OperationalError,), retry_backoff=2, retry_backoff_max=60, max_retries=None)
def work(bureau_id: int, evaluation_id: int) -> None:
    """Work on an evaluation: as many of these may run at once as there are workers."""
    state = run_evaluation(bureau_id=bureau_id, evaluation_id=evaluation_id)
    if state == EvaluationState.COMPLETE and claim_warming(evaluation_id):
        actor = bureau_actor(bureau_id)
        with station_scope(actor.scope()):
            warm(actor, evaluation_id)


def wake_workers(*, bureau_id: int, evaluation_id: int, batches: int) -> None:
    """Send one message per batch, up to a few: the state is in the database, so a lost one loses nothing."""
    for _number in range(min(WORKERS_WANTED, max(1, batches))):
        work.delay(bureau_id, evaluation_id)


@shared_task
def look_for_late(bureau_id: int, evaluation_id: int) -> None:
    """Look for what came late after a quarter was rated, for the page of the run."""
    actor = bureau_actor(bureau_id)
    with station_scope(actor.scope()):
        late.look(actor, evaluations(actor).get(pk=evaluation_id))


@shared_task
def sweep() -> None:
    """Open what is due or was missed, wake workers for what is unfinished, look for interim vetoes.

    Runs each minute and at the quarter's turn. A bureau that fails does not keep the others waiting.
    """
    for bureau in Bureau.objects.order_by("id"):
        try:
            unfinished = open_due_evaluations(bureau=bureau)
            for evaluation in unfinished:
                wake_workers(bureau_id=bureau.pk, evaluation_id=evaluation.pk, batches=WORKERS_WANTED)
            if not unfinished:
                issue_interim_vetoes(bureau=bureau)
        except Exception:
            logger.exception("sweep failed", bureau=bureau.code)
            connection.close_if_unusable_or_obsolete()  # the next bureau gets a connection that works
