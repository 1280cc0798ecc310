"""Celery tasks of facts. Each can safely run twice."""

from celery import shared_task

from facts.attachments import forget_unnamed
from foundation.accounts.sweeping import every_bureau, in_each


@shared_task
def forget_unnamed_files() -> None:
    """Delete the bytes of photos and files whose addition was not stored."""
    in_each(every_bureau(), lambda bureau_id: forget_unnamed(bureau_id=bureau_id), of="files")
