"""Celery tasks of hazards. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from inspections.reminding import remind


@shared_task
def remind_of_deadlines() -> None:
    """Notify enterprises whose hazards are due within two days."""
    in_each(every_bureau(), lambda bureau_id: remind(bureau_id=bureau_id), of="deadlines of hazards")
