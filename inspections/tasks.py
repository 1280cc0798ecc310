"""Celery tasks of hazards. Each can safely run twice."""

import structlog
from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from inspections import escalating
from inspections.planning import escalating as overdue_visits
from inspections.reminding import remind

logger = structlog.get_logger(__name__)


@shared_task
def remind_of_deadlines() -> None:
    """Notify enterprises whose hazards are due within two days."""
    in_each(every_bureau(), lambda bureau_id: remind(bureau_id=bureau_id), of="deadlines of hazards")


@shared_task
def escalate() -> None:
    """Let overdue hazards go on to the next who must know of them."""

    def one(bureau_id: int) -> None:
        logger.info("escalated", bureau=bureau_id, steps=escalating.escalate_overdue(bureau_id))

    in_each(every_bureau(), one, of="escalations")


@shared_task
def escalate_visits() -> None:
    """Let enterprises whose inspection is overdue go on to the next who must know of them."""

    def one(bureau_id: int) -> None:
        logger.info("escalated", bureau=bureau_id, visits=overdue_visits.escalate_visits(bureau_id))

    in_each(every_bureau(), one, of="escalations of inspections")
