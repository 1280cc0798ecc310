"""Celery tasks of the inbox. Each can safely run twice."""

import structlog
from celery import shared_task

from foundation.inbox import operations
from foundation.inbox.models import Notification

logger = structlog.get_logger(__name__)


@shared_task
def forget_notifications() -> None:
    """Delete notifications that are older than their time, in each bureau and on the platform."""
    bureaus = Notification._meta.get_field("bureau").related_model
    ids = [None, *bureaus._default_manager.order_by("id").values_list("pk", flat=True)]
    logger.info("forgotten", notifications=sum(operations.forget_old(bureau_id=each) for each in ids))
