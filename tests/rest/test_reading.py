"""Pages by cursor, ETags, and changes that need the current one."""

from typing import Any

import pytest

from foundation.rest.paging import cursor_of
from tests.factories import SubscriptionFactory
from tests.rest.conftest import World
from tests.rest.test_problems import problem

ENTERPRISES = "/api/v1/tests/enterprises/"


def walk(client: Any, url: str, link: str) -> list[list[int]]:
    pages = []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.content
        pages.append([row["id"] for row in answer.json()["results"]])
        url = answer.json()[link]
    return pages


def test_pages_forward_and_back(world: World) -> None:
    client = world.client()
    everyone = sorted(row.pk for row in [*world.first, world.second])
    pages = walk(client, f"{ENTERPRISES}?page_size=3", "next")
    assert pages == [everyone[:3], everyone[3:6], everyone[6:]]
    end = client.get(f"{ENTERPRISES}?page_size=3&cursor={cursor_of('a', everyone[5])}").json()
    assert end["next"] is None
    back = walk(client, end["previous"], "previous")
    assert back == [everyone[3:6], everyone[:3]]
    assert "page_size=3" in end["previous"]
    one = client.get(ENTERPRISES).json()
    assert (one["next"], one["previous"]) == (None, None)
    beyond = client.get(f"{ENTERPRISES}?cursor={cursor_of('a', 2**63 - 1)}").json()
    assert beyond == {"results": [], "next": None, "previous": None}


def test_a_page_costs_the_same_anywhere(world: World, django_assert_num_queries: Any) -> None:
    client = world.client()
    client.get(ENTERPRISES)
    for place in (0, world.first[3].pk):
        with django_assert_num_queries(7):
            client.get(f"{ENTERPRISES}?page_size=3&cursor={cursor_of('a', place)}")


@pytest.mark.parametrize(
    "query",
    [
        "cursor=",
        "cursor=nonsense",
        "cursor=%E5%AE%89",
        "cursor=" + cursor_of("c", 1),
        "cursor=" + cursor_of("a", 2**63),
        "cursor=" + cursor_of("a", 5) + "=",
        "cursor=" + cursor_of("a", -1),
        "page_size=0",
        "page_size=501",
        "page_size=x",
        "page_size=-1",
        "page_size=" + "9" * 5000,
    ],
)
def test_invalid_cursors_and_page_sizes(world: World, query: str) -> None:
    told = problem(world.client().get(f"{ENTERPRISES}?{query}"), 400, "invalid")
    assert told["errors"][0]["parameter"] == query.split("=")[0]


def test_an_unchanged_response_is_304(world: World) -> None:
    client = world.client()
    first = client.get(ENTERPRISES)
    for given in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = client.get(ENTERPRISES, HTTP_IF_NONE_MATCH=given)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["RateLimit-Remaining"]
        for name in ("Cache-Control", "Content-Language", "Vary"):
            assert again[name] == first[name]
    for nothing in ('"other"', "other", first["ETag"].strip('"'), f"{first['ETag']}x", '"other", *', ""):
        assert client.get(ENTERPRISES, HTTP_IF_NONE_MATCH=nothing).status_code == 200
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Accept-Language"} <= {name.strip() for name in first["Vary"].split(",")}
    narrower = world.client(stations=[world.city.second]).get(ENTERPRISES, HTTP_IF_NONE_MATCH=first["ETag"])
    assert narrower.status_code == 200


def test_reading_ignores_other_preconditions(world: World) -> None:
    client, since = world.client(), "Sat, 01 Jan 2022 00:00:00 GMT"
    for name, value in (
        ("IF_MATCH", '"other"'),
        ("IF_UNMODIFIED_SINCE", since),
        ("IF_MODIFIED_SINCE", since),
    ):
        answer = client.get(ENTERPRISES, **{f"HTTP_{name}": value})
        assert answer.status_code == 200
        assert answer.json()["results"] is not None


def test_head_has_the_headers_of_get(world: World) -> None:
    client = world.client()
    head = client.head(ENTERPRISES)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == client.get(ENTERPRISES)["ETag"]


def test_a_change_needs_the_current_etag(world: World) -> None:
    row = SubscriptionFactory(department=world.fire, title="Reds")
    client, path = world.client(), f"/api/v1/tests/subscriptions/{row.pk}/"
    seen = client.get(path)
    problem(client.patch(path, {"title": "Yellows"}), 428, "precondition-required")
    problem(client.patch(path, {"title": "Yellows"}, HTTP_IF_MATCH='"other"'), 412, "changed")
    changed = client.patch(path, {"title": "Yellows"}, HTTP_IF_MATCH=seen["ETag"])
    assert (changed.status_code, changed.json()["title"]) == (200, "Yellows")
    problem(client.patch(path, {"title": "Greens"}, HTTP_IF_MATCH=seen["ETag"]), 412, "changed")
    assert changed["ETag"] == client.get(path)["ETag"]
    for nothing in ('"other", *', changed["ETag"].strip('"'), "W/*", f"w/{changed['ETag']}"):
        problem(client.patch(path, {"title": "Greens"}, HTTP_IF_MATCH=nothing), 412, "changed")
    again = client.patch(path, {"title": "Greens"}, HTTP_IF_MATCH=f"W/{changed['ETag']}")
    assert again.json()["title"] == "Greens"
    listed = client.patch(path, {"title": "Blues"}, HTTP_IF_MATCH=f'"other", W/{again["ETag"]}')
    assert listed.json()["title"] == "Blues"
    assert client.patch(path, {"title": "Reds"}, HTTP_IF_MATCH="*").json()["title"] == "Reds"


def test_another_departments_row_is_not_found(world: World) -> None:
    row = SubscriptionFactory(department=world.market)
    path = f"/api/v1/tests/subscriptions/{row.pk}/"
    problem(world.client().get(path), 404, "not-found")
    problem(world.client().patch(path, {"title": "Mine"}, HTTP_IF_MATCH="*"), 404, "not-found")
    problem(world.client().get("/api/v1/tests/subscriptions/" + "9" * 30 + "/"), 404, "not-found")
