"""Every page and endpoint that answers without a login has a limit per address, or a reason to have none."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.rest import throttling
from tests.accounts.conftest import House, house, quick_passwords  # noqa: F401
from tests.factories import PASSWORD

LIMIT = 3
WITHOUT_LIMIT = {
    "/healthz": "answers a constant, before any work; the engine asks every few seconds",
    "/readyz": "the proxy answers 404 instead (deploy/Caddyfile); the engine asks every few seconds",
}
SHAPES = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> set[str]:
    """Return one address for every pattern of the site, of installed packages as well."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            found.add(_filled(route))
    return found


def _filled(route: str) -> str:
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SHAPES.get(match[1] or "str", "1"), route)
    route = re.sub(r"\(\?P<\w+>([^)]*)\)", lambda match: "1" if "\\d" in match[1] else "a", route)
    return re.sub(r"\(\?:(\w+).*?\)", r"\1", route.replace("^", "").replace("$", "")).replace("\\", "")


@pytest.fixture
def limited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ANONYMOUS_PER_MINUTE = LIMIT
    # no minute ends in between
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))


@pytest.mark.drill
def test_every_anonymous_address_is_limited(db: None, limited: None) -> None:
    found = addresses()
    assert {"/accounts/login/", "/people/forgot/", "/api/v1/schema/", "/language/"} <= found
    free = []
    for number, path in enumerate(sorted(found)):
        browser = Client(
            raise_request_exception=False, REMOTE_ADDR=f"10.1.{number // 250}.{number % 250 + 1}"
        )
        statuses = [browser.get(path).status_code for _ in range(LIMIT + 1)]
        if statuses[-1] != 429 or 429 in statuses[:LIMIT]:
            free.append(f"{path}: {statuses}")
    assert not free


def test_beyond_the_limit(db: None, limited: None) -> None:
    for path in ("/accounts/login/", f"/people/invitation/{'a' * 48}/", "/api/v1/schema/"):
        browser = Client(REMOTE_ADDR=f"10.2.0.{len(path)}")
        for _ in range(LIMIT):
            assert browser.get(path).status_code != 429
        answer = browser.get(path)
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 60
        assert "Too many requests" in answer.content.decode()
        assert Client(REMOTE_ADDR="10.2.9.9").get(path).status_code != 429, "others are not concerned"


def test_an_ipv6_subscriber_is_one(db: None, limited: None) -> None:
    """Whoever has one address of a /64 has all of them."""
    last = [
        Client(REMOTE_ADDR=f"2001:db8::{n}").get("/accounts/login/").status_code for n in range(LIMIT + 1)
    ]
    assert last == [200] * LIMIT + [429]
    assert Client(REMOTE_ADDR="2001:db8:0:1::1").get("/accounts/login/").status_code == 200


def test_neighbours_do_not_keep_a_station_out(house: House, limited: None) -> None:  # noqa: F811
    """Behind one address: a computer that is in use there, a loop of pages and one of a department's system."""
    here = {"REMOTE_ADDR": "10.4.0.1"}
    used, fresh = Client(**here), Client(**here)
    assert used.post("/accounts/login/", {"login": "officer", "password": PASSWORD}).status_code == 302
    used.post("/accounts/logout/")
    for _ in range(2 * LIMIT):
        Client(**here).get("/api/v1/schema/")
    assert fresh.get("/accounts/login/").status_code == 200
    assert [fresh.get("/accounts/login/").status_code for _ in range(LIMIT)][-1] == 429
    assert used.get("/accounts/login/").status_code == 200
    used.cookies["anqi_device"] = "forged"
    assert used.get("/accounts/login/").status_code == 429


def test_people_and_keys_are_not_counted(house: House, limited: None) -> None:  # noqa: F811
    browser = house.client("officer")
    assert {browser.get("/people/me/").status_code for _ in range(2 * LIMIT)} == {200}


def test_probes_have_no_limit(db: None, limited: None) -> None:
    for path in WITHOUT_LIMIT:
        browser = Client(REMOTE_ADDR="10.3.0.1")
        assert 429 not in {browser.get(path).status_code for _ in range(2 * LIMIT)}
