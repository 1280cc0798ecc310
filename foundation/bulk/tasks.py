"""Celery tasks of acts on many rows. Each can safely run twice."""

import structlog
from celery import shared_task
from django.db import connection

from foundation.accounts.models import Bureau
from foundation.bulk import operations

EVERY_S = 60  # see schedule.py
logger = structlog.get_logger(__name__)


@shared_task
def work(bureau_id: int, run_id: int) -> None:
    """Go on with one run."""
    operations.work(bureau_id=bureau_id, run_id=run_id)


@shared_task
def sweep() -> None:
    """Delete old runs, and wake workers for those whose worker was killed or never came.

    An error in one bureau does not affect the others. What is still in the queue at the next sweep is not queued twice.
    """
    for bureau_id in [None, *Bureau.objects.order_by("id").values_list("pk", flat=True)]:
        try:
            for run_id in operations.unfinished_in(bureau_id):
                work.apply_async((bureau_id or 0, run_id), expires=EVERY_S)
        except Exception:
            logger.exception("sweep of bulk acts failed", bureau=bureau_id)
            connection.close_if_unusable_or_obsolete()  # the next bureau gets a connection that works
