"""Test events: asking for one, sending it, recording what the receiver answered.

The request only writes the row, because no transaction may be open while waiting for a receiver. A worker takes it
after the commit, sends it once, and records the result; the page and the API read it a moment later.
"""

import datetime as dt
import json
import uuid
from dataclasses import replace

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.choices import AuditAction, Fault, Outcome
from deliveries.models import Subscription, TestEvent
from deliveries.operations.cursor import locked
from deliveries.operations.exchanges import keep_attempt
from deliveries.operations.pushing import live_secrets
from deliveries.sealing import UnreadableSecret, hint_of
from deliveries.sending import Parcel, Result, Sender
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from foundation.words import sentences

TYPE = "delivery.test"
NO_NUMBER = 0  # of a test event in the log of attempts
IN_A_MINUTE, IN_A_DAY = 6, 100  # of one subscription, at most
WAITS = dt.timedelta(minutes=10)  # a test that no worker took by then is not sent any more
LONGEST_TOKEN = 64


class TooManyTests(WrongState):
    """The subscription has sent too many test events. ``retry_after_s``: seconds until the next is possible."""

    def __init__(self, words: str, retry_after_s: int) -> None:
        super().__init__(words)
        self.retry_after_s = retry_after_s


@transaction.atomic
@as_declared
def send_test_event(*, actor: Actor, subscription_id: int, token: str = "") -> TestEvent:
    """Have a test event sent to the receiver, signed as a message is. A pause does not hold it up.

    ``token``: the request's own key; the same key again returns the test event that it made. Raise WrongState without
    an address, with one that the department has not confirmed, or if the subscription has ended; TooManyTests beyond
    the limit.
    """
    require(actor, Permission.SEND_TESTS)
    row = locked(actor, subscription_id)
    token = token[:LONGEST_TOKEN] or uuid.uuid4().hex
    mine = TestEvent.objects.filter(subscription_id=row.pk)
    if (made := mine.filter(token=token).first()) is not None:
        return made
    _refuse(row)
    _limit(mine)
    now = timezone.now()
    test = TestEvent.objects.create(
        bureau_id=row.bureau_id,
        department_id=row.department_id,
        subscription_id=row.pk,
        token=token,
        message_id=f"msg_test_{uuid.uuid4().hex}",
        body=_body(row, now),
        requested_at=now,
        requested_by_id=actor.user_id,
        requested_by_name=actor.name[:80],
    )
    auditing.record(
        actor=actor, action=AuditAction.SEND_TEST, target=row, after={"message_id": test.message_id}
    )
    _wake(row.bureau_id, test.pk)
    return test


def _refuse(row: Subscription) -> None:
    if not row.active:
        raise WrongState(_("The subscription has already ended."))
    if not row.url:
        raise WrongState(
            _("There is no address to send a test event to yet. The platform operator sets the address.")
        )
    if row.is_unconfirmed:
        raise WrongState(_("Confirm the address first: nothing is sent to it before."))
    if row.secret_at is None:
        raise WrongState(_("Create the secret first: without it your receiver can verify nothing."))


def _limit(mine: QuerySet[TestEvent]) -> None:
    """Raise TooManyTests if another test event would be beyond the limits. The subscription's row is locked."""
    limits = (
        (IN_A_MINUTE, dt.timedelta(minutes=1), _("At most %(most)d test events a minute.")),
        (IN_A_DAY, dt.timedelta(days=1), _("At most %(most)d test events a day.")),
    )
    now = timezone.now()
    for most, within, words in limits:
        moments = mine.filter(requested_at__gt=now - within).order_by("-requested_at")
        recent = list(moments.values_list("requested_at", flat=True)[:most])
        if len(recent) >= most:
            wait_s = max(1, int((recent[-1] + within - now).total_seconds()) + 1)
            again = _("Try again in %(seconds)d seconds.") % {"seconds": wait_s}
            raise TooManyTests(sentences(words % {"most": most}, again), wait_s)


def _body(row: Subscription, now: dt.datetime) -> str:
    """Return the JSON of a test event: the members that all messages share, no number, no ratings."""
    bureau = row.bureau
    data = {
        "bureau": {"code": bureau.code, "name": bureau.name},
        "subscription": row.pk,
        "sequence": None,
        "test": True,
        "ratings": [],
    }
    told = {"type": TYPE, "timestamp": now.astimezone(dt.UTC).isoformat(timespec="seconds"), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _wake(bureau_id: int, test_id: int) -> None:
    from deliveries.tasks import push_test  # tasks call operations, so they cannot be imported above

    # If the broker is down, the schedule sends it.
    transaction.on_commit(lambda: push_test.apply_async((bureau_id, test_id), expires=60), robust=True)


# --- sending, by a worker ---------------------------------------------------------------------------------------------
def _scope(bureau_id: int) -> Scope:
    return Scope(NO_STATION, bureau=bureau_id, audience=Audience.SYSTEM)


def untaken_ids(*, bureau_id: int) -> list[int]:
    """Return the ids of the test events of a bureau that no worker has taken yet, the oldest first."""
    with station_scope(_scope(bureau_id)):
        rows = TestEvent.objects.filter(
            bureau_id=bureau_id, sent_at=None, requested_at__gt=timezone.now() - WAITS
        )
        return list(rows.order_by("id").values_list("pk", flat=True))


def push_test(*, bureau_id: int, test_id: int) -> Result | None:
    """Send a test event, once, and record the answer. None if it was taken before. Not inside a transaction."""
    if connection.in_atomic_block:
        raise RuntimeError("A receiver would be waited for inside a transaction.")
    taken = _take(bureau_id, test_id)
    if not isinstance(taken, Parcel):
        return taken
    sender = Sender(url=taken.url, allowed_hosts=taken.allowed_hosts, plain_http=settings.WEBHOOKS_PLAIN_HTTP)
    try:
        answer = sender.send(taken, timezone.now())
    finally:
        sender.close()
    with station_scope(_scope(bureau_id)):
        test = TestEvent.objects.select_for_update().get(pk=test_id, bureau_id=bureau_id)
        return _record(test, taken, answer)


def _take(bureau_id: int, test_id: int) -> Parcel | Result | None:
    """Take a test event, so that nobody else sends it. A Result: it cannot be sent."""
    with station_scope(_scope(bureau_id)):
        test = (
            TestEvent.objects.select_for_update(skip_locked=True)
            .filter(pk=test_id, bureau_id=bureau_id, sent_at=None, requested_at__gt=timezone.now() - WAITS)
            .first()
        )
        if test is None:
            return None
        row = Subscription.objects.defer(None).get(pk=test.subscription_id, bureau_id=bureau_id)
        test.sent_at = timezone.now()
        test.save(update_fields=["sent_at"])
        parcel = Parcel(
            bureau_id=row.bureau_id,
            department_id=row.department_id,
            subscription_id=row.pk,
            token=None,
            url=row.url,
            allowed_hosts=tuple(row.allowed_hosts),
            secrets=(),
            sequence=NO_NUMBER,
            message_id=test.message_id,
            body=test.body,
        )
        if not row.active or not row.url or row.is_unconfirmed:  # changed in the meantime
            return _record(test, parcel, Result(Outcome.REFUSED, Fault.ADDRESS))
        try:
            secrets = live_secrets(row)
        except UnreadableSecret:
            return _record(test, parcel, Result(Outcome.REFUSED, Fault.SECRET))
        return replace(parcel, secrets=secrets, signed_with=tuple(map(hint_of, secrets)))


def _record(test: TestEvent, parcel: Parcel, answer: Result) -> Result:
    """Write the result to the test event and, as of a message, to the log of attempts."""
    test.answered_at, test.outcome, test.fault = timezone.now(), answer.outcome, answer.fault
    test.status, test.duration_ms, test.address = answer.status, answer.duration_ms, answer.address
    test.save(update_fields=["answered_at", "outcome", "fault", "status", "duration_ms", "address"])
    keep_attempt(parcel, answer)
    return answer


def forget_tests(*, bureau_id: int, older_than: dt.timedelta) -> int:
    """Delete the test events older than that; return their number."""
    with station_scope(_scope(bureau_id)):
        old = TestEvent.objects.filter(bureau_id=bureau_id, requested_at__lt=timezone.now() - older_than)
        return old.delete()[0]
