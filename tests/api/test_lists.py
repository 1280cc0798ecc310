"""Lists: filters shared with the pages, cursors, and how many queries a page needs."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.selectors import list_enterprises
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience
from ratings import list_selectors
from tests.api.world import World, hazard, published, rating
from tests.factories import EnterpriseFactory
from tests.fixtures import scope_of_bureau
from tests.rest.keys import ApiClient

API = "/api/v1/"
MOST_STATEMENTS = 12


def rows(client: ApiClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def walk(client: ApiClient, path: str, key: str, *, between: Any = None) -> list[int]:
    """Follow ``next`` to the end; call ``between`` after each page."""
    found, address = [], f"{API}{path}"
    for _page in range(100):
        answer = client.get(address).json()
        found += [row[key] for row in answer["results"]]
        if between:
            between()
        if not answer["next"]:
            return found
        address = answer["next"]
    raise AssertionError("the walk does not end")


def test_filters_of_enterprises(world: World) -> None:
    client, first, second = world.client(), world.first, world.second

    def found(query: str) -> list[int]:
        return [row["id"] for row in rows(client, f"enterprises/?{query}")]

    assert found("q=机械3") == found("q=机械 厂 DYJX 3") == [first[3].pk]
    assert found("industry=C34") == [first[0].pk, first[1].pk]
    assert found("industry=C") == [first[0].pk, first[1].pk, first[4].pk, *(row.pk for row in second)]
    assert found(f"station={world.city.second.code}") == [row.pk for row in second]
    assert found(f"station={world.city.second.code}&industry=H") == []
    # the register's colour; not rated yet
    assert found("colour=grey") == [row.pk for row in (*first, *second)]
    with scope_of_bureau(world.city.bureau):
        type(first[2]).objects.filter(pk=first[2].pk).update(
            colour="red", score="61.5", rated_period="2026Q3"
        )
    (red,) = rows(client, "enterprises/?colour=red")
    assert (red["id"], red["score"], red["rated_period"], red["section"]) == (
        first[2].pk,
        61.5,
        "2026Q3",
        "Hotels and catering",
    )


def test_filters_of_ratings(world: World) -> None:
    client, first, second = world.client(), world.first, world.second

    def found(query: str) -> list[int]:
        return [row["enterprise"] for row in rows(client, f"ratings/?{query}")]

    everybody = [row.pk for row in (*first, *second)]
    assert found("") == found("period=2026Q3") == found("period=2026Q2") == everybody
    assert found("period=2026Q4") == found("period=2031Q1") == []  # not complete, not rated
    assert found("colour=green") == [first[4].pk, second[2].pk]  # the first one was revised to yellow
    assert found("colour=yellow") == [first[0].pk, first[1].pk, first[5].pk]
    assert found("colour=red") == [first[2].pk, second[0].pk]
    assert found("changed=down") == [*(first[index].pk for index in (0, 1, 2, 5)), second[0].pk]
    assert found("changed=up") == []
    assert found("changed=any") == [
        *(first[index].pk for index in (0, 1, 2, 3, 5)),
        second[0].pk,
        second[1].pk,
    ]
    assert found("industry=C34&colour=yellow") == [first[0].pk, first[1].pk]
    assert found(f"station={world.city.first.code}&q=机械2") == [first[2].pk]
    assert found("period=2026Q2&changed=any") == []  # there is no quarter before


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("enterprises/?colour=blue", "colour"),
        ("enterprises/?color=red", "color"),
        ("enterprises/?industry=c34", "industry"),
        ("enterprises/?station=nowhere", "station"),
        (f"enterprises/?q={'x' * 101}", "q"),
        ("enterprises/?page_size=0", "page_size"),
        ("enterprises/?page_size=501", "page_size"),
        ("enterprises/?cursor=MQ", "cursor"),
        ("enterprises/?liaison=1", "liaison"),
        ("enterprises/?key_unit=yes", "key_unit"),
        ("ratings/?period=2026Q5", "period"),
        ("ratings/?period=now", "period"),
        ("ratings/?changed=sideways", "changed"),
        ("ratings/1/?period=x", "period"),
        ("ratings/1/history/?quarters=0", "quarters"),
        ("events/?after=-1", "after"),
        ("events/?limit=101", "limit"),
        ("events/?subscription=x", "subscription"),
        (f"events/?after={2**63}", "after"),
    ],
)
def test_an_invalid_parameter_is_named(world: World, path: str, parameter: str) -> None:
    answer = world.client().get(f"{API}{path}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_a_foreign_station_is_answered_like_an_unknown_one(world: World) -> None:
    client = world.clients()["narrow"]
    for code in (world.city.first.code, world.city.elsewhere.code, "nowhere"):
        for path in ("enterprises", "ratings"):
            answer = client.get(f"{API}{path}/?station={code}")
            assert answer.status_code == 400
            assert (
                answer.json()["errors"][0]["detail"] == "No police station in the key's area has this code."
            )


@pytest.mark.parametrize(("path", "key"), [("enterprises", "id"), ("ratings", "enterprise")])
@pytest.mark.parametrize("size", [1, 2, 4, 9, 500])
def test_paging_returns_each_row_once(world: World, path: str, key: str, size: int) -> None:
    expected = [row.pk for row in (*world.first, *world.second)]
    assert walk(world.client(), f"{path}/?page_size={size}", key) == expected


@pytest.mark.parametrize("size", [1, 2])
def test_paging_through_a_revised_quarter_with_a_filter(world: World, size: int) -> None:
    expected = [world.first[0].pk, world.first[1].pk, world.first[5].pk]
    assert walk(world.client(), f"ratings/?colour=yellow&page_size={size}", "enterprise") == expected


def test_paging_backwards(world: World) -> None:
    for path, key in (("enterprises", "id"), ("ratings", "enterprise")):
        client, there = world.client(), f"{API}{path}/?page_size=4"
        first = client.get(there).json()
        second = client.get(first["next"]).json()
        again = client.get(second["previous"]).json()
        assert [row[key] for row in again["results"]] == [row[key] for row in first["results"]]
        assert client.get(again["next"]).json()["results"] == second["results"]


def test_rows_added_while_paging_come_at_the_end(world: World) -> None:
    added: list[int] = []

    def register() -> None:
        enterprise = EnterpriseFactory(station=world.city.first)
        rating(enterprise, world.runs["Q3"], "green")
        added.append(enterprise.pk)

    for path, key in (("enterprises", "id"), ("ratings", "enterprise")):
        before = walk(world.client(), f"{path}/", key)
        added.clear()
        found = walk(world.client(), f"{path}/?page_size=3", key, between=register)
        assert found == (before + added)[: len(found)]
        assert len(found) >= len(before) + 3


def test_paging_stays_in_its_quarter_when_the_next_is_published(world: World) -> None:
    client = world.client()
    first = client.get(f"{API}ratings/?page_size=4").json()
    run = world.runs["open"]
    for enterprise in (*world.first, *world.second):
        rating(enterprise, run, "grey")
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        type(run).objects.filter(pk=run.pk).update(state="complete", completed_at=timezone.now())
    assert "period=2026Q3" in first["next"]
    assert {row["period"] for row in client.get(first["next"]).json()["results"]} == {"2026Q3"}
    assert {row["period"] for row in rows(client, "ratings/")} == {"2026Q4"}


LISTS = [
    "enterprises/",
    "enterprises/?q=厂&industry=C&colour=grey",
    "ratings/",
    "ratings/?q=厂&industry=C&changed=any",
    "evaluations/",
    "standards/",
    "subscriptions/",
    "hazards/?state=open&severity=ordinary",
    "inspections/?conclusion=rectify",
    "inspections/{visit}/",
    "dispute-counts/?opened_from=2026-01-01",
    "ratings/{first}/",
    "ratings/{first}/history/",
    "enterprises/{first}/",
    "events/?subscription={every}",
    "events/{every}/1/",
    "key/",
    "",
]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_takes_a_constant_number_of_queries(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_selectors, "SMALL", -1)  # the way that takes more of them
    client = world.client()
    address = API + path.format(
        first=world.first[0].pk, every=world.everything.pk, visit=world.inspections[0].pk
    )
    client.get(address)  # notes that the key was used

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        told = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
        return len(told) - 1  # the last puts back the scope of the test's own transaction

    few = count()
    for number in range(15):
        rating(
            EnterpriseFactory(station=world.city.first, name="厂", industry_code="C1"),
            world.runs["Q3"],
            "red",
        )
        hazard(world.first[1])
        if number % 5 == 0:
            published(world.runs["Q2"])
    assert count() == few <= MOST_STATEMENTS


def test_pages_and_api_filter_alike(world: World) -> None:
    """One definition: the selector of the register's page finds for its supervisor what the API answers."""
    city = world.city
    supervisor = Actor(1, "S", Role.SUPERVISOR, city.bureau.pk, (city.first.pk, city.second.pk))
    for query, narrowing in (("q=机械", {"text": "机械"}), ("industry=C34", {"section": "C34"})):
        with scope_of_bureau(city.bureau):
            page = set(list_enterprises(supervisor, **narrowing).values_list("pk", flat=True))
        assert {row["id"] for row in rows(world.client(), f"enterprises/?{query}")} == page != set()


def test_small_areas_are_sorted_and_large_ones_scanned_with_the_same_result(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client(stations=[world.city.first])
    paths = ["ratings/", "ratings/?q=机械&page_size=3", "ratings/?colour=yellow", "ratings/?industry=C"]
    sorted_rows = [rows(client, path) for path in paths]
    monkeypatch.setattr(list_selectors, "SMALL", -1)
    assert [rows(client, path) for path in paths] == sorted_rows
    assert [len(found) for found in sorted_rows] == [6, 3, 3, 3]
