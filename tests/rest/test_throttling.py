"""Limits: shown in headers, counted by key and by address, and lifted when the counter is down."""

import socket
import time
from contextlib import suppress
from typing import Any

import pytest

from foundation.rest import throttling
from tests.rest.conftest import World
from tests.rest.keys import ApiClient
from tests.rest.test_problems import problem

ENTERPRISES = "/api/v1/tests/enterprises/"


@pytest.fixture(autouse=True)
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests of this file within one minute of the counter."""
    moment = time.time() // 300 * 300 + 20
    monkeypatch.setattr(throttling.time, "time", lambda: moment)


def test_a_key_has_a_limit_of_requests(world: World, settings: Any) -> None:
    settings.API_READS_PER_MINUTE, settings.API_WRITES_PER_MINUTE = 3, 1
    client, other = world.client(), world.client()
    left = [client.get(ENTERPRISES)["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    answer = client.get(ENTERPRISES)
    problem(answer, 429, "too-many-requests")
    headers = [answer[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]
    assert headers == ["3", "0", "40"]
    assert answer["Retry-After"] == "40"
    assert other.get(ENTERPRISES).status_code == 200
    created = client.post("/api/v1/tests/subscriptions/", {"title": "Reds"})  # writes are counted separately
    assert (created.status_code, created["RateLimit-Limit"]) == (201, "1")
    problem(client.post("/api/v1/tests/subscriptions/", {"title": "Reds"}), 429, "too-many-requests")


def test_refused_requests_count_too(world: World, settings: Any) -> None:
    settings.API_READS_PER_MINUTE = 2
    client = world.client(scopes=["tests:write"])
    assert [client.get(ENTERPRISES).status_code for _ in range(3)] == [403, 403, 429]


def test_the_next_minute_begins_anew(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_READS_PER_MINUTE = 1
    client = world.client()
    assert [client.get(ENTERPRISES).status_code for _ in range(2)] == [200, 429]
    later = throttling.time.time() + 60
    monkeypatch.setattr(throttling.time, "time", lambda: later)
    assert client.get(ENTERPRISES).status_code == 200


def test_an_address_has_a_limit_of_failures(world: World, settings: Any) -> None:
    settings.API_FAILURES = 2
    wrong = ApiClient("anqi_00000000_" + "0" * 48)
    assert [wrong.get(ENTERPRISES).status_code for _ in range(2)] == [401, 401]
    answer = wrong.get(ENTERPRISES)
    problem(answer, 429, "too-many-requests")
    assert int(answer["Retry-After"]) > 200
    assert wrong.get(ENTERPRISES, REMOTE_ADDR="198.51.100.7").status_code == 401
    assert ApiClient().get(ENTERPRISES).status_code == 401  # a missing key is not a failed attempt
    # a valid key passes: many systems share an address
    assert world.client().get(ENTERPRISES).status_code == 200


def test_requests_pass_when_valkey_is_down(world: World, settings: Any) -> None:
    with socket.socket() as taken:  # bound, not listening: refused at once
        taken.bind(("127.0.0.1", 0))
        away = {"default": {"LOCATION": f"redis://127.0.0.1:{taken.getsockname()[1]}/0"}}
        settings.CACHES = settings.CACHES | away
        answer = world.client().get(ENTERPRISES)
        assert (answer.status_code, "RateLimit-Limit" in answer) == (200, False)
        assert ApiClient("anqi_wrong").get(ENTERPRISES).status_code == 401


def connections_to(silent: socket.socket) -> int:
    """Return how many connections were opened to a server that never answered."""
    silent.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            silent.accept()[0].close()
            count += 1
    return count


def test_a_hanging_valkey_delays_one_request_only(world: World, settings: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        away = {"default": {"LOCATION": f"redis://127.0.0.1:{silent.getsockname()[1]}/0"}}
        settings.CACHES = settings.CACHES | away
        settings.ROOT_URLCONF = "tests.rest.endpoints"
        client = world.client()
        assert [client.get(ENTERPRISES).status_code for _ in range(5)] == [200] * 5
        assert connections_to(silent) == 1, "the first request waited, the next ones did not ask"
