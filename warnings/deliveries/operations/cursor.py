"""Operations on a push: pause, resume, skip, replay. Each is recorded in the audit log."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.choices import AuditAction, Outcome, Paused
from deliveries.models import Attempt, Subscription
from deliveries.selectors import subscriptions
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason

STATE = ("paused_why", "paused_at", "next_try_at", "attempts", "failing_since")
LEASE = ("lease_token", "leased_until")


def locked(actor: Actor, subscription_id: int) -> Subscription:
    """Return a subscription that the actor may see, with its row locked. Raise Subscription.DoesNotExist otherwise."""
    return subscriptions(actor).select_related(None).select_for_update(of=("self",)).get(pk=subscription_id)


def wake(bureau_id: int) -> None:
    """Wake the push after the commit. If the broker is down, the schedule does."""
    from deliveries.tasks import push_due  # tasks call operations, so they cannot be imported above

    transaction.on_commit(lambda: push_due.delay(bureau_id), robust=True)


def _reset_failures(row: Subscription) -> None:
    row.next_try_at, row.attempts, row.failing_since = None, 0, None


@transaction.atomic
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
def resume(*, actor: Actor, subscription_id: int) -> Subscription:
    """Resume the push at once, with the message that failed; retries get another three days.

    Raise WrongState if it is not paused.
    """
    require(actor, Permission.OPERATE_DELIVERIES)
    row = locked(actor, subscription_id)
    if not row.paused_why:
        raise WrongState(_("The subscription is not paused."))
    if row.paused_why == Paused.CONFIRM:
        raise WrongState(_("The department has to confirm the address first, under Subscriptions."))
    before = {"paused_why": row.paused_why}
    row.paused_why, row.paused_at = Paused.NOT, None
    _reset_failures(row)
    row.save(update_fields=STATE)
    auditing.record(actor=actor, action=AuditAction.RESUME_PUSH, target=row, before=before)
    wake(row.bureau_id)
    return row


@transaction.atomic
def skip(*, actor: Actor, subscription_id: int, sequence: int, reason: str) -> Subscription:
    """Skip the next message. The department can still read it, and it can be replayed.

    Raise WrongState if ``sequence`` is no longer the next message, ValidationError without a reason.
    """
    require(actor, Permission.OPERATE_DELIVERIES)
    row = locked(actor, subscription_id)
    reason = required_reason(reason)
    if not row.waiting or sequence != row.last_delivered + 1:
        raise WrongState(_("Message %(number)s is not the next one.") % {"number": sequence})
    row.last_delivered = sequence
    row.lease_token = row.leased_until = None  # a pending attempt must not move the cursor
    _reset_failures(row)
    row.save(update_fields=["last_delivered", *STATE, *LEASE])
    Attempt.objects.create(
        bureau_id=row.bureau_id,
        department_id=row.department_id,
        subscription_id=row.pk,
        sequence=sequence,
        at=timezone.now(),
        outcome=Outcome.SKIPPED,
    )
    auditing.record(
        actor=actor, action=AuditAction.SKIP_MESSAGE, target=row, after={"sequence": sequence}, reason=reason
    )
    wake(row.bureau_id)
    return row


@transaction.atomic
def replay(
    *, actor: Actor, subscription_id: int, from_sequence: int | None, reason: str = ""
) -> Subscription:
    """Send messages again from a number on, with the same ``webhook-id`` as the first time.

    A paused subscription stays paused. Raise WrongState if the message was not delivered yet, or the subscription has
    ended.
    """
    require(actor, Permission.REPLAY_MESSAGES)
    row = locked(actor, subscription_id)
    if not row.active:
        raise WrongState(_("The subscription has already ended."))
    if from_sequence is None or not 1 <= from_sequence <= row.last_delivered:
        raise WrongState(_("Message %(number)s has not been delivered yet.") % {"number": from_sequence})
    before = {"last_delivered": row.last_delivered}
    row.last_delivered = from_sequence - 1
    row.lease_token = row.leased_until = None
    _reset_failures(row)
    row.save(update_fields=["last_delivered", *STATE, *LEASE])
    after = {"last_delivered": row.last_delivered}
    auditing.record(
        actor=actor, action=AuditAction.REPLAY_MESSAGES, target=row, before=before, after=after, reason=reason
    )
    wake(row.bureau_id)
    return row
