"""Celery tasks of downloads. Each can safely run twice."""

from celery import shared_task

from foundation.accounts.models import Bureau
from foundation.exports import operations


@shared_task
def make(bureau_id: int, export_id: int) -> None:
    """Make the file of one download."""
    operations.make(bureau_id=bureau_id, export_id=export_id)


@shared_task
def sweep() -> None:
    """Delete downloads after their day, and wake workers for those whose worker was killed or never came."""
    for bureau_id in [None, *Bureau.objects.order_by("id").values_list("pk", flat=True)]:
        for export_id in operations.unfinished_in(bureau_id):
            make.delay(bureau_id or 0, export_id)
