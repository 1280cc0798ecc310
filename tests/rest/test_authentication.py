"""Who a key acts for and what it may do; nothing but the key authenticates."""

import datetime as dt
import io
import logging
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.accounts.models import ApiKey
from foundation.accounts.operations import revoke_key, rotate_key
from tests.factories import RoleGrantFactory
from tests.rest.conftest import World
from tests.rest.keys import ApiClient, key_of

ENTERPRISES = "/api/v1/tests/enterprises/"
WRONG = "anqi_00000000_" + "0" * 48


def ids(answer: Any) -> set[int]:
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def test_a_key_reads_its_bureau_or_its_area(world: World) -> None:
    whole = {row.pk for row in [*world.first, world.second]}
    assert ids(world.client().get(ENTERPRISES)) == whole
    assert ids(world.client(stations=[world.city.second]).get(ENTERPRISES)) == {world.second.pk}


def test_a_key_of_another_bureau_reads_another_bureau(world: World) -> None:
    client = ApiClient(key_of(world.elsewhere)[1])
    assert ids(client.get(ENTERPRISES)) == {world.foreign.pk}


def test_no_key(world: World) -> None:
    answer = Client().get(ENTERPRISES)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="anqi"')
    assert answer.json()["reason"] == "missing"
    assert Client().get(ENTERPRISES, HTTP_AUTHORIZATION="Basic YTpi").json()["reason"] == "missing"
    assert ApiClient("").get(ENTERPRISES).json()["reason"] == "missing"


@pytest.mark.parametrize(
    "text", [WRONG, "anqi", WRONG + "0", WRONG.upper(), "密钥", "anqi_00000000_" + "0" * 100_000]
)
def test_a_wrong_key(world: World, text: str) -> None:
    answer = ApiClient(text).get(ENTERPRISES)
    assert answer.status_code == 401
    assert answer.json()["reason"] == "unknown"
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_a_prefix_alone_opens_nothing(world: World) -> None:
    key, text = key_of(world.fire)
    guess = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert ApiClient(guess).get(ENTERPRISES).json()["reason"] == "unknown"
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    # a prefix reveals nothing about its key
    assert ApiClient(guess).get(ENTERPRISES).json()["reason"] == "unknown"
    assert ApiClient(text).get(ENTERPRISES).json()["reason"] == "revoked"


def test_an_expired_key(world: World) -> None:
    client = world.client(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = client.get(ENTERPRISES)
    assert (answer.status_code, answer.json()["reason"]) == (401, "expired")


def test_a_revoked_key_ends_at_once(world: World, supervisor: Any) -> None:
    key, text = key_of(world.fire)
    client = ApiClient(text)
    assert client.get(ENTERPRISES).status_code == 200
    revoke_key(actor=supervisor, key_id=key.pk, reason="It was published.")
    answer = client.get(ENTERPRISES)
    assert (answer.status_code, answer.json()["reason"]) == (401, "revoked")


def test_old_and_new_key_overlap(world: World, supervisor: Any) -> None:
    old, old_text = key_of(world.fire)
    _new, new_text = rotate_key(actor=supervisor, key_id=old.pk)
    assert ApiClient(old_text).get(ENTERPRISES).status_code == 200
    assert ApiClient(new_text).get(ENTERPRISES).status_code == 200
    ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    assert ApiClient(old_text).get(ENTERPRISES).json()["reason"] == "expired"
    assert ApiClient(new_text).get(ENTERPRISES).status_code == 200


def test_a_missing_scope_is_named(world: World) -> None:
    client = world.client(scopes=["tests:write"])
    answer = client.get(ENTERPRISES)
    assert answer.status_code == 403
    assert answer.json()["scope"] == "tests:read"
    assert 'scope="tests:read"' in answer["WWW-Authenticate"]
    assert client.post("/api/v1/tests/subscriptions/", {"title": "Reds"}).status_code == 201
    reader = world.client(scopes=["tests:read"])
    assert reader.get(ENTERPRISES).status_code == 200
    assert reader.post("/api/v1/tests/subscriptions/", {"title": "Reds"}).json()["scope"] == "tests:write"


def test_a_session_counts_for_nothing(world: World) -> None:
    grant = RoleGrantFactory(station=world.city.first)
    browser = Client()
    browser.force_login(grant.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get(ENTERPRISES).status_code == 401
    assert browser.get("/api/tests/whoami/").content == b"None|False"


def test_no_cookie_in_and_none_out(world: World, django_assert_num_queries: Any) -> None:
    client = world.client(last_used_at=timezone.now())
    client.cookies["sessionid"] = "0" * 32
    client.cookies["anqi_language"] = "zh-hans"
    with django_assert_num_queries(7) as queries:  # key, stations; savepoint, scope, rows, scope, release
        answer = client.get(ENTERPRISES)
    assert not [query for query in queries if "session" in query["sql"]]
    assert answer["Content-Language"] == "en"
    assert not answer.cookies


def test_a_foreign_page_cannot_forge_a_request(world: World) -> None:
    """No CSRF token is needed, because nothing that a browser sends by itself authenticates."""
    strict = Client(enforce_csrf_checks=True)
    _key, text = key_of(world.fire)
    given = {"data": '{"title": "Reds"}', "content_type": "application/json"}
    assert strict.post("/api/v1/tests/subscriptions/", **given).status_code == 401
    answer = strict.post(
        "/api/v1/tests/subscriptions/",
        **given,
        HTTP_AUTHORIZATION=f"Bearer {text}",
        HTTP_ORIGIN="https://x.example",
    )
    assert answer.status_code == 201


def test_a_key_opens_no_page(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    for page in ("/", "/deliveries/", "/people/me/"):
        assert world.client().get(page).status_code in (302, 404)
    assert world.client().get(ENTERPRISES).status_code == 200


def test_use_is_noted_once_a_minute_and_outlives_a_failure(world: World) -> None:
    key, text = key_of(world.fire)
    assert ApiClient(text).get("/api/v1/tests/failing/bug/").status_code == 500
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    ApiClient(text).get(ENTERPRISES)
    key.refresh_from_db()
    assert key.last_used_at == first
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - dt.timedelta(seconds=61))
    ApiClient(text).get(ENTERPRISES)
    key.refresh_from_db()
    assert key.last_used_at >= first


def test_no_key_in_any_log_line(world: World) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatter = next(each.formatter for each in logging.getLogger().handlers if each.formatter is not None)
    handler.setFormatter(formatter)
    _key, text = key_of(world.fire)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        client = ApiClient(text)
        client.get(ENTERPRISES)
        client.get("/api/v1/tests/failing/bug/")
        client.get("/api/v1/tests/nothing/")
        client.post("/api/v1/tests/subscriptions/", "{")
        ApiClient(WRONG).get(ENTERPRISES)
    finally:
        root.removeHandler(handler)
    lines = stream.getvalue()
    assert "tests/failing" in lines, lines
    for secret in (text, text.split("_")[2], WRONG.split("_")[2]):
        assert secret not in lines
