"""Celery shells of accounts. Everything they do can be done twice."""

import structlog
from celery import shared_task
from django.core.management import call_command

from foundation.accounts.operations.people import forget_old_invitations

logger = structlog.get_logger(__name__)


@shared_task
def clear_sessions() -> None:
    """Remove sessions that have expired, and invitation links that have long been of no use."""
    call_command("clearsessions")
    logger.info("cleared", invitations=forget_old_invitations())
