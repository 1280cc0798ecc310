"""Celery tasks of accounts. Each can safely run twice."""

import structlog
from celery import shared_task
from django.core.management import call_command

from foundation.accounts import operations, sealing
from foundation.accounts.operations.passwords import forget_old_password_requests
from foundation.accounts.operations.people import forget_old_invitations

logger = structlog.get_logger(__name__)


@shared_task
def clear_sessions() -> None:
    """Delete expired sessions, and invitation links and requests for a password that are long out of use."""
    call_command("clearsessions")
    logger.info("cleared", invitations=forget_old_invitations(), requests=forget_old_password_requests())


@shared_task
def seal_audit_log() -> None:
    """Seal what was written to the audit log. Each seal goes to the log stream too."""
    sealing.seal_log()


@shared_task
def ask_for_password(login: str, address: str) -> None:
    """Pass on a request for a new password, if there is such a person."""
    operations.ask_for_password(login=login, address=address)


@shared_task
def warn_of_ending_keys() -> None:
    """Notify departments and supervisors of API keys that end soon."""
    operations.warn_of_ending_keys()
