"""Celery tasks of sheets that people take over. Each can safely run twice."""

import structlog
from celery import shared_task
from django.db import connection

from foundation.accounts.models import Bureau
from imports.operations import taking_over, uploads

EVERY_S = 60  # see schedule.py
logger = structlog.get_logger(__name__)


@shared_task
def go_on(bureau_id: int, upload_id: int) -> None:
    """Do what one sheet waits for."""
    taking_over.go_on(bureau_id=bureau_id, upload_id=upload_id)


@shared_task
def sweep() -> None:
    """Wake workers for sheets whose worker was killed or never came. An error in one bureau does not affect the others."""
    for bureau_id in Bureau.objects.order_by("id").values_list("pk", flat=True):
        try:
            for upload_id in uploads.unfinished_in(bureau_id):
                go_on.apply_async((bureau_id, upload_id), expires=EVERY_S)
        except Exception:
            logger.exception("sweep of sheets failed", bureau=bureau_id)
            connection.close_if_unusable_or_obsolete()  # the next bureau gets a connection that works
