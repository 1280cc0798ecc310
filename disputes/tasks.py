"""Celery tasks of disputes. Each can safely run twice."""

import datetime as dt

import structlog
from celery import shared_task
from django.utils import timezone

from disputes.people import sides
from foundation.accounts.sweeping import every_bureau, in_each

logger = structlog.get_logger(__name__)
OLD_AFTER = dt.timedelta(hours=20)


@shared_task
def tell_sides_of(bureau_id: int, station_id: int, dispute_id: int) -> None:
    """Write the snapshots that the enterprises on its sides have of a dispute."""
    number = sides.write_sides(bureau_id, station_id, dispute_id)
    logger.info("sides told", bureau=bureau_id, dispute=dispute_id, enterprises=number)


@shared_task
def tell_stale_sides() -> None:
    """Write the snapshots that are missing or a day old: a stage may be reached by the passing of a day alone."""
    since = timezone.now() - OLD_AFTER

    def one(bureau_id: int) -> None:
        logger.info("sides told", bureau=bureau_id, disputes=sides.tell_stale_sides(bureau_id, since))

    in_each(every_bureau(), one, of="sides of disputes")


@shared_task
def find_breaches() -> None:
    """Write which instalments were not paid by their day, and reopen their disputes."""
    from disputes.agreements import sweeping  # its operations queue tasks of this module

    def one(bureau_id: int) -> None:
        logger.info("breaches found", bureau=bureau_id, breaches=sweeping.find_breaches(bureau_id))

    in_each(every_bureau(), one, of="breaches of agreements")


@shared_task
def remind_of_instalments() -> None:
    """Remind whoever leads a dispute of the instalments that are due."""
    from disputes.agreements import sweeping

    in_each(every_bureau(), sweeping.remind, of="instalments")
