"""Celery tasks of downloads. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from foundation.exports import operations

EVERY_S = 60  # see schedule.py


@shared_task
def make(bureau_id: int, export_id: int) -> None:
    """Make the file of one download."""
    operations.make(bureau_id=bureau_id, export_id=export_id)


@shared_task
def sweep() -> None:
    """Delete downloads after their day, and wake workers for those whose worker was killed or never came.

    What is still in the queue at the next sweep is not queued twice.
    """

    def wake(bureau_id: int | None) -> None:
        for export_id in operations.unfinished_in(bureau_id):
            make.apply_async((bureau_id or 0, export_id), expires=EVERY_S)

    in_each([None, *every_bureau()], wake, of="downloads")
