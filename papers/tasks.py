"""Celery tasks of papers. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from papers import retrying
from papers.operations import making

EVERY_S = 60  # see schedule.py


@shared_task
def make(bureau_id: int, id: int) -> None:
    """Make the files of a paper that was issued; a failure is tried again later."""
    retrying.make_or_wait(bureau_id=bureau_id, id=id)


@shared_task
def sweep() -> None:
    """Wake workers for papers whose worker was killed or never came, and for what failed when its time has come."""

    def wake(bureau_id: int) -> None:
        for id in making.without_file(bureau_id):
            make.apply_async((bureau_id, id), expires=EVERY_S)

    in_each(every_bureau(), wake, of="papers")
