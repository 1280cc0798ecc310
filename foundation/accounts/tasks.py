"""Celery tasks of accounts. Each can safely run twice."""

import structlog
from celery import shared_task
from django.core.management import call_command

from foundation.accounts.operations.people import forget_old_invitations

logger = structlog.get_logger(__name__)


@shared_task
def clear_sessions() -> None:
    """Delete expired sessions, and invitation links that are long out of use."""
    call_command("clearsessions")
    logger.info("cleared", invitations=forget_old_invitations())
