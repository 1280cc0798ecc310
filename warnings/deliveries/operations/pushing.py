"""Pushing: take the next message of a subscription, send it, record the result.

The lease is a token and a time in the subscription's row, not a lock, because no transaction may be open while waiting
for a receiver. When the time has passed, another worker takes over, and the result of the previous one no longer moves
the cursor. So if a worker is killed between sending and committing, the receiver gets a second copy with the same
``webhook-id``, and no message is lost.
"""

import datetime as dt
import random
import time
import uuid
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from deliveries.choices import AuditAction, Fault, Outcome, Paused
from deliveries.models import Attempt, Event, Receipt, Subscription
from deliveries.operations.exchanges import keep_attempt
from deliveries.operations.failing import FAILING, forget_failures, pause_after
from deliveries.sealing import UnreadableSecret, hint_of, unseal
from deliveries.sending import Parcel, Result, Sender
from foundation.accounts import auditing
from foundation.accounts.actors import system_actor
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope

logger = structlog.get_logger(__name__)
# Three times the deadline of an attempt, because name servers have their own timeouts.
LEASE = dt.timedelta(seconds=60)
PATIENCE = dt.timedelta(days=3)  # from the first failure to the pause
FIRST_WAIT_S, GROWTH, LONGEST_WAIT_S = 5, 3, 8 * 3600
ATTEMPTS_KEPT = dt.timedelta(days=190)  # logs must be kept for at least six months
TURN_S = 30.0  # after which the worker is free for another subscription


@dataclass(frozen=True)
class Pushed:
    """The result of one turn: the number of messages delivered, and whether more can be sent at once."""

    delivered: int
    more: bool


def _scope(bureau_id: int) -> Scope:
    return Scope(NO_STATION, bureau=bureau_id, audience=Audience.SYSTEM)


def due(bureau_id: int) -> QuerySet[Subscription]:
    """Return the subscriptions of a bureau whose next message can be sent now. Needs the bureau's scope.

    A time further ahead than this module ever sets was written before the clock was set back, and is ignored.
    """
    now = timezone.now()
    return Subscription.objects.filter(
        Q(last_sequence__gt=F("last_delivered")) | ~Q(again=[]),
        Q(next_try_at=None) | Q(next_try_at__lte=now) | Q(next_try_at__gt=now + PATIENCE + LEASE),
        Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * LEASE),
        bureau_id=bureau_id,
        active=True,
        paused_why=Paused.NOT,
        secret_at__isnull=False,  # the secret of the beginning was shown to nobody: no receiver could verify it
    ).exclude(url="")


def due_ids(*, bureau_id: int) -> list[int]:
    """Return the ids of the due subscriptions, those without a failed attempt first, then by the time they were due."""
    with station_scope(_scope(bureau_id)):
        return list(
            due(bureau_id).order_by(F("next_try_at").asc(nulls_first=True), "id").values_list("pk", flat=True)
        )


def push(*, bureau_id: int, subscription_id: int, turn_s: float = TURN_S) -> Pushed:
    """Send the waiting messages of one subscription, one by one, until its turn is over.

    It is not an error if there is nothing to send, another worker holds the lease, or the push is paused or not due.
    Must not be called inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A receiver would be waited for inside a transaction.")
    end = time.monotonic() + turn_s
    parcel, delivered, sender = take(bureau_id=bureau_id, subscription_id=subscription_id), 0, None
    try:
        while parcel is not None:
            if sender is None or not sender.serves(parcel):
                if sender is not None:
                    sender.close()
                sender = Sender(
                    url=parcel.url,
                    allowed_hosts=parcel.allowed_hosts,
                    plain_http=settings.WEBHOOKS_PLAIN_HTTP,
                )
            answer = sender.send(parcel, timezone.now())
            delivered += answer.outcome == Outcome.DELIVERED
            go_on = time.monotonic() < end
            parcel = settle(parcel, answer, go_on=go_on)
            if not go_on:
                return Pushed(delivered, more=answer.outcome == Outcome.DELIVERED)
    finally:
        if sender is not None:
            sender.close()
    return Pushed(delivered, more=False)


def take(*, bureau_id: int, subscription_id: int) -> Parcel | None:
    """Lease a subscription and return its next message; None if it is not due or another worker has it."""
    with station_scope(_scope(bureau_id)):
        row = (
            due(bureau_id)
            .defer(None)  # it signs
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=subscription_id)
            .first()
        )
        if row is None:
            return None
        row.lease_token = uuid.uuid4()
        return _next_parcel(row)


def settle(parcel: Parcel, answer: Result, *, go_on: bool = True) -> Parcel | None:
    """Record the result of an attempt and move the cursor. Return the next message, if there is one and ``go_on``."""
    with station_scope(_scope(parcel.bureau_id)):
        row = (
            Subscription.objects.defer(None)
            .select_for_update()
            .get(pk=parcel.subscription_id, bureau_id=parcel.bureau_id)
        )
        held = row.lease_token == parcel.token
        keep_attempt(parcel, answer if held else Result(**vars(answer) | {"outcome": Outcome.OVERTAKEN}))
        if not held:
            return None
        if answer.outcome == Outcome.DELIVERED:
            _delivered(row, parcel)
            if go_on and row.active and not row.paused_why and row.url and row.has_next:
                return _next_parcel(row)
        elif why := pause_after(row, answer):
            _pause(row, why, answer)
        else:
            _try_later(row, answer)
        row.lease_token = row.leased_until = None
        _save(row)
    return None


def _next_parcel(row: Subscription) -> Parcel | None:
    """Extend the lease and return the next message. If no secret can be read, pause and return None.

    The next is the first of those asked for again, else the one after the cursor.
    """
    try:
        secrets = live_secrets(row)
    except UnreadableSecret:
        row.lease_token = row.leased_until = None
        _pause(row, Paused.SECRET, Result(Outcome.REFUSED, Fault.SECRET))
        _save(row)
        return None
    row.leased_until = timezone.now() + LEASE
    hints = tuple(map(hint_of, secrets))
    row.secret_hint, row.previous_hint = hints[0], (*hints, "")[1]
    _save(row)
    event = Event.objects.get(subscription_id=row.pk, bureau_id=row.bureau_id, sequence=row.next_sequence)
    return Parcel(
        bureau_id=row.bureau_id,
        department_id=row.department_id,
        subscription_id=row.pk,
        token=row.lease_token,
        url=row.url,
        allowed_hosts=tuple(row.allowed_hosts),
        secrets=secrets,
        sequence=event.sequence,
        message_id=event.message_id,
        body=event.body,
        signed_with=hints,
    )


def live_secrets(row: Subscription) -> tuple[str, ...]:
    """Return the secrets that sign now, the newest first. Raise UnreadableSecret."""
    found = [unseal(row.sealed_secret)]
    if row.sealed_previous and row.previous_until and row.previous_until > timezone.now():
        found.append(unseal(row.sealed_previous))
    return tuple(found)


def _delivered(row: Subscription, parcel: Parcel) -> None:
    now = timezone.now()
    row.last_delivered_at = now
    row.last_delivered = max(row.last_delivered, parcel.sequence)
    row.again = [number for number in row.again if number != parcel.sequence]
    forget_failures(row)
    Receipt.objects.filter(
        subscription_id=row.pk, bureau_id=row.bureau_id, sequence=parcel.sequence, delivered_at=None
    ).update(delivered_at=now)


def _try_later(row: Subscription, answer: Result) -> None:
    now = timezone.now()
    last_chance = (row.failing_since or now) + PATIENCE
    if now >= last_chance:
        _pause(row, Paused.EXHAUSTED, answer)
        return
    wait_s = max(wait_before(row.attempts + 1), answer.retry_after_s)
    row.next_try_at = max(min(now + dt.timedelta(seconds=wait_s), last_chance), now + dt.timedelta(seconds=1))


def wait_before(attempt: int) -> float:
    """Return the seconds to wait before the second, third, … attempt: 5, 15, 45, … up to eight hours, ±20 % jitter.

    The jitter spreads the retries to receivers that failed at the same time.
    """
    wait_s = min(FIRST_WAIT_S * GROWTH ** min(attempt - 2, 10), LONGEST_WAIT_S)
    return wait_s * random.uniform(0.8, 1.2)


def _pause(row: Subscription, why: Paused, answer: Result) -> None:
    """Pause the push until the department or an operator resumes it.

    The pause shows as an alarm, in the audit log and in the log, and everybody concerned is notified.
    """
    if row.paused_why:  # by hand, while the message was on its way
        return
    row.paused_why, row.paused_at, row.next_try_at = why, timezone.now(), None
    head = row.next_sequence
    reason = {"paused_why": str(why), "fault": str(answer.fault), "status": answer.status, "sequence": head}
    reason |= {"detail": str(answer.detail)} if answer.detail else {}
    auditing.record(
        actor=system_actor(bureau_id=row.bureau_id), action=AuditAction.PAUSE_PUSH, target=row, after=reason
    )
    logger.error("delivery paused", subscription=row.pk, bureau=row.bureau_id, **reason)


def _save(row: Subscription) -> None:
    row.save(
        update_fields=[
            "lease_token",
            "leased_until",
            "last_delivered",
            "last_delivered_at",
            "again",
            "secret_hint",
            "previous_hint",
            "paused_why",
            "paused_at",
            *FAILING,
        ]
    )


def forget_attempts(*, bureau_id: int) -> int:
    """Delete the attempts older than ``ATTEMPTS_KEPT``, once their exchange is erased; return their number."""
    with station_scope(_scope(bureau_id)):
        old = Attempt.objects.filter(
            bureau_id=bureau_id, at__lt=timezone.now() - ATTEMPTS_KEPT, exchange=None
        )
        return old.delete()[0]
