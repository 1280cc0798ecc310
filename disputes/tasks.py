"""Celery tasks of disputes. Each can safely run twice."""

import structlog
from celery import shared_task

from disputes.agreements import sweeping
from foundation.accounts.sweeping import every_bureau, in_each

logger = structlog.get_logger(__name__)


@shared_task
def find_breaches() -> None:
    """Write which instalments were not paid by their day, and reopen their disputes."""

    def one(bureau_id: int) -> None:
        logger.info("breaches found", bureau=bureau_id, breaches=sweeping.find_breaches(bureau_id))

    in_each(every_bureau(), one, of="breaches of agreements")


@shared_task
def remind_of_instalments() -> None:
    """Remind whoever leads a dispute of the instalments that are due."""
    in_each(every_bureau(), sweeping.remind, of="instalments")
