"""Celery tasks of signed links. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from foundation.links import operations


@shared_task
def take_answers() -> None:
    """Let the apps read what was answered since the last time."""
    in_each(every_bureau(), lambda bureau_id: operations.take_answers(bureau_id), of="answers of links")
