"""Celery tasks of the API."""

import structlog
from celery import shared_task

from foundation.rest.idempotency import forget_answers

logger = structlog.get_logger(__name__)


@shared_task
def forget_stored_answers() -> None:
    """Delete the responses stored for repeated requests."""
    logger.info("forgot stored answers", answers=forget_answers())
