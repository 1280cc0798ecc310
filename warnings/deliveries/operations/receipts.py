"""Acknowledging messages 签收 and giving feedback 反馈."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.choices import AuditAction
from deliveries.models import Receipt
from deliveries.selectors import receipts
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.texts import unstorable
from foundation.words import visible

LONGEST = 4000


def one_line_break(text: str) -> str:
    """Normalize line breaks to one character, as browsers count them, although they send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _locked(actor: Actor, subscription_id: int, sequence: int) -> Receipt:
    rows = receipts(actor, subscription_id=subscription_id).select_related(None)
    return rows.select_for_update(of=("self",)).get(sequence=sequence)


def record_download(*, actor: Actor, row: Receipt) -> None:
    """Record that somebody downloaded a message, which names enterprises and their colours."""
    auditing.record(
        actor=actor, action=AuditAction.DOWNLOAD_MESSAGE, target=row, after={"sequence": row.sequence}
    )


@transaction.atomic
def acknowledge(*, actor: Actor, subscription_id: int, sequence: int) -> Receipt:
    """Acknowledge a message. Repeating it changes nothing."""
    require(actor, Permission.RECEIVE_MESSAGES)
    row = _locked(actor, subscription_id, sequence)
    if row.acknowledged_at is None:
        _acknowledge(row, actor)
        row.save(update_fields=["acknowledged_at", "acknowledged_by_id", "acknowledged_by_name"])
        auditing.record(
            actor=actor, action=AuditAction.ACKNOWLEDGE_MESSAGE, target=row, after={"sequence": sequence}
        )
    return row


@transaction.atomic
def give_feedback(
    *, actor: Actor, subscription_id: int, sequence: int, text: str, seen: str | None = None
) -> Receipt:
    """Store the department's feedback on a message, which also acknowledges it. The audit log keeps earlier feedback.

    ``seen`` is the ``feedback_mark`` of the page the person used. Raise StaleRecord if the feedback has changed since,
    WrongState if the text is empty or longer than 4,000 characters.
    """
    require(actor, Permission.RECEIVE_MESSAGES)
    text = one_line_break(visible(text)).strip()
    if not text:
        raise WrongState(_("Describe what was done."))
    if len(text) > LONGEST:
        raise WrongState(_("Enter at most %(number)s characters.") % {"number": LONGEST})
    if why := unstorable(text):
        raise WrongState(why)
    row = _locked(actor, subscription_id, sequence)
    if row.feedback == text:
        return row
    if seen is not None and seen != row.feedback_mark:
        raise StaleRecord(
            _("%(name)s has written feedback since you opened this page: “%(text)s”")
            % {"name": row.feedback_by_name, "text": Truncator(row.feedback).chars(200)}
        )
    before = {"feedback": row.feedback} if row.feedback else {}
    if row.acknowledged_at is None:
        _acknowledge(row, actor)
    row.feedback, row.feedback_at = text, timezone.now()
    row.feedback_by_id, row.feedback_by_name = actor.user_id, actor.name[:80]
    row.save()
    auditing.record(
        actor=actor,
        action=AuditAction.GIVE_FEEDBACK,
        target=row,
        before=before,
        after={"sequence": sequence, "feedback": text},
    )
    return row


def _acknowledge(row: Receipt, actor: Actor) -> None:
    row.acknowledged_at = timezone.now()
    row.acknowledged_by_id, row.acknowledged_by_name = actor.user_id, actor.name[:80]
