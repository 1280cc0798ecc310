"""Every endpoint × every way of asking wrongly: the same mistake has the same problem code everywhere."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.rest.views import ApiView
from tests.api.world import World
from tests.rest.test_problems import problem

ALL = ("get", "post", "put", "patch", "delete")
PUBLIC = {"schema", "docs"}


def endpoints(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield the route and the view class of each endpoint of version 1."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from endpoints(each.url_patterns, route)
        elif isinstance(each, URLPattern) and route.startswith("/api/v1/") and each.name != "unknown":
            yield route, getattr(each.callback, "cls", None) or each.callback.view_class  # type: ignore[attr-defined]


ENDPOINTS = {
    route: view for route, view in endpoints(get_resolver().url_patterns) if issubclass(view, ApiView)
}
assert len(ENDPOINTS) > 15


def address(world: World, route: str) -> str:
    """Return the address with ids of this department's rows."""
    event = "events/" in route
    ids = {
        "<int:subscription>": world.everything.pk,
        "<int:sequence>": 2,
        "<int:pk>": world.first[0].pk,
    }
    if "subscriptions/" in route:
        ids["<int:pk>"] = world.everything.pk
    if "evaluations/" in route:
        ids["<int:pk>"] = world.runs["Q3"].pk
    if "standards/" in route:
        ids["<int:pk>"] = world.standard.pk
    if "inspections/" in route:
        ids["<int:pk>"] = world.inspections[0].pk
    for name, value in ids.items():
        route = route.replace(name, str(value))
    assert "<" not in route, event
    return route


def methods(view: Any) -> list[str]:
    return [name for name in ALL if hasattr(view, name) and name in view.http_method_names]


@pytest.mark.django_db
@pytest.mark.parametrize("route", ENDPOINTS)
def test_reading(world: World, route: str) -> None:
    view, client, path = ENDPOINTS[route], world.client(), address(world, route)
    if "get" in methods(view):
        query = f"?subscription={world.everything.pk}" if route.endswith("/events/") else ""
        query += "?credit_code=91350100M000100Y43" if route.endswith("/lookup/") else ""
        shown = client.get(path + query)
        assert shown.status_code == 200, shown.content
        head = client.head(path + query)
        assert (head.status_code, head.content) == (200, b"")
        if route.strip("/").rpartition("/")[2] not in PUBLIC:
            refused = client.get(path + query, HTTP_ACCEPT="text/html")
            problem(refused, 406, "not-acceptable")
    for method in (*ALL, "options", "trace"):
        if method not in methods(view):
            answer = getattr(client, method)(path)
            problem(answer, 405, "method-not-allowed")
            assert answer["Allow"]
    without = client.get(path.rstrip("/"))
    if path != "/api/v1/":
        assert "end with a slash" in problem(without, 404, "not-found")["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ENDPOINTS if "<" in route])
def test_ids_that_are_not_there(world: World, route: str) -> None:
    """Of another bureau, invented, malformed: one answer, which says nothing of the difference."""
    view, client = ENDPOINTS[route], world.client()
    foreign = {
        "<int:sequence>": "2",
        "<int:subscription>": str(world.markets.pk),
        "<int:pk>": str(world.elsewhere[0].pk),
    }
    if "subscriptions/" in route:
        foreign["<int:pk>"] = str(world.markets.pk)
    elif "evaluations/" in route:
        foreign["<int:pk>"] = str(world.runs["theirs"].pk)
    elif "standards/" in route:
        foreign["<int:pk>"] = "999999"
    elif "inspections/" in route:
        foreign["<int:pk>"] = str(world.inspections[2].pk)
    for value in (None, "0", "9" * 30, "x", "-1", "1.0"):
        path = route
        for name, other in foreign.items():
            path = path.replace(name, other if value is None else value)
        for method in methods(view):
            more = {"HTTP_IF_MATCH": "*"} if method in ("patch", "put") else {}
            body = [{}] if method != "get" else []
            answer = getattr(client, method)(path, *body, **more)
            if method == "post" and view.request_serializer_class is not None and answer.status_code == 400:
                continue  # the body is checked first
            problem(answer, 404, "not-found")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "method"),
    [(route, name) for route, view in ENDPOINTS.items() for name in methods(view) if name != "get"],
)
def test_bodies(world: World, route: str, method: str) -> None:
    client, path = world.client(), address(world, route)
    match = {"HTTP_IF_MATCH": "*"} if method in ("patch", "put") else {}

    def send(body: Any, **more: Any) -> Any:
        return getattr(client, method)(path, body, **match, **more)

    problem(send("title=x", content_type="application/x-www-form-urlencoded"), 415, "unsupported-media-type")
    problem(send("<a/>", content_type="text/xml"), 415, "unsupported-media-type")
    problem(send('["x"]'), 400, "invalid")
    problem(send('"x"'), 400, "invalid")
    problem(send('{"a": 1, "a": 2}'), 400, "malformed")
    problem(send("{"), 400, "malformed")
    problem(send({"no_such_field": 1}), 400, "invalid")
    if method in ("patch", "put"):
        problem(getattr(client, method)(path, {}), 428, "precondition-required")
        problem(getattr(client, method)(path, {}, HTTP_IF_MATCH='"other"'), 412, "changed")


SUFFIXES = ["-gzip", ";gzip", "-br", "-zstd", "--gzip", ";br", "-gzip-br"]


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("weak", ["", "W/"])
def test_marks_that_a_compressing_proxy_has_changed(world: World, suffix: str, weak: str) -> None:
    client, path = world.client(), f"/api/v1/subscriptions/{world.everything.pk}/"
    mark = client.get(path)["ETag"]
    changed = f'{weak}"{mark.strip(chr(34))}{suffix}"'
    assert client.get(path, HTTP_IF_NONE_MATCH=changed).status_code == 304
    assert client.get(path, HTTP_IF_NONE_MATCH=f'"other{suffix}", {changed}').status_code == 304
    answer = client.patch(path, {"title": "All"}, HTTP_IF_MATCH=changed)
    assert answer.status_code == 200, answer.content
    problem(client.patch(path, {"title": "More"}, HTTP_IF_MATCH=changed), 412, "changed")
    assert client.get(path, HTTP_IF_NONE_MATCH=changed).status_code == 200


# --- the description ---

DESCRIPTIONS = [
    ("", "application/json"),
    ("*/*", "application/json"),
    ("application/json", "application/json"),
    ("text/html, */*;q=0.8", "application/json"),
    ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
    ("application/vnd.oai.openapi+json;version=3.1", "application/vnd.oai.openapi+json"),
    ("application/openapi+json", "application/openapi+json"),
    ("application/yaml", "application/yaml; charset=utf-8"),
    ("application/vnd.oai.openapi", "application/vnd.oai.openapi; charset=utf-8"),
    ("text/yaml, application/json;q=0.5", "text/yaml; charset=utf-8"),
    ("application/yaml;q=0.5, application/json", "application/json"),
    ("application/yaml, application/json", "application/json"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("accepts", "content_type"), DESCRIPTIONS)
def test_the_description_as_its_readers_ask_for_it(world: World, accepts: str, content_type: str) -> None:
    client = world.client()
    answer = client.get("/api/v1/schema/", HTTP_ACCEPT=accepts)
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read: Any = yaml.load(answer.content, Loader=loader)
    assert read == client.get("/api/v1/schema/").json()
    assert "Accept" in answer["Vary"]
    again = client.get("/api/v1/schema/", HTTP_ACCEPT=accepts, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("accepts", ["text/html", "application/xml", "application/json;q=0"])
def test_other_formats_of_the_description(world: World, accepts: str) -> None:
    problem(world.client().get("/api/v1/schema/", HTTP_ACCEPT=accepts), 406, "not-acceptable")
