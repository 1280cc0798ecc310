"""HEAD is answered with the headers of GET alone, so the next answer on the connection stays readable; chunks have limits."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client

import config.web as web
from foundation.accounts import operations
from foundation.accounts.choices import AuditAction
from tests.accounts.conftest import House, house, log_of, quick_passwords  # noqa: F401


class Queue:
    """Runs the requests in the test's own thread, which has the database connection."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []

    def set_thread_count(self, _number: int) -> None:
        pass

    def add_task(self, task: Any) -> None:
        self.waiting.append(task)


class Site:
    """A worker of the web server, and raw connections to it."""

    def __init__(self) -> None:
        self.listening = web.listen("127.0.0.1:0")
        self.worker = web.Worker(get_wsgi_application(), self.listening)
        self.connections: list[socket.socket] = []

    def connect(self) -> socket.socket:
        self.connections.append(socket.create_connection(self.listening.getsockname()))
        return self.connections[-1]

    def exchange(self, connection: socket.socket, sent: bytes, ended: Callable[[bytes], bool]) -> bytes:
        """Send, and read until the answer is complete or the server closes."""
        connection.sendall(sent)
        connection.setblocking(False)
        received, until = b"", time.monotonic() + 30
        while time.monotonic() < until and not ended(received):
            self.worker._turn(0.02)
            while self.worker.dispatcher.waiting:
                self.worker.dispatcher.waiting.pop(0).service()
            try:
                data = connection.recv(1_000_000)
            except BlockingIOError:
                continue
            if not data:
                break
            received += data
        connection.setblocking(True)
        return received

    def close(self) -> None:
        for each in [*self.connections, *self.worker.server.active_channels.values()]:
            each.close()
        self.worker.server.close()


@pytest.fixture
def site(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:  # noqa: F811
    """It keeps the connection to the database, as Django's test client does: the test's transaction is on it."""
    monkeypatch.setattr(web, "ThreadedTaskDispatcher", Queue)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    made = Site()
    yield made
    made.close()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def request(method: str, path: str, more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


def is_whole(received: bytes) -> bool:
    """Whether headers, and as many bytes as they announce, have arrived."""
    head, found, body = received.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    ]
    return bool(found and lengths) and len(body) >= int(lengths[0])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/accounts/login/", b"200"),
        ("/people/me/", b"302"),
        ("/no/such/page/", b"404"),
        ("/api/v1/ratings/", b"401"),
        ("/api/v1/schema/", b"200"),
        ("/healthz", b"200"),
        ("/language/", b"302"),
    ],
)
def test_head_sends_no_body(site: Site, path: str, status: bytes) -> None:
    connection = site.connect()
    received = site.exchange(connection, request("HEAD", path), lambda received: b"\r\n\r\n" in received)
    head, _end, body = received.partition(b"\r\n\r\n")
    assert (head.split()[1], body) == (status, b"")
    if b"connection: close" in head.lower():
        assert site.exchange(connection, b"", lambda received: False) == b""
        return
    second = site.exchange(connection, request("GET", "/accounts/login/"), is_whole)
    assert second.startswith(b"HTTP/1.1 200 OK\r\n")


def test_head_of_what_the_server_itself_refuses(site: Site) -> None:
    refused = request("HEAD", "/", "Content-Length: 99999999\r\n")
    received = site.exchange(site.connect(), refused, lambda received: False)
    assert received.startswith(b"HTTP/1.1 413")
    assert received.endswith(b"\r\n\r\n")


def test_head_does_not_open_an_invitation(house: House) -> None:  # noqa: F811
    token = operations.reset_password(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    answer = Client().head(f"/people/invitation/{token}/")
    assert (answer.status_code, answer.content) == (405, b"")
    assert AuditAction.OPEN_INVITATION not in [entry.action for entry in log_of(house.city)]


@pytest.mark.parametrize(
    "sent",
    [b"a" * 5_000, b"1;" + b"a" * 5_000, b"1\r\nx\r\n0\r\n" + b"x: y\r\n" * 10_925],
    ids=["size", "extension", "trailer"],
)
def test_control_lines_and_trailers_of_chunks_are_limited(site: Site, sent: bytes) -> None:
    connection = site.connect()
    begun = request("POST", "/accounts/login/", "Transfer-Encoding: chunked\r\n")
    received = site.exchange(connection, begun + sent, lambda received: False)
    assert received.startswith(b"HTTP/1.1 400")
