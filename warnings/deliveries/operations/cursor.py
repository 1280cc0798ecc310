"""Operations on a push: pause, resume, retry now, skip, replay. Each is recorded in the audit log."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.choices import AuditAction, Outcome, Paused
from deliveries.models import Attempt, Subscription
from deliveries.operations.failing import FAILING, forget_failures
from deliveries.selectors import subscriptions
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope

STATE = ("paused_why", "paused_at", "awaits_confirmation", *FAILING)
LEASE = ("lease_token", "leased_until")
MOST_AGAIN = 1_000


def locked(actor: Actor, subscription_id: int) -> Subscription:
    """Return a subscription that the actor may see, with its row locked. Raise Subscription.DoesNotExist otherwise."""
    return subscriptions(actor).select_related(None).select_for_update(of=("self",)).get(pk=subscription_id)


def wake(bureau_id: int) -> None:
    """Wake the push after the commit. If the broker is down, the schedule does."""
    from deliveries.tasks import push_due  # tasks call operations, so they cannot be imported above

    transaction.on_commit(lambda: push_due.delay(bureau_id), robust=True)


@transaction.atomic
@as_declared
def pause(*, actor: Actor, subscription_id: int, reason: str) -> Subscription:
    """Pause the push; a message being sent may still arrive.

    Raise WrongState if it is paused already, ValidationError without a reason.
    """
    require(actor, Permission.OPERATE_DELIVERIES)
    row = locked(actor, subscription_id)
    if row.paused_why:
        raise WrongState(_("The subscription is already paused."))
    reason = required_reason(reason)
    row.paused_why, row.paused_at = Paused.MANUAL, timezone.now()
    row.save(update_fields=STATE)
    auditing.record(
        actor=actor, action=AuditAction.PAUSE_PUSH, target=row, after={"paused_why": "manual"}, reason=reason
    )
    return row


@transaction.atomic
@as_declared
def resume(*, actor: Actor, subscription_id: int) -> Subscription:
    """Resume the push at once, with the message that failed; retries get another three days.

    If the address was changed during the pause, the department has to confirm it first.
    Raise WrongState if it is not paused, if the department has not confirmed the address, or if a department would
    resume what the operator has paused.
    """
    require(actor, Permission.STEER_PUSH)
    row = locked(actor, subscription_id)
    if not row.paused_why:
        raise WrongState(_("The subscription is not paused."))
    if row.paused_why == Paused.CONFIRM:
        raise WrongState(_("The department has to confirm the address first, under Subscriptions."))
    if row.paused_why == Paused.MANUAL and actor.audience is Audience.DEPARTMENT:
        raise WrongState(_("The platform operator paused the push, and only they can resume it."))
    before = {"paused_why": row.paused_why}
    row.paused_why, row.paused_at = Paused.NOT, None
    if row.awaits_confirmation:  # the address was changed meanwhile
        row.paused_why, row.paused_at, row.awaits_confirmation = Paused.CONFIRM, timezone.now(), False
    forget_failures(row)
    row.save(update_fields=STATE)
    auditing.record(actor=actor, action=AuditAction.RESUME_PUSH, target=row, before=before)
    wake(row.bureau_id)
    return row


@transaction.atomic
@as_declared
def retry_now(*, actor: Actor, subscription_id: int) -> Subscription:
    """Try the message that failed again at once, without waiting for its time. What failed before still counts.

    Raise WrongState if nothing failed, the push is paused or has no address, or the message is being sent.
    """
    require(actor, Permission.STEER_PUSH)
    row = locked(actor, subscription_id)
    if not row.active or not row.url:
        raise WrongState(_("Nothing is pushed for this subscription."))
    if row.paused_why:
        raise WrongState(_("The push is paused. Resume it: the message is then tried at once."))
    if row.leased_until and row.leased_until > timezone.now():
        raise WrongState(_("Message %(number)s is being sent right now.") % {"number": row.next_sequence})
    if row.failing_since is None or not row.has_next:
        raise WrongState(_("No message is waiting for another try."))
    row.next_try_at = None
    row.save(update_fields=["next_try_at"])
    after = {"sequence": row.next_sequence}
    auditing.record(actor=actor, action=AuditAction.RETRY_NOW, target=row, after=after)
    wake(row.bureau_id)
    return row


@transaction.atomic
@as_declared
def skip(*, actor: Actor, subscription_id: int, sequence: int, reason: str) -> Subscription:
    """Skip the next message. The department can still read it, and it can be replayed.

    Raise WrongState if ``sequence`` is no longer the next message, ValidationError without a reason.
    """
    require(actor, Permission.STEER_PUSH)
    row = locked(actor, subscription_id)
    reason = required_reason(reason)
    if not row.has_next or sequence != row.next_sequence:
        raise WrongState(_("Message %(number)s is not the next one.") % {"number": sequence})
    row.last_delivered = max(row.last_delivered, sequence)
    row.again = [number for number in row.again if number != sequence]
    row.lease_token = row.leased_until = None  # a pending attempt must not move the cursor
    forget_failures(row)
    row.save(update_fields=["last_delivered", "again", *STATE, *LEASE])
    system = Scope(NO_STATION, bureau=row.bureau_id, audience=Audience.SYSTEM)
    with station_scope(system):  # a department writes no attempts
        Attempt.objects.create(
            bureau_id=row.bureau_id,
            department_id=row.department_id,
            subscription_id=row.pk,
            sequence=sequence,
            at=timezone.now(),
            outcome=Outcome.SKIPPED,
            by_name=actor.name if actor.audience is Audience.DEPARTMENT else "",
        )
    auditing.record(
        actor=actor, action=AuditAction.SKIP_MESSAGE, target=row, after={"sequence": sequence}, reason=reason
    )
    wake(row.bureau_id)
    return row


@transaction.atomic
@as_declared
def replay(
    *,
    actor: Actor,
    subscription_id: int,
    from_sequence: int | None,
    to_sequence: int | None = None,
    reason: str = "",
) -> Subscription:
    """Send messages again, with the same ``webhook-id`` as the first time: from a number on, or up to ``to_sequence``.

    Without an end the cursor goes back. A range is sent before the cursor goes on, and what follows it is not repeated;
    while other messages wait to be sent again it joins them. A paused subscription stays paused.
    Raise WrongState if a message was not delivered yet, the range is empty or has more than ``MOST_AGAIN`` numbers, or the
    subscription has ended.
    """
    require(actor, Permission.REPLAY_MESSAGES)
    row = locked(actor, subscription_id)
    if not row.active:
        raise WrongState(_("The subscription has already ended."))
    if from_sequence is None or not 1 <= from_sequence <= row.last_delivered:
        raise WrongState(_not_delivered(row, from_sequence))
    before: dict[str, Any] = {"last_delivered": row.last_delivered}
    if to_sequence is None:
        row.last_delivered = from_sequence - 1
        row.again = [number for number in row.again if number < from_sequence]
        row.lease_token = row.leased_until = None
        forget_failures(row)
        after: dict[str, Any] = {"last_delivered": row.last_delivered}
    else:
        row.again = _with_range(row, from_sequence, to_sequence)
        before, after = {}, {"from_sequence": from_sequence, "to_sequence": to_sequence}
    row.save(update_fields=["last_delivered", "again", *STATE, *LEASE])
    auditing.record(
        actor=actor, action=AuditAction.REPLAY_MESSAGES, target=row, before=before, after=after, reason=reason
    )
    wake(row.bureau_id)
    return row


def _not_delivered(row: Subscription, number: int | None) -> str:
    """Return why a number cannot be sent again: it does not exist yet, or waits for its first delivery."""
    last = {"number": number, "last": row.last_sequence}
    if number is not None and number > row.last_sequence:
        return _("Message %(number)s was not written yet: the last one is %(last)s.") % last
    return _("Message %(number)s has not been delivered yet.") % last


def _with_range(row: Subscription, first: int, last: int) -> list[int]:
    """Return the numbers to send again with those of a range, in order."""
    if last > row.last_delivered:
        raise WrongState(_not_delivered(row, last))
    if last < first:
        raise WrongState(_("The last number is smaller than the first."))
    if len(row.again) + last - first + 1 > MOST_AGAIN:
        words = _(
            "At most %(limit)d messages are sent again at once. Leave the last number empty to send all."
        )
        raise WrongState(words % {"limit": MOST_AGAIN})
    return sorted({*row.again, *range(first, last + 1)})
