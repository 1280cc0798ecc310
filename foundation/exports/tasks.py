"""Celery tasks of downloads. Each can safely run twice."""

import structlog
from celery import shared_task
from django.db import connection

from foundation.accounts.models import Bureau
from foundation.exports import operations

EVERY_S = 60  # see schedule.py
logger = structlog.get_logger(__name__)


@shared_task
def make(bureau_id: int, export_id: int) -> None:
    """Make the file of one download."""
    operations.make(bureau_id=bureau_id, export_id=export_id)


@shared_task
def sweep() -> None:
    """Delete downloads after their day, and wake workers for those whose worker was killed or never came.

    An error in one bureau does not affect the others. What is still in the queue at the next sweep is not queued twice.
    """
    for bureau_id in [None, *Bureau.objects.order_by("id").values_list("pk", flat=True)]:
        try:
            for export_id in operations.unfinished_in(bureau_id):
                make.apply_async((bureau_id or 0, export_id), expires=EVERY_S)
        except Exception:
            logger.exception("sweep of downloads failed", bureau=bureau_id)
            connection.close_if_unusable_or_obsolete()  # the next bureau gets a connection that works
