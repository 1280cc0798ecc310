"""Every kind of refusal: status, RFC 9457, no internals, and no effects."""

import gzip
from typing import Any

import pytest
from django.test import Client

from deliveries.models import Subscription
from foundation.accounts.actors import system_actor
from foundation.tenancy.scope import station_scope
from tests.rest.conftest import World
from tests.rest.keys import ApiClient

FAILING = "/api/v1/tests/failing/{}/"
SUBSCRIPTIONS = "/api/v1/tests/subscriptions/"


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Check that a response is a complete problem document, and return it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:anqi:problem:{code}"
    assert told["status"] == status
    assert told["title"]
    assert told["instance"] == f"urn:uuid:{answer['X-Request-ID']}"
    assert "internal words" not in answer.content.decode()
    return told


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("wrong_state", 409, "wrong-state"),
        ("stale", 412, "changed"),
        ("not_allowed", 403, "not-allowed"),
        ("not_allowed_why", 403, "not-allowed"),
        ("missing", 404, "not-found"),
        ("no_page", 404, "not-found"),
        ("form", 400, "invalid"),
        ("plain", 400, "invalid"),
        ("odd", 500, "error"),
        ("bug", 500, "error"),
        ("database", 503, "unavailable"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_raised(world: World, method: str, how: str, status: int, code: str) -> None:
    told = problem(getattr(world.client(), method)(FAILING.format(how)), status, code)
    if how == "wrong_state":
        assert told["detail"] == "It is closed already."
    if how == "not_allowed":
        assert "detail" not in told  # the name of a permission helps nobody
    if how == "not_allowed_why":
        assert told["detail"] == "You may not do this."
    if how == "form" and method == "post":
        assert told["errors"] == [{"pointer": "#/title", "detail": "Too long."}]


def test_unknown_addresses(world: World) -> None:
    for path in (
        "/api/v1/nothing/",
        "/api/v1/tests/enterprises",
        "/api/",
        "/api/v2/x",
        "/api/v1/schema",
    ):
        problem(world.client().get(path), 404, "not-found")
        problem(ApiClient().post(path, {}), 404, "not-found")
    assert Client().get("/no-such-page/")["Content-Type"].startswith("text/html")


def test_methods_and_media_types(world: World) -> None:
    client = world.client()
    answer = client.delete("/api/v1/tests/enterprises/")
    problem(answer, 405, "method-not-allowed")
    assert answer["Allow"] == "GET, HEAD"
    problem(client.options("/api/v1/tests/enterprises/"), 405, "method-not-allowed")
    problem(client.trace("/api/v1/tests/enterprises/"), 405, "method-not-allowed")
    problem(client.get("/api/v1/tests/enterprises/", HTTP_ACCEPT="text/html"), 406, "not-acceptable")
    problem(
        client.post(SUBSCRIPTIONS, "title=Reds", content_type="text/plain"), 415, "unsupported-media-type"
    )


@pytest.mark.parametrize(
    "body", ["{", "", "[1, 2", b"\xff\xfe", "NaN", "[" * 100_000, '{"count": ' + "9" * 5000 + "}"]
)
def test_unreadable_bodies(world: World, body: Any) -> None:
    told = world.client().post(SUBSCRIPTIONS, body)
    assert told.status_code == 400, told.content
    assert told["Content-Type"] == "application/problem+json"


def test_a_body_too_large(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(world.client().post(SUBSCRIPTIONS, {"title": "x" * 2000}), 413, "too-large")


def test_fields_are_pointed_at(world: World) -> None:
    given = {
        "title": "x" * 21,
        "count": 0,
        "address": {"street": "a longer one"},
        "addresses": [{"street": "A"}, {"street": "B" * 6}],
    }
    told = problem(world.client().post(SUBSCRIPTIONS, given), 400, "invalid")
    assert [each["pointer"] for each in told["errors"]] == [
        "#/title",
        "#/count",
        "#/address/street",
        "#/addresses/1/street",
    ]
    told = problem(world.client().post(SUBSCRIPTIONS, {"title": "A", "tytle~/": "B"}), 400, "invalid")
    (unknown,) = told["errors"]
    assert (unknown["pointer"], unknown["detail"]) == ("#/tytle~0~1", "This field does not exist.")
    assert unknown["allowed"] == ["address", "addresses", "count", "title"]
    told = problem(world.client().post(SUBSCRIPTIONS, ["A"]), 400, "invalid")
    assert told["errors"][0]["pointer"] == "#"


def test_no_text_holds_a_nul(world: World) -> None:
    problem(world.client().get("/api/v1/tests/enterprises/?q=a%00b"), 400, "malformed")
    told = problem(world.client().post(SUBSCRIPTIONS, {"title": "a\x00b"}), 400, "invalid")
    assert told["errors"][0]["pointer"] == "#/title"


def test_errors_speak_the_clients_language(world: World) -> None:
    english = world.client().post(SUBSCRIPTIONS, {}).json()
    chinese = world.client().post(SUBSCRIPTIONS, {}, HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9")
    assert chinese["Content-Language"] == "zh-hans"
    assert english["errors"][0]["detail"] == "This field is required."
    assert chinese.json()["errors"][0]["detail"] != english["errors"][0]["detail"]
    assert "\\u" not in chinese.content.decode()


def subscriptions(world: World) -> list[str]:
    with station_scope(system_actor(bureau_id=world.city.bureau.pk, stations=[world.city.first.pk]).scope()):
        return sorted(Subscription.objects.values_list("title", flat=True))


@pytest.mark.parametrize(("title", "status"), [("refused", 409), ("broken", 500)])
def test_a_failed_request_leaves_nothing(world: World, title: str, status: int) -> None:
    client = world.client()
    assert client.post(SUBSCRIPTIONS, {"title": "kept"}).status_code == 201
    assert client.post(SUBSCRIPTIONS, {"title": title}).status_code == status
    assert subscriptions(world) == ["kept"]


def test_a_public_endpoint_asks_for_no_key(world: World) -> None:
    assert ApiClient().get("/api/v1/tests/open/").json() == {"actor": None}
    assert ApiClient("anqi_wrong").get("/api/v1/tests/open/").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/docs/", "/api/v1/schema/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_read_only_endpoints_refuse_other_methods(world: World, path: str, method: str) -> None:
    client = ApiClient()
    client.handler.enforce_csrf_checks = True
    problem(getattr(client, method)(path), 405, "method-not-allowed")


@pytest.mark.parametrize(
    ("accepts", "status"),
    [
        ("application/problem+json", 200),
        ("", 200),
        ("text/html, */*;q=0.1", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/json;q=0", 406),
        ("application/json; q=0.000, text/html", 406),
        ("text/html", 406),
    ],
)
def test_what_is_accepted(world: World, accepts: str, status: int) -> None:
    answer = world.client().get("/api/v1/tests/enterprises/", HTTP_ACCEPT=accepts)
    assert answer.status_code == status
    assert answer["Content-Type"] == ("application/json" if status == 200 else "application/problem+json")


def test_a_parameter_is_given_once(world: World) -> None:
    told = problem(world.client().get("/api/v1/tests/enterprises/?page_size=1&page_size=2"), 400, "invalid")
    assert [each["parameter"] for each in told["errors"]] == ["page_size"]


def test_a_duplicate_member_is_malformed(world: World) -> None:
    for body in (
        '{"title": "Reds", "title": "Yellows"}',
        '{"title": "A", "address": {"street": "A", "street": "A"}}',
    ):
        problem(world.client().post(SUBSCRIPTIONS, body), 400, "malformed")
    assert subscriptions(world) == []


def test_a_duplicate_member_among_very_many_is_found_at_once(world: World) -> None:
    """In linear time: in quadratic time this takes a quarter of a minute, and the largest body minutes."""
    names = [f"m{number}" for number in range(50_000)]
    body = "{" + ",".join(f'"{name}":1' for name in [*names, names[-1]]) + "}"
    told = problem(world.client().post(SUBSCRIPTIONS, body), 400, "malformed")
    assert names[-1] in told["detail"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_messages_of_the_parser_are_not_returned(world: World, language: str) -> None:
    told = problem(world.client().post(SUBSCRIPTIONS, "{", HTTP_ACCEPT_LANGUAGE=language), 400, "malformed")
    assert "Expecting" not in told["detail"], "only the position"


def test_broken_json_says_where(world: World) -> None:
    told = problem(world.client().post(SUBSCRIPTIONS, '{\n  "title": "Reds",\n  count: 1}'), 400, "malformed")
    assert (told["line"], told["column"]) == (3, 3)
    assert "line 3, column 3" in told["detail"]
    assert problem(world.client().post(SUBSCRIPTIONS, b'{"\xff'), 400, "malformed")["byte"] == 2
    told = problem(world.client().post(SUBSCRIPTIONS, '{"title": "A", "title": "B"}'), 400, "malformed")
    assert "title" in told["detail"]


def test_bodies_as_windows_and_proxies_send_them(world: World) -> None:
    """With a byte order mark, which is passed over; compressed, which is refused as that."""
    marked = problem(world.client().post(SUBSCRIPTIONS, b'\xef\xbb\xbf{"count": 1}'), 400, "invalid")
    assert marked["errors"]
    packed = gzip.compress(b'{"count": 1}')
    told = problem(
        world.client().post(SUBSCRIPTIONS, packed, HTTP_CONTENT_ENCODING="gzip"),
        415,
        "unsupported-media-type",
    )
    assert "Content-Encoding" in told["detail"]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/api/v1/events", "/api/v1/events/"),
        ("/api/v1/event/", "/api/v1/events/"),
        ("/api/events/", "/api/v1/events/"),
        ("/api/v1/subscriptions/7/reply/", "/api/v1/subscriptions/{pk}/replay/"),
        ("/api/v1/enterprises/abc/", "/api/v1/enterprises/{pk}/"),
        ("/api", "/api/v1/"),
        ("/api/v1/" + "x" * 500, None),
    ],
)
def test_an_unknown_address_names_the_nearest(world: World, path: str, nearest: str | None) -> None:
    told = problem(ApiClient().get(path), 404, "not-found")
    if nearest is None:
        assert "nearest" not in told
    else:
        assert told["nearest"] == nearest
        assert nearest in told["detail"]


def test_errors_name_no_type_of_python(world: World) -> None:
    """``dict`` and ``NoneType`` mean nothing to who sends JSON from Java; both languages say what to send."""
    client, path = world.client(), "/api/v1/tests/subscriptions/"
    for body, words in (
        ('["Reds"]', {"en": "Send a JSON object here", "zh-hans": "JSON 对象"}),
        ('{"title": {"a": 1}}', {"en": "Send a text here", "zh-hans": "文本"}),
    ):
        for language, word in words.items():
            told = problem(client.post(path, body, HTTP_ACCEPT_LANGUAGE=language), 400, "invalid")
            (error,) = told["errors"]
            assert word in error["detail"], error


def test_a_body_is_parsed_only_where_one_is_expected(world: World) -> None:
    client, path = world.client(), FAILING.format("wrong_state")
    for nothing in (b"", "{}"):
        problem(client.post(path, nothing), 409, "wrong-state")
    told = problem(client.post(path, {"text": "Seen."}), 400, "invalid")
    assert [each["pointer"] for each in told["errors"]] == ["#/text"]
    problem(client.post(path, '["Seen."]'), 400, "invalid")
    problem(client.post(path, "{"), 400, "malformed")


def test_what_beginners_send_is_named(world: World, settings: Any) -> None:
    """A variable with the key that is not set, and a wrong host name each have a sentence of their own."""
    empty = problem(Client().get("/api/v1/key/", HTTP_AUTHORIZATION="Bearer "), 401, "unauthenticated")
    assert (empty["reason"], empty["detail"]) == ("missing", "Send an API key: Authorization: Bearer anqi_…")
    settings.ALLOWED_HOSTS = ["anqi.example"]
    wrong = Client().get("/api/v1/key/", HTTP_HOST="evil.example").json()
    assert wrong["status"] == 400
    assert "host name" in wrong["detail"]
