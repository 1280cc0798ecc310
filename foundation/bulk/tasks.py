"""Celery tasks of acts on many rows. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from foundation.bulk import operations

EVERY_S = 60  # see schedule.py


@shared_task
def work(bureau_id: int, run_id: int) -> None:
    """Go on with one run."""
    operations.work(bureau_id=bureau_id, run_id=run_id)


@shared_task
def sweep() -> None:
    """Delete old runs, and wake workers for those whose worker was killed or never came.

    What is still in the queue at the next sweep is not queued twice.
    """

    def wake(bureau_id: int | None) -> None:
        for run_id in operations.unfinished_in(bureau_id):
            work.apply_async((bureau_id or 0, run_id), expires=EVERY_S)

    in_each([None, *every_bureau()], wake, of="bulk acts")
