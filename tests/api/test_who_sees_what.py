"""Each endpoint with each kind of key: right, without the scope, another department's, narrow, expired, none."""

from typing import Any

import pytest

from foundation.accounts.access import ANY_KEY, scopes
from foundation.rest.views import ApiView
from foundation.tenancy.scope import Audience
from tests.api.world import MARK, World, published
from tests.factories import DepartmentFactory
from tests.fixtures import scope_of_bureau
from tests.rest.keys import api

API = "/api/v1/"


def addresses(world: World) -> dict[str, str]:
    """Return what the right key may GET: name → URL."""
    red, every = world.reds.pk, world.everything.pk
    first, second = world.first[0].pk, world.second[0].pk
    return {
        "index": API,
        "key": f"{API}key/",
        "enterprises": f"{API}enterprises/",
        "enterprise": f"{API}enterprises/{first}/",
        "enterprise in the second station": f"{API}enterprises/{second}/",
        "ratings": f"{API}ratings/",
        "rating": f"{API}ratings/{first}/",
        "rating in the second station": f"{API}ratings/{second}/",
        "history": f"{API}ratings/{first}/history/",
        "history in the second station": f"{API}ratings/{second}/history/",
        "colours": f"{API}colours/",
        "colour": f"{API}colours/{first}/",
        "colour in the second station": f"{API}colours/{second}/",
        "evaluations": f"{API}evaluations/",
        "evaluation": f"{API}evaluations/{world.runs['Q3'].pk}/",
        "standards": f"{API}standards/",
        "standard": f"{API}standards/{world.standard.pk}/",
        "hazards": f"{API}hazards/",
        "inspections": f"{API}inspections/",
        "inspection": f"{API}inspections/{world.inspections[0].pk}/",
        "inspection in the second station": f"{API}inspections/{world.inspections[1].pk}/",
        "dispute counts": f"{API}dispute-counts/",
        "subscriptions": f"{API}subscriptions/",
        "subscription within the second station": f"{API}subscriptions/{red}/",
        "subscription": f"{API}subscriptions/{every}/",
        "events within the second station": f"{API}events/?subscription={red}",
        "events": f"{API}events/?subscription={every}",
        "event": f"{API}events/{every}/1/",
        "event answers": f"{API}events/{every}/1/answers/",
    }


def statuses(world: World, who: str) -> dict[str, int]:
    client = world.clients()[who]
    return {name: client.get(address).status_code for name, address in addresses(world).items()}


def test_the_right_key_opens_all(world: World) -> None:
    assert set(statuses(world, "right").values()) == {200}


def test_a_key_without_the_scope_is_refused(world: World) -> None:
    found = statuses(world, "no scope")
    assert {name for name, status in found.items() if status == 200} == {"index", "key"}
    assert set(found.values()) == {200, 403}


@pytest.mark.parametrize("who", ["expired", "none"])
def test_without_a_live_key_there_is_nothing(world: World, who: str) -> None:
    assert set(statuses(world, who).values()) == {401}


def test_each_scope_opens_its_own_and_nothing_else(world: World) -> None:
    everything = set(scopes())
    opened: dict[str, set[str]] = {name: set() for name in addresses(world)}
    for scope in everything:
        client = world.client(scopes=[scope])
        for name, address in addresses(world).items():
            if client.get(address).status_code == 200:
                opened[name].add(scope)
    for name, found in opened.items():
        assert found == everything if name in ("index", "key") else len(found) == 1, (name, found)


def test_another_department_sees_the_bureau_but_not_our_messages(world: World) -> None:
    found = statuses(world, "other department")
    ours = {name for name, status in found.items() if status == 404}
    assert ours == {
        name for name in found if name.startswith(("subscription", "event")) and name != "subscriptions"
    }
    listed = world.clients()["other department"].get(f"{API}subscriptions/").json()["results"]
    assert [row["id"] for row in listed] == [world.markets.pk]


def test_another_bureau_sees_none_of_it(world: World) -> None:
    client = world.clients()["other bureau"]
    lists = {
        "index",
        "key",
        "enterprises",
        "ratings",
        "colours",
        "evaluations",
        "standards",
        "hazards",
        "inspections",
        "dispute counts",
        "subscriptions",
    }
    found = statuses(world, "other bureau")
    assert {name for name, status in found.items() if status == 200} == lists
    assert {found[name] for name in found if name not in lists} == {404}
    ours = {row.pk for row in [*world.first, *world.second]}
    for name, key in (
        ("enterprises", "id"),
        ("ratings", "enterprise"),
        ("hazards", "enterprise"),
        ("inspections", "enterprise"),
        ("dispute counts", "enterprise"),
    ):
        rows = client.get(addresses(world)[name]).json()["results"]
        assert rows
        assert not ours & {row[key] for row in rows}


def test_a_narrow_key_sees_its_stations_only(world: World) -> None:
    client, found = world.clients()["narrow"], statuses(world, "narrow")
    refused = {name for name, status in found.items() if status == 404}
    assert refused == {
        *("enterprise", "rating", "history", "colour", "inspection", "subscription", "events", "event"),
        "event answers",
    }
    assert set(found.values()) == {200, 404}
    second = {row.pk for row in world.second}
    assert {row["id"] for row in client.get(f"{API}enterprises/").json()["results"]} == second
    assert {row["enterprise"] for row in client.get(f"{API}ratings/").json()["results"]} == second
    assert [row["id"] for row in client.get(f"{API}hazards/").json()["results"]] == [world.hazards[1].pk]
    assert [row["id"] for row in client.get(f"{API}inspections/").json()["results"]] == [
        world.inspections[1].pk
    ]
    assert [row["id"] for row in client.get(f"{API}subscriptions/").json()["results"]] == [world.reds.pk]
    # how many are red elsewhere is not its business
    for run in client.get(f"{API}evaluations/").json()["results"]:
        assert run["counts"] is None
        assert client.get(f"{API}evaluations/{run['id']}/").json()["counts"] is None
    # without a parameter, the only subscription it sees is meant
    assert client.get(f"{API}events/").json()["subscription"] == world.reds.pk


def test_a_message_with_enterprises_outside_the_area_is_withheld(world: World) -> None:
    """The subscription had a wider area when the message was written."""

    def narrow_to(stations: list[int]) -> None:
        with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
            rows = type(world.reds).objects.filter(pk=world.reds.pk)
            rows.update(stations=stations, whole_bureau=not stations)

    narrow_to([])
    published(world.runs["Q3"])
    narrow_to([world.city.second.pk])
    address = f"{API}events/?subscription={world.reds.pk}"
    narrow = [event["payload"] for event in world.clients()["narrow"].get(address).json()["events"]]
    whole = [event["payload"] for event in world.clients()["right"].get(address).json()["events"]]
    assert narrow[:-1] == whole[:-1]
    assert narrow[-1] is None
    assert whole[-1]["data"]["ratings"]
    withheld = f"{API}events/{world.reds.pk}/{len(narrow)}/"
    # a message that was not read cannot be answered
    for act, body in (("acknowledge/", {}), ("feedback/", {"text": "Visited"})):
        assert world.clients()["narrow"].post(withheld + act, body).status_code == 403
        assert world.clients()["right"].post(withheld + act, body).status_code == 200


def test_changes_with_each_key(world: World) -> None:
    red, every = world.reds.pk, world.everything.pk
    changes: dict[str, tuple[str, Any]] = {
        "events:answer": (f"{API}events/{every}/1/acknowledge/", {}),
        "events:answer ": (f"{API}events/{every}/1/feedback/", {"text": "Visited"}),
        "subscriptions:write": (f"{API}subscriptions/{every}/replay/", {"from_sequence": 1}),
    }
    expected = {
        "no scope": 403,
        "other department": 404,
        "other bureau": 404,
        "narrow": 404,
        "expired": 401,
        "none": 401,
    }
    for who, status in expected.items():
        client = world.clients()[who]
        for address, body in changes.values():
            assert client.post(address, body).status_code == status, (who, address)
        patched = client.patch(f"{API}subscriptions/{every}/", {"title": "Ours"}, headers={"If-Match": "*"})
        assert patched.status_code == status, who
    for scope, (address, body) in changes.items():
        reading = world.client(scopes=[name for name in scopes() if name != scope.strip()])
        assert reading.post(address, body).status_code == 403
    assert world.clients()["narrow"].post(f"{API}events/{red}/1/acknowledge/").status_code == 200


PRIVATE = (
    "Zhao Liu",
    "13800001111",
    "Wang Wu",
    "Li Si",
    "7777777777",
    '"score":11.1',
    "sealed",
    "whsec_",
    "allowed_hosts",
    "Withdrawn",  # a voided hazard
)


@pytest.mark.parametrize("who", ["right", "narrow", "other department"])
def test_no_response_contains_what_departments_must_not_know(world: World, who: str) -> None:
    """No persons, telephone numbers, measures, trial results, reasons in words, secrets; nothing of another bureau."""
    client = world.clients()[who]
    for address in addresses(world).values():
        text = client.get(address).content.decode()
        assert not [private for private in (*PRIVATE, MARK) if private in text], address


def endpoints() -> list[type[ApiView]]:
    def below(base: type) -> list[type]:
        return [found for child in base.__subclasses__() for found in (child, *below(child))]

    return [view for view in below(ApiView) if ".api." in view.__module__ and view.scope]


def test_every_endpoint_asks_for_a_scope_that_a_key_can_be_given() -> None:
    for view in endpoints():
        asked = {view.scope} if isinstance(view.scope, str) else set(view.scope.values())
        assert asked <= {*scopes(), ANY_KEY}, view
    assert len(endpoints()) >= 18


def test_a_key_without_a_single_active_subscription_is_told_so(world: World) -> None:
    client = api(DepartmentFactory(bureau=world.city.bureau))
    for asked in (client, world.clients()["right"]):  # no subscription, and several
        answer = asked.get(f"{API}events/")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "subscription"
