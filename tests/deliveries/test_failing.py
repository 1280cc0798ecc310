"""When a receiver fails: what is tried again, when it pauses, what is kept of its answer and for how long."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from deliveries import sending
from deliveries.choices import AuditAction
from deliveries.models import Exchange
from deliveries.operations import end_old_secret, pause, replay, resume, retry_now, rotate_secret, skip
from deliveries.operations.exchanges import erase_expired
from deliveries.operations.pushing import settle, take
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import station_scope
from tests.deliveries.certificates import Authority
from tests.deliveries.conftest import OPERATOR, Line
from tests.deliveries.receivers import receiving

PAGE = b"<!DOCTYPE html><html><title>\xe7\x99\xbb\xe5\xbd\x95</title></html>"


def exchanges(line: Line) -> list[Exchange]:
    with line.scope():
        return list(Exchange.objects.filter(attempt__subscription_id=line.pk).order_by("id"))


def push_when_due(line: Line) -> dt.datetime:
    """Push when the next try is due; return that moment."""
    moment = (line.now().next_try_at or timezone.now()) + dt.timedelta(seconds=1)
    with time_machine.travel(moment, tick=True):
        line.push()
    return moment


# --- the law ------------------------------------------------------------------------------------------------------


def test_one_404_is_tried_again_in_order(line: Line) -> None:
    line.write(2)
    line.receiver.replies = [404, 401]
    line.push()
    now = line.now()
    assert (now.paused_why, now.refusals, now.last_delivered) == ("", 1, 0)
    for _again in range(2):
        push_when_due(line)
    assert line.receiver.sequences == [1, 2]
    assert (line.now().refusals, line.now().refused_since, line.now().failing_since) == (0, None, None)


def test_five_final_answers_in_a_row_over_an_hour_pause(line: Line) -> None:
    line.write()
    line.receiver.replies = [401] * 50
    began = timezone.now()
    for _try in range(20):
        last = push_when_due(line)
        if line.now().paused_why:
            break
    assert line.now().paused_why == "refused"
    assert last - began >= dt.timedelta(hours=1)
    assert line.now().refusals == len(line.receiver.requests) >= 5
    with line.scope():
        entry = AuditEntry.objects.get(action=AuditAction.PAUSE_PUSH)
    assert (entry.after["status"], entry.after["sequence"]) == (401, 1)


def test_another_answer_in_between_begins_the_row_anew(line: Line) -> None:
    line.write()
    line.receiver.replies = [404, 404, 404, 404, 404, 500, 404]
    for _try in range(6):
        push_when_due(line)
    assert line.now().refusals == 0
    last = push_when_due(line)
    now = line.now()
    assert (now.refusals, now.paused_why, now.attempts) == (1, "", 7)
    assert now.refused_since >= last


# --- what the department does itself ------------------------------------------------------------------------------


def test_the_department_tries_now_resumes_and_skips(line: Line) -> None:
    line.write(3)
    with pytest.raises(WrongState, match="waiting for another try"):
        line.operate(retry_now, actor=line.officer)
    line.receiver.replies = [500]
    line.push()
    line.operate(retry_now, actor=line.officer)
    assert line.push().delivered == 3
    line.write(2)
    line.receiver.replies = [410]
    line.push()
    with pytest.raises(WrongState, match="Resume it"):
        line.operate(retry_now, actor=line.officer)
    line.operate(skip, actor=line.officer, sequence=4, reason="Our system cannot read it")
    line.operate(resume, actor=line.officer)
    assert line.push().delivered == 1
    assert line.receiver.sequences == [1, 2, 3, 5]
    assert [each.by_name for each in line.attempts() if each.outcome == "skipped"] == ["Officer"]
    line.operate(pause, reason="They move house")
    with pytest.raises(WrongState, match="only they can resume"):
        line.operate(resume, actor=line.officer)
    stranger = Line(line.receiver, line.bureau)
    for operation, arguments in ((retry_now, {}), (skip, {"sequence": 6, "reason": "x"}), (resume, {})):
        with pytest.raises(Exception, match="does not exist"):
            line.operate(operation, actor=stranger.officer, **arguments)


def test_one_message_or_a_range_is_sent_again_and_nothing_after_it(line: Line) -> None:
    line.write(6)
    line.push()
    line.write()
    for first, last in ((2, 9), (5, 4), (7, 7)):
        with pytest.raises(WrongState):
            line.operate(replay, actor=line.officer, from_sequence=first, to_sequence=last)
    line.operate(replay, actor=line.officer, from_sequence=4, to_sequence=5)
    line.operate(replay, actor=line.officer, from_sequence=2, to_sequence=2)
    assert line.now().again == [2, 4, 5]
    assert line.push().delivered == 4
    sent = [each["id"].rpartition("_")[2] for each in line.receiver.requests]
    assert sent == ["1", "2", "3", "4", "5", "6", "2", "4", "5", "7"]
    assert line.receiver.sequences == [1, 2, 3, 4, 5, 6, 7], "the receiver stored none twice"
    assert (line.now().again, line.now().last_delivered) == ([], 7)


def test_killed_while_a_range_is_sent_again_it_comes_again(line: Line) -> None:
    line.write(3)
    line.push()
    line.operate(replay, actor=line.officer, from_sequence=1, to_sequence=2)
    parcel = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    sender = sending.Sender(url=parcel.url, allowed_hosts=parcel.allowed_hosts, plain_http=True)
    answer = sender.send(parcel, timezone.now())  # the worker dies before it settles
    sender.close()
    line.write()
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61)):
        assert line.push().delivered == 3
    assert settle(parcel, answer) is None, "it comes too late"
    ids = [each["id"].rpartition("_")[2] for each in line.receiver.requests]
    assert ids == ["1", "2", "3", "1", "1", "2", "4"]
    assert line.now().again == []


# --- what is kept -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "fault", "detail"),
    [
        ((401, {"content-type": "application/json"}, b'{"error": "signature mismatch"}'), "status", ""),
        ((404, {"content-type": "text/html"}, PAGE), "status", "html"),
        ((200, {"content-type": "text/html; charset=gbk"}, "收到".encode("gbk")), "", ""),
        ((410, {}), "status", ""),
        ((500, {"content-type": "text/plain"}, b"\x00" + b"x" * 5000), "status", ""),
        ((302, {"location": "https://login.example/"}, PAGE), "redirect", "html"),
        ("hang", "timeout", ""),
        ("close", "connection", "closed"),
    ],
)
def test_what_a_receiver_answers_is_kept(
    line: Line, reply: Any, fault: str, detail: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(sending, "DEADLINE_S", 0.6)
    line.write()
    line.receiver.replies = [reply]
    line.push()
    (attempt,), (kept,) = line.attempts(), exchanges(line)
    assert (attempt.fault, attempt.detail, kept.attempt_id) == (fault, detail, attempt.pk)
    sent = dict(kept.request_headers)
    assert sent["webhook-id"] == attempt.message_id
    assert line.receiver.requests[0]["headers"]["webhook-signature"] == sent["webhook-signature"]
    assert attempt.signed_with == [line.receiver.secret.rstrip("=")[-4:]]
    if isinstance(reply, tuple) and len(reply) == 3:
        text = reply[2].decode("gbk" if b"\xca" in reply[2] else "utf-8").replace("\x00", "\ufffd")
        assert kept.body == text[:2048]
        assert kept.body_size == len(reply[2])
        assert (text[5:60] or text) not in caplog.text
    for secret in (line.receiver.secret, line.receiver.secret[6:]):
        assert secret not in str((kept.request_headers, kept.body))


def test_a_certificate_is_named_by_whom_and_until_when(
    transactional_db: None, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = Authority(tmp_path), Authority(tmp_path, "Other Authority")
    monkeypatch.setattr(sending, "_authorities", ours.trusted)
    cases = {
        "": ours.serving(),
        "expired": ours.serving(days=-1),
        "name": ours.serving("hooks.example"),
        "authority": other.serving(),
    }
    line.write()
    for detail, tls in cases.items():
        with receiving(tls=tls) as receiver:
            receiver.secret = line.receiver.secret
            line.change(url=receiver.url, next_try_at=None, last_delivered=0)
            line.push()
            attempt, kept = line.attempts()[-1], exchanges(line)[-1]
            assert (attempt.fault, attempt.detail) == ("tls" if detail else "", detail)
            assert [each["data"]["sequence"] for each in receiver.kept] == ([] if detail else [1])
            if detail == "name":
                assert kept.certificate["names"] == ["hooks.example"]
            assert bool(kept.request_headers) is not bool(detail), (
                "nothing goes out over a refused certificate"
            )
            if detail:
                issuer = "Other Authority" if detail == "authority" else "Test Authority"
                assert kept.certificate["issuer"] == issuer
    reached = len(exchanges(line))
    line.change(url=line.receiver.url.replace("http:", "https:"), next_try_at=None)
    line.push()
    assert line.attempts()[-1].detail == "plain", "a port without TLS"
    line.change(url="http://127.0.0.1:9/hook", next_try_at=None)
    line.push()
    assert line.attempts()[-1].detail == "refused"
    assert len(exchanges(line)) == reached, "where nothing was sent, nothing is kept as sent"


def test_answers_are_erased_after_a_week_and_not_before(line: Line) -> None:
    line.write(2)
    line.receiver.replies = [500]
    with time_machine.travel(timezone.now() - dt.timedelta(days=7, hours=1)):
        line.push()
    line.change(next_try_at=None)
    line.push()
    assert len(exchanges(line)) == 3
    with line.scope():
        assert Exchange.objects.all().delete()[0] == 1, "the database keeps the others"
        with pytest.raises(IntegrityError, match="keeps what was recorded"), transaction.atomic():
            Exchange.objects.update(body="x")
    line.write()
    line.push()
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        assert erase_expired(bureau_id=line.bureau.pk) == 0, "nor does a clock that is wrong"


def test_nobody_but_the_department_reads_an_answer(line: Line) -> None:
    line.write()
    line.push()
    with station_scope(line.officer.scope()):
        assert Exchange.objects.count() == 1
    with station_scope(OPERATOR.scope()):
        assert Exchange.objects.count() == 0
    with pytest.raises(NotAllowed):
        line.operate(rotate_secret)


def test_both_secrets_are_named_until_the_department_ends_the_old_one(line: Line) -> None:
    line.write()
    line.push()
    old = line.receiver.secret
    new = line.operate(rotate_secret, actor=line.officer)
    line.write()
    line.push()
    assert line.receiver.sequences == [1, 2], "it has only the old secret"
    line.receiver.secret = new
    line.operate(end_old_secret, actor=line.officer)
    line.write()
    line.push()
    hints = [each.signed_with for each in line.attempts()]
    first, second = old.rstrip("=")[-4:], new.rstrip("=")[-4:]
    assert hints == [[first], [second, first], [second]]
    assert (line.now().secret_hint, line.now().previous_hint) == (second, "")
    with pytest.raises(WrongState):
        line.operate(end_old_secret, actor=line.officer)
