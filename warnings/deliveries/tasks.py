"""Celery shells of the deliveries. Everything they do can be done twice, by any number of workers at once."""

import structlog
from celery import shared_task
from django.db import OperationalError

from deliveries.operations import pushing
from foundation.accounts.models import Bureau

logger = structlog.get_logger(__name__)


@shared_task
def push_due(bureau_id: int | None = None) -> None:
    """Wake a worker for each subscription that has something to send. Runs after a publication and by the clock."""
    bureaus = Bureau.objects.order_by("id").values_list("pk", flat=True)
    for each in [bureau_id] if bureau_id else bureaus:
        try:
            for subscription_id in pushing.due_ids(bureau_id=each):
                push.apply_async((each, subscription_id), expires=60)
        except OperationalError:
            raise
        except Exception:
            logger.exception("waking deliveries failed", bureau=each)


@shared_task
def push(bureau_id: int, subscription_id: int) -> None:
    """One turn of a subscription; another one if more waits. The lease keeps two turns from meeting."""
    if pushing.push(bureau_id=bureau_id, subscription_id=subscription_id).more:
        push.apply_async((bureau_id, subscription_id), expires=60)


@shared_task
def forget_attempts() -> None:
    """Forget the attempts that are older than half a year."""
    for bureau_id in Bureau.objects.order_by("id").values_list("pk", flat=True):
        pushing.forget_attempts(bureau_id=bureau_id)
