"""Celery tasks of the files that are kept. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.sweeping import every_bureau, in_each
from foundation.attachments.keeping import forget_unnamed


@shared_task
def forget_unnamed_files() -> None:
    """Delete the bytes that no row names: of additions that were not stored after all."""
    in_each(every_bureau(), forget_unnamed, of="files")
