"""Hostile receivers and jumping clocks: every attempt is recorded, and the cursor stays correct."""

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from deliveries import sending
from deliveries.addresses import approved, validate_url
from deliveries.models import Event
from deliveries.operations import pushing
from deliveries.operations.pushing import due_ids, settle, take
from deliveries.sending import Result
from tests.deliveries.conftest import LOCAL, Line
from tests.deliveries.receivers import receiving
from tests.waiting import patience

DAY = dt.timedelta(days=1)


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that handles each connection as the test says; yield its URL."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _peer = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(patience(30))
                with suppress(OSError):
                    talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def answering(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Read the message, then send these pieces until the client closes the connection."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        for piece in pieces:
            connection.sendall(piece)
        # A connection closed with something unread is reset, and the client may lose the answer.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            pass

    return talk


@pytest.mark.parametrize(
    "retry_after",
    [
        "Fri, 31 Dec 9999 23:59:59 -2359",  # beyond what a date can hold
        "Sun, 06 Nov 1994 08:49:37 +99999999999999999999999",  # a zone beyond what a number can hold
        "Sun, 06 Nov 1994 08:49:37 +9999",
        "9" * 3000,
        "-1",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    ],
)
def test_an_absurd_retry_after_is_an_attempt_like_any_other(line: Line, retry_after: str) -> None:
    line.write()
    line.receiver.replies = [(429, {"retry-after": retry_after}), 204]
    assert line.push().delivered == 0
    now = line.now()
    assert (now.attempts, now.lease_token, len(line.attempts())) == (1, None, 1)
    assert timezone.now() < now.next_try_at <= now.failing_since + pushing.PATIENCE
    with time_machine.travel(now.next_try_at + dt.timedelta(seconds=1)):
        assert line.push().delivered == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 200], ("delivered", "", 200)),  # it never ends
        (
            [b"HTTP/1.1 200 OK\r\n", *[b"x-more: " + b"y" * 1000 + b"\r\n"] * 2000],
            ("failed", "connection", None),
        ),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"] * 50 + [b"HTTP/1.1 204 No\r\n\r\n"], ("delivered", "", 204)),
        (
            [b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
            ("failed", "connection", None),
        ),
        ([b"\x00\xff garbage \r\n\r\n"], ("failed", "connection", None)),
        (
            [b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nxyz"],
            ("delivered", "", 200),
        ),
        (
            [b"HTTP/1.1 500 \xff\xfe\r\nretry-after: \xff\r\ncontent-length: 0\r\n\r\n"],
            ("failed", "status", 500),
        ),
        ([b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"], ("delivered", "", 200)),
    ],
    ids=["endless body", "endless headers", "continue", "upgrade", "garbage", "false gzip", "latin", "half"],
)
def test_every_response_is_recorded(line: Line, answer: list[bytes], outcome: tuple) -> None:
    with listening(answering(*answer)) as url:
        line.change(url=url)
        line.write()
        line.push()
    (attempt,) = line.attempts()
    assert (attempt.outcome, attempt.fault, attempt.status) == outcome
    assert line.now().lease_token is None


def test_a_receiver_that_reads_slowly_costs_one_deadline(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "DEADLINE_S", 0.5)
    stop = threading.Event()

    def talk(connection: socket.socket) -> None:
        while not stop.wait(0.1):  # before any single write times out
            connection.recv(500_000)

    line.write()
    with line.scope():
        body = Event.objects.get(subscription_id=line.pk).body
    with listening(talk) as url:
        line.change(url=url)
        parcel = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
        heavy = sending.Parcel(**vars(parcel) | {"body": body + " " * 30_000_000})
        sender = sending.Sender(url=url, allowed_hosts=LOCAL, plain_http=True)
        answer = sender.send(heavy, timezone.now())
        sender.close()
        stop.set()
    assert (answer.outcome, answer.fault) == ("failed", "timeout")


def test_requests_carry_no_cookies_and_ignore_the_environment(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    line.receiver.replies = [(204, {"set-cookie": "track=you"})]
    line.write(2)
    assert line.push().delivered == 2
    told = [set(request["headers"]) for request in line.receiver.requests]
    expected = {"host", "content-type", "content-length", "user-agent"}
    assert told == [expected | {"webhook-id", "webhook-timestamp", "webhook-signature"}] * 2


def test_an_unexpected_failure_is_an_attempt_too(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("whsec_not-for-the-log")

    monkeypatch.setattr(sending, "judge", broken)
    line.write()
    assert line.push().delivered == 0
    assert [each.fault for each in line.attempts()] == ["other"]
    assert (line.now().attempts, line.now().lease_token) == (1, None)


# --- clocks -------------------------------------------------------------------------------------------------------
def test_a_clock_set_back_by_days_holds_nothing_up(line: Line) -> None:
    line.write(2)
    with time_machine.travel(timezone.now() + 30 * DAY):  # a worker with a wrong clock died
        take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    assert line.now().leased_until > timezone.now() + 29 * DAY
    assert due_ids(bureau_id=line.bureau.pk) == [line.pk]
    line.receiver.replies = [500]
    with time_machine.travel(timezone.now() + 30 * DAY):
        line.change(lease_token=None, leased_until=None)
        line.push()
    assert line.now().next_try_at > timezone.now() + 29 * DAY
    assert line.push().delivered == 2
    assert line.receiver.sequences == [1, 2]


def test_two_workers_whose_clocks_differ_keep_the_lease(line: Line) -> None:
    line.write()
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=45)):
        assert take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    assert take(bureau_id=line.bureau.pk, subscription_id=line.pk) is None


def test_a_clock_that_leaps_ahead_sends_twice_and_moves_once(line: Line) -> None:
    line.write(2)
    slow = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
    with time_machine.travel(timezone.now() + 30 * DAY):
        assert line.push().delivered == 2
    assert settle(slow, Result("failed", status=500)) is None
    assert (line.now().last_delivered, line.now().attempts) == (2, 0)


# --- addresses ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "allowed", "passes"),
    [
        ("64:ff9b::7f00:1", ["d.example"], False),  # NAT64 to this machine
        ("64:ff9b::a9fe:a9fe", ["d.example"], False),  # and to a cloud's metadata
        ("2002:7f00:1::", ["d.example"], False),  # 6to4
        ("::7f00:1", ["d.example"], False),
        ("240.0.0.1", ["d.example"], False),
        ("127.0.0.1", ["0.0.0.0/0"], False),  # a wide network does not approve this machine
        ("::1", ["::/0"], False),
        ("169.254.169.254", ["0.0.0.0/0"], False),
        ("169.254.169.254", ["169.254.0.0/16"], True),  # approved explicitly
        ("10.1.2.3", ["0.0.0.0/0"], True),
    ],
)
def test_neither_translated_addresses_nor_wide_networks_reach_this_machine(
    address: str, allowed: list[str], passes: bool
) -> None:
    assert approved("d.example", [address], allowed) == ([address] if passes else [])


@pytest.mark.parametrize(
    "url",
    [
        "https://d.example/\r\nx: y",
        "https://d.exa\nmple/",
        "https://d.example/ x",
        "https://[::1/",
        "https://d\t.example/",
    ],
)
def test_an_address_has_no_invisible_characters(url: str) -> None:
    with pytest.raises(ValidationError):
        validate_url(url)


def test_the_name_is_resolved_and_checked_for_each_connection(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address changed since the approval. What is checked is what is connected to."""
    answers = [["10.9.9.9"], ["127.0.0.1"]]
    asked: list[str] = []

    def lookup(host: str, port: int, **_options: object) -> list[tuple]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in answers.pop(0)]

    line.write()
    line.change(url=line.receiver.url.replace("127.0.0.1", "d.example"), allowed_hosts=["10.0.0.0/8"])
    dialled: list[str] = []

    def dial(self: object, address: str, port: int, timeout: float) -> None:
        dialled.append(address)
        raise sending.httpcore.ConnectError("nobody there")

    monkeypatch.setattr("deliveries.addresses.socket.getaddrinfo", lookup)
    monkeypatch.setattr(sending._CheckedBackend, "_connected", dial)
    line.push()
    line.change(next_try_at=None)
    line.push()
    assert asked == ["d.example", "d.example"]
    assert dialled == ["10.9.9.9"]
    assert [each.fault for each in line.attempts()] == ["connection", "address"]
    assert line.receiver.requests == []


def test_a_name_server_that_does_not_answer_costs_no_more_than_the_deadline(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = threading.Event()

    def lookup(_host: str, _port: int, **_options: object) -> list[tuple]:
        given_up.wait(patience(5))  # the resolver's own patience
        raise socket.gaierror("no name server answered")

    line.write()
    line.change(url=line.receiver.url.replace("127.0.0.1", "d.example"), allowed_hosts=["10.0.0.0/8"])
    monkeypatch.setattr("deliveries.addresses.socket.getaddrinfo", lookup)
    monkeypatch.setattr(sending, "DEADLINE_S", 0.2)
    line.push()
    attempt = line.attempts()[0]
    asking = [thread for thread in threading.enumerate() if thread.name == "lookup of d.example"]
    given_up.set()
    for thread in asking:
        thread.join()
    assert asking, "the attempt ended before the resolver did"
    assert (attempt.outcome, attempt.fault) == ("failed", "dns")


def test_a_new_address_is_tried_at_once_and_the_old_one_decides_nothing(line: Line) -> None:
    line.write(2)
    line.receiver.replies = [500]
    line.push()
    assert line.push().delivered == 0  # not due yet
    with receiving() as moved:
        moved.secret = line.receiver.secret
        line.change(next_try_at=None)
        on_its_way = take(bureau_id=line.bureau.pk, subscription_id=line.pk)
        line.move(moved.url)
        settle(on_its_way, sending.judge(410, "", timezone.now()))
        assert (line.now().paused_why, line.now().attempts) == ("", 0)
        assert line.push().delivered == 2
        assert moved.sequences == [1, 2]
