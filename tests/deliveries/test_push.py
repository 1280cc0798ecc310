"""Receivers of all kinds: whatever they answer, nothing is lost or stored twice, and the order is kept."""

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from deliveries import sending
from deliveries.choices import AuditAction
from deliveries.models import Receipt, Subscription
from deliveries.operations import (
    acknowledge,
    give_feedback,
    pause,
    pushing,
    replay,
    resume,
    rotate_secret,
    set_address,
    skip,
)
from deliveries.operations.exchanges import erase_expired
from deliveries.operations.pushing import due_ids, forget_attempts, settle, take, wait_before
from deliveries.selectors import alarms
from deliveries.sending import Result
from deliveries.tasks import push_due
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import station_scope
from tests.deliveries.conftest import LOCAL, OPERATOR, Line
from tests.deliveries.receivers import receiving
from tests.factories import BureauFactory, DepartmentFactory, SubscriptionFactory
from tests.fixtures import revealed


def outcomes(line: Line) -> list[tuple[str, str, int | None]]:
    return [(each.outcome, each.fault, each.status) for each in line.attempts()]


def audited(line: Line) -> list[str]:
    with line.scope():
        return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_messages_arrive_signed_and_in_order(line: Line) -> None:
    line.write(5)
    assert line.push() == pushing.Pushed(5, False)
    assert line.receiver.sequences == [1, 2, 3, 4, 5]
    assert line.receiver.invalid == 0
    now = line.now()
    assert (now.last_delivered, now.waiting, now.lease_token, now.attempts) == (5, 0, None, 0)
    assert outcomes(line) == [("delivered", "", 204)] * 5
    assert {each.address for each in line.attempts()} == {"127.0.0.1"}
    with line.scope():
        assert not Receipt.objects.filter(delivered_at=None).exists()
    assert line.push() == pushing.Pushed(0, False)  # nothing to do
    assert line.receiver.requests[0]["headers"]["content-type"] == "application/json"
    assert "企业" in line.receiver.requests[0]["body"].decode()


@pytest.mark.parametrize(
    ("reply", "fault", "status"),
    [
        (500, "status", 500),
        (503, "status", 503),
        (408, "status", 408),
        ("close", "connection", None),
        ((302, {"location": "/elsewhere"}), "redirect", 302),
        ((307, {"location": "http://169.254.169.254/"}), "redirect", 307),
    ],
)
def test_a_receiver_that_fails_gets_it_later(line: Line, reply: Any, fault: str, status: int | None) -> None:
    line.write(3)
    line.receiver.replies = [204, reply]
    assert line.push().delivered == 1
    now = line.now()
    assert (now.last_delivered, now.attempts, now.paused_why) == (1, 1, "")
    assert now.failing_since is not None
    assert 3 < (now.next_try_at - timezone.now()).total_seconds() < 7
    assert outcomes(line)[-1] == ("failed", fault, status)
    assert line.push().delivered == 0  # not due yet
    with time_machine.travel(now.next_try_at + dt.timedelta(seconds=1)):
        assert line.push().delivered == 2
    assert line.receiver.sequences == [1, 2, 3]
    assert len(line.receiver.requests) == 4
    assert line.receiver.requests[1]["id"] == line.receiver.requests[2]["id"]
    assert line.receiver.requests[1]["body"] == line.receiver.requests[2]["body"]
    assert (line.now().attempts, line.now().failing_since) == (0, None)


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("3600", 3600), ("Sun, 22 Nov 2026 12:00:00 GMT", 7200), ("soon", 5)]
)
def test_retry_after_is_honoured(line: Line, retry_after: str, seconds: int) -> None:
    line.write()
    line.receiver.replies = [(429, {"retry-after": retry_after})]
    with time_machine.travel("2026-11-22 10:00+00:00", tick=False):
        line.push()
        wait_s = (line.now().next_try_at - timezone.now()).total_seconds()
    assert seconds * 0.8 <= wait_s <= seconds * 1.2
    with time_machine.travel(line.now().next_try_at + dt.timedelta(seconds=1)):
        assert line.push().delivered == 1


@pytest.mark.parametrize("reply", ["hang", "trickle"])
def test_a_receiver_that_hangs_costs_one_deadline(
    line: Line, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "DEADLINE_S", 0.6)
    line.write()
    line.receiver.replies = [reply]
    assert line.push().delivered == 0
    assert outcomes(line) == [("failed", "timeout", None)]
    assert line.now().attempts == 1


def test_a_receiver_that_answers_and_then_dribbles_is_not_listened_to(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "DEADLINE_S", 600)  # the body has a limit of its own
    monkeypatch.setattr(sending, "ANSWER_S", 0.2)
    line.write()
    line.receiver.replies = ["dribble"]
    assert line.push().delivered == 1
    assert line.receiver.dribbled < 2_000


def test_gone_pauses_and_raises_an_alarm(line: Line) -> None:
    line.write(2)
    line.receiver.replies = [410]
    line.push()
    now = line.now()
    assert (now.paused_why, now.last_delivered, now.next_try_at) == ("gone", 0, None)
    assert outcomes(line) == [("refused", "status", 410)]
    assert AuditAction.PAUSE_PUSH in audited(line)
    with station_scope(OPERATOR.scope()):
        assert list(alarms(OPERATOR).values_list("pk", flat=True)) == [line.pk]
    line.write()  # messages are still written
    assert line.push().delivered == 0
    line.operate(resume)
    assert line.push().delivered == 3
    assert line.receiver.sequences == [1, 2, 3]
    with station_scope(OPERATOR.scope()):
        assert not alarms(OPERATOR).exists()


def test_back_within_three_days_nothing_is_lost(line: Line) -> None:
    line.write(2)
    line.receiver.replies = [503] * 100
    began = timezone.now()
    while True:
        now = line.now()
        if now.failing_since and now.next_try_at > began + dt.timedelta(days=2, hours=20):
            break
        with time_machine.travel((now.next_try_at or began) + dt.timedelta(seconds=1), tick=True):
            line.push()
    assert not line.now().paused_why
    assert 12 <= len(line.receiver.requests) <= 25
    with station_scope(OPERATOR.scope()), time_machine.travel(began + dt.timedelta(hours=2)):
        assert alarms(OPERATOR).count() == 1
    line.receiver.replies = []
    with time_machine.travel(line.now().next_try_at + dt.timedelta(seconds=1)):
        assert line.push().delivered == 2
    assert line.receiver.sequences == [1, 2]


def test_after_three_days_it_pauses_and_an_operator_resumes(line: Line) -> None:
    line.write(2)
    line.receiver.replies = [500] * 100
    moment = timezone.now()
    for _number in range(60):
        with time_machine.travel(moment, tick=True):
            line.push()
        now = line.now()
        if now.paused_why:
            break
        moment = now.next_try_at + dt.timedelta(seconds=1)
    assert now.paused_why == "exhausted"
    assert (
        dt.timedelta(hours=71, minutes=59)
        < now.paused_at - now.failing_since
        < dt.timedelta(hours=72, minutes=5)
    )
    line.receiver.replies = []
    with time_machine.travel(moment + dt.timedelta(days=30)):
        line.operate(resume)
        assert line.push().delivered == 2
    assert line.receiver.sequences == [1, 2]


def test_waits_grow_and_differ() -> None:
    waits = [wait_before(attempt) for attempt in range(2, 20)]
    assert 4 <= waits[0] <= 6
    assert max(waits) <= 8 * 3600 * 1.2
    assert len({wait_before(5) for _number in range(5)}) > 1


def test_killed_between_sending_and_committing_it_comes_again_with_the_same_id(line: Line) -> None:
    line.write(2)
    parcel = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    sender = sending.Sender(url=parcel.url, allowed_hosts=parcel.allowed_hosts, plain_http=True)
    sender.send(parcel, timezone.now())  # the worker dies here
    sender.close()
    assert line.push().delivered == 0  # the lease is still held
    assert due_ids(bureau_id=line.bureau.pk) == []
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61)):
        assert line.push().delivered == 2
    assert [each["id"] for each in line.receiver.requests] == [
        f"msg_{line.pk}_1",
        f"msg_{line.pk}_1",
        f"msg_{line.pk}_2",
    ]
    assert line.receiver.sequences == [1, 2]


def test_an_answer_that_comes_too_late_moves_nothing(line: Line) -> None:
    line.write(2)
    slow = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61)):
        line.push()
    assert settle(slow, Result("delivered", status=200)) is None
    assert line.now().last_delivered == 2
    assert outcomes(line)[-1] == ("overtaken", "", 200)


def test_two_workers_never_send_for_one_subscription_at_once(line: Line) -> None:
    line.write(6)
    busy = threading.Event()
    meanwhile: list[int] = []

    def other_worker() -> None:
        if not busy.is_set():
            busy.set()
            meanwhile.append(len(due_ids(bureau_id=line.bureau.pk)))
            meanwhile.append(line.push().delivered)
        from django.db import connections

        connections.close_all()

    line.receiver.before_reply = other_worker
    assert line.push().delivered == 6
    assert meanwhile == [0, 0]
    assert [each["id"] for each in line.receiver.requests] == [f"msg_{line.pk}_{n}" for n in range(1, 7)]


def test_no_transaction_waits_for_a_receiver(line: Line) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        line.push()


def test_one_bad_receiver_harms_no_other(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "DEADLINE_S", 0.5)
    with receiving() as healthy, receiving() as refusing:
        second, third = Line(healthy, line.bureau), Line(refusing, line.bureau)
        for each in (line, second, third):
            each.write(3)
        line.receiver.replies = ["hang"]
        refusing.replies = [410]
        for subscription_id in due_ids(bureau_id=line.bureau.pk):
            pushing.push(bureau_id=line.bureau.pk, subscription_id=subscription_id)
        assert (line.now().last_delivered, second.now().last_delivered, third.now().last_delivered) == (
            0,
            3,
            0,
        )
        assert healthy.sequences == [1, 2, 3]
        assert not second.now().attempts


def test_the_sweep_wakes_what_is_due(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "deliveries.tasks.push.apply_async", lambda arguments, **_options: woken.append(arguments)
    )
    SubscriptionFactory(department=DepartmentFactory(bureau=line.bureau), last_sequence=3)  # not pushed to
    push_due()
    assert woken == []
    line.write()
    push_due()
    push_due(line.bureau.pk)
    push_due(BureauFactory().pk)
    assert woken == [(line.bureau.pk, line.pk)] * 2


def test_one_bureau_without_connection_does_not_stop_the_others(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    later = BureauFactory(code="zz-later")
    seen: list[int] = []

    def failing(*, bureau_id: int) -> list[int]:
        seen.append(bureau_id)
        if bureau_id == line.bureau.pk:
            raise OperationalError("canceling statement due to statement timeout")
        return []

    monkeypatch.setattr(pushing, "due_ids", failing)
    push_due()
    assert {line.bureau.pk, later.pk} <= set(seen)
    assert "sweep failed" in caplog.text


def test_an_unexpected_fault_is_logged_with_its_place(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> None:
        raise LookupError("a fault of ours")

    monkeypatch.setattr(sending, "judge", broken)
    line.write()
    line.push()
    assert outcomes(line) == [("failed", "other", None)]
    (said,) = [each for each in caplog.records if "attempt failed unexpectedly" in each.getMessage()]
    assert said.msg["exc_info"]  # the formatter turns it into the traceback


def test_a_turn_ends_and_says_that_more_waits(line: Line) -> None:
    line.write(4)
    assert line.push(turn_s=0) == pushing.Pushed(1, True)
    assert line.now().lease_token is None


def test_both_secrets_sign_until_the_old_one_ends(line: Line) -> None:
    old = line.receiver.secret
    new = line.operate(rotate_secret, actor=line.officer)
    assert new != old
    line.write(2)
    line.push()
    assert line.receiver.sequences == [1, 2]  # it has only the old secret
    line.receiver.secret = new
    request = line.receiver.requests[0]
    for secret in (old, new):
        Webhook(secret).verify(request["body"], request["headers"])
    line.write()
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        line.push()
        last = line.receiver.requests[-1]
        Webhook(new).verify(last["body"], last["headers"])
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(last["body"], last["headers"])


def test_secrets_are_kept_sealed_and_never_shown(line: Line, settings: Any) -> None:
    secret = line.receiver.secret
    with line.scope():
        row = line.now()
        assert secret not in f"{row.sealed_secret} {row.sealed_previous}"
        assert secret not in str(list(AuditEntry.objects.values()))
    line.write()
    assert secret not in repr(take(bureau_id=line.bureau.pk, subscription_id=line.pk))
    line.change(lease_token=None, leased_until=None)
    settings.SECRET_KEY = "another" * 10
    assert line.push().delivered == 0
    assert line.now().paused_why == "secret"
    line.receiver.secret = line.operate(rotate_secret, actor=line.officer)
    assert line.push().delivered == 1


@pytest.mark.parametrize(
    ("allowed", "delivered"),
    [(["10.0.0.0/8"], 0), (["127.0.0.1"], 1), (["localhost"], 0), (["127.0.0.0/8"], 1)],
)
def test_only_approved_addresses_are_reached(line: Line, allowed: list[str], delivered: int) -> None:
    line.write()
    line.change(allowed_hosts=allowed, url=line.receiver.url.replace("127.0.0.1", "localhost"))
    assert line.push().delivered == delivered
    if not delivered:
        assert line.receiver.requests == []
        assert outcomes(line) == [("refused", "address", None)]
        assert line.now().paused_why == "address"
        line.move(line.receiver.url)
        assert line.push().delivered == 1


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_plain_http_can_be_forbidden(line: Line, settings: Any, scheme: str) -> None:
    settings.WEBHOOKS_PLAIN_HTTP = False
    line.change(url=line.receiver.url.replace("http", scheme))
    line.write()
    assert line.push().delivered == 0
    assert line.receiver.requests == []


def test_an_unknown_host_and_a_closed_port_are_tried_again(line: Line) -> None:
    line.write()
    line.change(url="http://receiver.invalid/hook", allowed_hosts=["receiver.invalid"])
    line.push()
    line.change(url="http://127.0.0.1:9/hook", allowed_hosts=LOCAL, next_try_at=None)
    line.push()
    line.change(url=line.receiver.url.replace("http:", "https:"), next_try_at=None)
    line.push()
    assert [each.fault for each in line.attempts()] == ["dns", "connection", "tls"]
    assert line.now().attempts == 3


def test_skip_leaves_a_message_out_and_replay_sends_it(line: Line) -> None:
    line.write(3)
    line.receiver.replies = [422]
    line.push()
    with pytest.raises(WrongState):
        line.operate(skip, sequence=2, reason="Wrong one")
    with pytest.raises(ValidationError):
        line.operate(skip, sequence=1, reason=" ")
    line.operate(skip, sequence=1, reason="Their system cannot read it")
    with pytest.raises(WrongState):
        line.operate(skip, sequence=1, reason="Twice clicked")
    line.push()
    assert line.receiver.sequences == [2, 3]
    assert ("skipped", "", None) in outcomes(line)
    with pytest.raises(WrongState):
        line.operate(replay, from_sequence=4)
    line.operate(replay, actor=line.officer, from_sequence=1)
    assert line.push().delivered == 3
    assert line.receiver.sequences == [2, 3, 1]  # it did not store the one it knew again
    assert len(line.receiver.requests) == 6


def test_a_replay_while_a_message_is_on_its_way(line: Line) -> None:
    line.write(3)
    line.push()
    line.write()
    parcel = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    line.operate(replay, from_sequence=2)
    settle(parcel, Result("delivered", status=200))
    assert line.now().last_delivered == 1
    line.push()
    assert line.now().last_delivered == 4
    assert line.receiver.sequences == [1, 2, 3, 4]


def test_pause_and_who_may(line: Line) -> None:
    line.write()
    with station_scope(OPERATOR.scope()):
        Subscription.objects.filter(pk=line.pk).update(failing_since=timezone.now() - dt.timedelta(hours=2))
        assert alarms(OPERATOR).exists()
    line.operate(pause, reason="They move house")
    assert line.push().delivered == 0
    with station_scope(OPERATOR.scope()):
        assert not alarms(OPERATOR).exists()  # the operator knows
    for operation, arguments in (
        (pause, {"reason": "x"}),
        (set_address, {"version": 1, "url": "", "allowed_hosts": []}),
    ):
        with pytest.raises(NotAllowed):
            line.operate(operation, actor=line.officer, **arguments)
    with pytest.raises(StaleRecord):
        line.operate(set_address, version=99, url="", allowed_hosts=[])
    line.operate(resume)
    assert line.push().delivered == 1


def test_acknowledge_and_feedback(line: Line) -> None:
    line.write(2)
    first = line.operate(acknowledge, actor=line.officer, sequence=1)
    again = line.operate(acknowledge, actor=line.officer, sequence=1)
    assert first.acknowledged_at == again.acknowledged_at
    with pytest.raises(WrongState):
        line.operate(give_feedback, actor=line.officer, sequence=2, text="  ")
    line.operate(
        give_feedback, actor=line.officer, sequence=2, text="Inspected together, two hazards closed."
    )
    line.operate(give_feedback, actor=line.officer, sequence=2, text="Three hazards closed.")
    with line.scope():
        rows = list(Receipt.objects.order_by("sequence"))
        entries = revealed(AuditEntry.objects.filter(action=AuditAction.GIVE_FEEDBACK).order_by("id"))
    assert [row.acknowledged_at is not None for row in rows] == [True, True]
    assert rows[1].feedback == "Three hazards closed."
    assert entries[1].before == {"feedback": "Inspected together, two hazards closed."}
    with pytest.raises(NotAllowed):
        line.operate(acknowledge, sequence=1)
    stranger = Line(line.receiver, line.bureau)
    with pytest.raises(Receipt.DoesNotExist):
        line.operate(acknowledge, actor=stranger.officer, sequence=1)


def test_old_attempts_are_forgotten(line: Line) -> None:
    line.write(2)
    with time_machine.travel(timezone.now() - dt.timedelta(days=200)):
        line.push(turn_s=0)
    line.push()
    assert forget_attempts(bureau_id=line.bureau.pk) == 0, "what was answered is erased before"
    assert erase_expired(bureau_id=line.bureau.pk) == 1
    assert forget_attempts(bureau_id=line.bureau.pk) == 1
    assert len(line.attempts()) == 1


def test_an_operator_makes_and_sees_no_secret(line: Line) -> None:
    with line.scope():
        before = line.now().secret_mark
    with pytest.raises(NotAllowed):
        line.operate(rotate_secret)
    with line.scope():
        assert line.now().secret_mark == before
