"""Acknowledging messages 签收 and giving feedback 反馈."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.choices import AuditAction
from deliveries.models import Receipt
from deliveries.selectors import receipts
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.words import visible

LONGEST = 4000


def one_line_break(text: str) -> str:
    """Normalize line breaks to one character, as browsers count them, although they send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def locked_receipt(actor: Actor, subscription_id: int, sequence: int) -> Receipt:
    """Return a receipt of the department, locked. Raise Receipt.DoesNotExist."""
    rows = receipts(actor, subscription_id=subscription_id).select_related(None)
    return rows.select_for_update(of=("self",)).get(sequence=sequence)


def note_receipt(row: Receipt, actor: Actor, feedback: str, *, is_answered: bool) -> None:
    """Acknowledge a message, keep the last feedback on the whole of it, and whether nothing is left to answer."""
    if row.acknowledged_at is None:
        _acknowledge(row, actor)
    if feedback:
        row.feedback, row.feedback_at = feedback, timezone.now()
        row.feedback_by_id, row.feedback_by_name = actor.user_id, actor.name[:80]
    if is_answered and row.answered_at is None:
        row.answered_at = timezone.now()
    row.save()


def record_download(*, actor: Actor, row: Receipt) -> None:
    """Record that somebody downloaded a message, which names enterprises and their colours."""
    auditing.record(
        actor=actor, action=AuditAction.DOWNLOAD_MESSAGE, target=row, after={"sequence": row.sequence}
    )


@transaction.atomic
@as_declared
def acknowledge(*, actor: Actor, subscription_id: int, sequence: int) -> Receipt:
    """Acknowledge a message. Repeating it changes nothing."""
    require(actor, Permission.RECEIVE_MESSAGES)
    row = locked_receipt(actor, subscription_id, sequence)
    if row.acknowledged_at is None:
        _acknowledge(row, actor)
        row.save(update_fields=["acknowledged_at", "acknowledged_by_id", "acknowledged_by_name"])
        auditing.record(
            actor=actor, action=AuditAction.ACKNOWLEDGE_MESSAGE, target=row, after={"sequence": sequence}
        )
    return row


@transaction.atomic
@as_declared
def give_feedback(*, actor: Actor, subscription_id: int, sequence: int, text: str) -> Receipt:
    """Add feedback on a message as a whole, which also acknowledges it. Earlier feedback, of whoever, stays beside it.

    The words that stand there already change nothing, whoever says them (API v1). Raise WrongState if the text is empty
    or longer than 4,000 characters.
    """
    from deliveries.operations.answers import answer  # which takes its locks and lengths from here

    require(actor, Permission.RECEIVE_MESSAGES)
    words = one_line_break(visible(text)).strip()
    if not words:
        raise WrongState(_("Describe what was done."))
    row = locked_receipt(actor, subscription_id, sequence)
    if row.acknowledged_at and row.feedback == words:
        return row
    answer(actor=actor, subscription_id=subscription_id, sequence=sequence, text=text)
    return receipts(actor, subscription_id=subscription_id).get(sequence=sequence)


def _acknowledge(row: Receipt, actor: Actor) -> None:
    row.acknowledged_at = timezone.now()
    row.acknowledged_by_id, row.acknowledged_by_name = actor.user_id, actor.name[:80]
