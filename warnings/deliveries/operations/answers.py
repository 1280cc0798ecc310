"""Answering a message, or one enterprise in it: noted 已知悉, in work 办理中, done 已办结, and words 反馈."""

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.answers import MOST_ABOUT_ONE, MOST_OF_MESSAGE, WHOLE_MESSAGE, answers, of_message
from deliveries.choices import AuditAction, Progress
from deliveries.models import Answer, Receipt
from deliveries.operations.receipts import LONGEST, locked_receipt, note_receipt, one_line_break
from deliveries.selectors import events
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.texts import unstorable
from foundation.words import visible


@transaction.atomic
@as_declared
def answer(
    *,
    actor: Actor,
    subscription_id: int,
    sequence: int,
    enterprise_id: int = WHOLE_MESSAGE,
    progress: str = "",
    text: str = "",
) -> Answer:
    """Say how far the department is with an enterprise of a message, or with the message as a whole, or add words to it.

    Nothing that was said before changes. It acknowledges the message; words about the whole message are its feedback.
    Saying the same again changes nothing. Raise Receipt.DoesNotExist, WrongState if it says nothing, or the text is too
    long or cannot be stored, or the message has no such enterprise, or has as many answers as it may.
    """
    require(actor, Permission.RECEIVE_MESSAGES)
    # before anything is checked, so that what is not there is not there; and answers get their ids in their order
    receipt = locked_receipt(actor, subscription_id, sequence)
    text = one_line_break(visible(text)).strip()
    if not (text or progress):
        raise WrongState(_("Say how far you are, or describe what was done."))
    if progress and progress not in Progress.values:
        raise WrongState(_("Choose how far you are."))
    if len(text) > LONGEST:
        raise WrongState(_("Enter at most %(number)s characters.") % {"number": LONGEST})
    if text and (why := unstorable(text)):
        raise WrongState(why)
    if enterprise_id != WHOLE_MESSAGE:
        named = events(actor, subscription_id=subscription_id).filter(sequence=sequence)
        if enterprise_id not in named.values_list("enterprise_ids", flat=True).get():
            raise WrongState(_("The message does not name this enterprise."))
    said = answers(actor).filter(
        subscription_id=subscription_id, sequence=sequence, enterprise_id=enterprise_id
    )
    last = said.last()
    who = (actor.user_id, actor.name[:80])
    if last and progress in ("", last.progress) and (last.text, last.by_id, last.by_name) == (text, *who):
        return last
    _refuse_endless(actor, receipt, said.count())
    row = Answer.objects.create(
        bureau_id=receipt.bureau_id,
        department_id=receipt.department_id,
        subscription_id=subscription_id,
        sequence=sequence,
        enterprise_id=enterprise_id,
        progress=progress,
        text=text,
        at=timezone.now(),
        by_id=actor.user_id,
        by_name=actor.name[:80],
    )
    former = receipt.feedback
    is_whole = enterprise_id == WHOLE_MESSAGE
    is_answered = is_whole or (not last and _answered(actor, receipt) >= receipt.size)
    note_receipt(receipt, actor, text if is_whole else "", is_answered=is_answered)
    _record(actor, receipt, row, former)
    return row


def _answered(actor: Actor, receipt: Receipt) -> int:
    """Return the number of enterprises of a message that were answered."""
    said = of_message(actor, subscription_id=receipt.subscription_id, sequence=receipt.sequence)
    return (
        said.exclude(enterprise_id=WHOLE_MESSAGE)
        .order_by()
        .aggregate(n=Count("enterprise_id", distinct=True))["n"]
    )


def _refuse_endless(actor: Actor, receipt: Receipt, about_it: int) -> None:
    """Raise WrongState if a message has as many answers as it may. The receipt is locked, so nobody adds one meanwhile."""
    words = {"number": MOST_ABOUT_ONE}
    if about_it >= MOST_ABOUT_ONE:
        raise WrongState(_("There are %(number)d answers about this already, and no more are taken.") % words)
    said = of_message(actor, subscription_id=receipt.subscription_id, sequence=receipt.sequence)
    if said.count() >= MOST_OF_MESSAGE:
        words = {"number": MOST_OF_MESSAGE}
        raise WrongState(_("The message has %(number)d answers already, and no more are taken.") % words)


def _record(actor: Actor, receipt: Receipt, row: Answer, former: str) -> None:
    """Record an answer; ``former`` is the feedback that the receipt had."""
    after = {"sequence": row.sequence, "progress": row.progress, "feedback": row.text}
    if row.enterprise_id:
        after["enterprise"] = row.enterprise_id
    is_feedback = bool(row.text) and not row.enterprise_id
    before = {"feedback": former} if is_feedback and former else {}
    action = AuditAction.GIVE_FEEDBACK if is_feedback else AuditAction.ANSWER
    auditing.record(actor=actor, action=action, target=receipt, before=before, after=after)
