"""Celery tasks of sheets that people take over. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from imports.operations import taking_over, uploads

EVERY_S = 60  # see schedule.py


@shared_task
def go_on(bureau_id: int, upload_id: int) -> None:
    """Do what one sheet waits for."""
    taking_over.go_on(bureau_id=bureau_id, upload_id=upload_id)


@shared_task
def sweep() -> None:
    """Wake workers for sheets whose worker was killed or never came."""

    def wake(bureau_id: int) -> None:
        for upload_id in uploads.unfinished_in(bureau_id):
            go_on.apply_async((bureau_id, upload_id), expires=EVERY_S)

    in_each(every_bureau(), wake, of="sheets")
