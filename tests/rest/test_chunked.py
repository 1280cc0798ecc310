"""Chunked bodies without a length are read like any other, as waitress parses them from the socket."""

import json
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.signals import request_started
from django.db import close_old_connections
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from config import web
from tests.rest.conftest import World
from tests.rest.keys import key_of
from tests.rest.test_idempotency import PATH, titles


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    # like Django's test client: the connection is the test's own
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


LIMITS = Adjustments(**web.LIMITS)


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def send(text: str, body: bytes, *, path: str = PATH, **headers: str) -> tuple[int, dict[str, Any]]:
    """Return the response to this body, sent without a content length."""
    lines = {
        "Host": "testserver",
        "Authorization": f"Bearer {text}",
        "Content-Type": "application/json",
        "Transfer-Encoding": "chunked",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    channel = SimpleNamespace(
        server=SimpleNamespace(server_name="testserver", effective_port=8000, adj=LIMITS),
        addr=("127.0.0.1", 50000),
        check_client_disconnected=None,
        creation_time=0,
    )
    request = HTTPRequestParser(LIMITS)
    left = head.encode() + b"\r\n" + body
    while left and not request.completed:
        left = left[request.received(left) :]
    if request.error:
        return request.error.code, {}
    assert request.completed
    found: list[str] = []
    application = import_module("config.wsgi").application  # loading it queries the database
    answer = application(
        WSGITask(channel, request).get_environment(), lambda status, *_headers: found.append(status)
    )
    return int(found[0].split()[0]), json.loads(b"".join(answer))


def test_a_body_in_chunks(world: World) -> None:
    text = key_of(world.fire)[1]
    assert send(text, chunks(b'{"title"', b': "Reds"}'))[0] == 201
    assert titles(world.fire) == ["Reds"]
    assert send(text, chunks())[0] == 400  # an empty body has no title


def test_the_same_token_with_another_body(world: World) -> None:
    text = key_of(world.fire)[1]
    assert send(text, chunks(b'{"title": "Reds"}'), Idempotency_Key="one")[0] == 201
    assert send(text, chunks(b'{"title": "Yellows"}'), Idempotency_Key="one")[0] == 422
    # the stored response
    assert send(text, chunks(b'{"title":', b' "Reds"}'), Idempotency_Key="one")[0] == 201
    assert titles(world.fire) == ["Reds"]


def test_the_limit_holds(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    text = key_of(world.fire)[1]
    body = json.dumps({"title": "Reds", "filler": "x" * 5000}).encode()
    status, told = send(text, chunks(body[:100], body[100:]))
    assert (status, told["type"]) == (413, "urn:anqi:problem:too-large")


def test_chunks_that_cannot_be_read(world: World) -> None:
    assert send(key_of(world.fire)[1], b"zz\r\n{}\r\n0\r\n\r\n") == (400, {})  # the server itself
    assert titles(world.fire) == []


def test_a_body_that_never_ends() -> None:
    request = HTTPRequestParser(LIMITS)
    head = b"POST / HTTP/1.1\r\nHost: testserver\r\nTransfer-Encoding: chunked\r\n\r\n"
    for part in (head, b'11\r\n{"title"'):
        request.received(part)
    assert not request.completed  # no thread sees it; config.web ends it after BODY_S
