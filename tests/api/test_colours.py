"""Is company X red? What subscriptions cover, by code, by filter and one by one; never more than the department may know."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliveries.colours import MOST_CODES
from deliveries.models import Subscription
from enterprises.models import Enterprise
from foundation.tenancy.scope import Audience
from tests.api.world import World, published, rating
from tests.factories import EnterpriseFactory, EventFactory
from tests.fixtures import scope_of_bureau
from tests.rest.keys import ApiClient, api

API = "/api/v1/colours/"
CODE, OTHER, NOBODYS = "91350100M000100Y43", "91110000600037341L", "91440300708461136T"


def coded(world: World, enterprise: Enterprise, code: str) -> None:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Enterprise.objects.filter(pk=enterprise.pk).update(credit_code=code)


def narrow(world: World, **fields: Any) -> None:
    """Leave the fire brigade one subscription with these filters."""
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.reds.pk).update(active=False)
        Subscription.objects.filter(pk=world.everything.pk).update(**fields)


def found(client: ApiClient, query: str = "") -> list[int]:
    answer = client.get(f"{API}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["enterprise"] for row in answer.json()["results"]]


def test_it_lists_what_the_subscriptions_cover_whatever_they_send(world: World) -> None:
    first, second = world.first, world.second
    client = world.client()
    everybody = [row.pk for row in (*first, *second)]
    assert found(client) == everybody
    narrow(world, colours=["red"], transitions=["green>red"])
    assert found(client) == everybody, "colours and changes choose messages, not what may be known"
    narrow(world, industries=["C34", "H"])
    assert found(client) == [first[0].pk, first[1].pk, first[2].pk]
    narrow(world, industries=["C13"], whole_bureau=False, stations=[world.city.second.pk])
    assert found(client) == [row.pk for row in second]
    assert found(world.client(stations=[world.city.first])) == [], "a key's area narrows further"
    narrow(world, active=False)
    assert found(client) == []
    assert found(api(world.market)) == everybody


def test_its_filters(world: World) -> None:
    client, first, second = world.client(), world.first, world.second
    assert found(client, "colour=red&changed=down") == [first[2].pk, second[0].pk]
    assert found(client, f"colour=red&station={world.city.second.code}") == [second[0].pk]
    assert found(client, "industry=C34&colour=yellow") == [first[0].pk, first[1].pk]
    lost, kept = (
        "A3",
        "A2",
    )  # the world's reasons repeat: full, lost, lost for want of evidence, not applicable
    reasons = client.get(f"{API}?page_size=1").json()["results"][0]["reasons"]
    lost = reasons[0]["criterion"]
    kept = next(
        each for each in world.runs["Q3"].criteria if each not in {row["criterion"] for row in reasons}
    )
    assert len(found(client, f"reason={lost}")) == 9
    assert found(client, f"reason={kept}") == found(client, "reason=Z9") == []
    assert len(found(client, "changed_since=2026-10-04T00:00:00Z")) == 9
    assert found(client, "changed_since=2026-10-04T00:00:01Z") == []
    (row,) = client.get(f"{API}?page_size=1").json()["results"]
    assert (row["published_at"], row["evaluation"]) == (
        "2026-10-04T08:00:00+08:00",
        world.runs["correction"].pk,
    )
    blank = client.get(f"{API}?changed_since=2026-10-04T00:00:00+08:00")  # a + is a blank there
    assert (blank.status_code, "%2B" in blank.json()["errors"][0]["detail"]) == (400, True)


def test_codes_are_told_apart_only_as_far_as_the_department_may_know(world: World) -> None:
    client, first = world.client(), world.first
    EnterpriseFactory(station=world.city.first, credit_code=NOBODYS)
    coded(world, first[2], CODE)
    coded(world, world.second[0], OTHER)
    wrong = CODE[:-1] + "4"
    unknown = "91330100799655058B"

    def answers(client: ApiClient, *codes: str) -> list[tuple[str, str, Any]]:
        answer = client.post(f"{API}lookup/", {"credit_codes": list(codes)})
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert (told["period"], told["published_at"]) == ("2026Q3", "2026-10-04T08:00:00+08:00")
        return [
            (each["credit_code"], each["answer"], [row["colour"] for row in each["enterprises"]])
            for each in told["answers"]
        ]

    spelt = CODE.lower()
    assert answers(client, unknown, spelt, CODE, OTHER, NOBODYS, wrong, "12") == [
        (unknown, "unknown", []),
        (spelt, "rated", ["red"]),
        (OTHER, "rated", ["red"]),
        (NOBODYS, "not_rated", [None]),
        (wrong, "malformed", []),
        ("12", "malformed", []),
    ]
    shown = client.get(f"{API}lookup/?credit_code={CODE}&credit_code={OTHER}").json()
    assert [each["enterprises"][0]["enterprise"] for each in shown["answers"]] == [
        first[2].pk,
        world.second[0].pk,
    ]
    rated = shown["answers"][0]["enterprises"][0]["rating"]
    assert (rated["period"], rated["evaluation"], rated["colour"]) == ("2026Q3", world.runs["Q3"].pk, "red")
    # narrower now: what messages told is repeated, what they did not tell is unknown as if it were not on the register
    narrow(world, whole_bureau=False, stations=[world.city.second.pk])
    assert answers(client, CODE, OTHER, NOBODYS, unknown) == [
        (CODE, "told", ["red"]),
        (OTHER, "rated", ["red"]),
        (NOBODYS, "unknown", []),
        (unknown, "unknown", []),
    ]
    told = client.get(f"{API}lookup/?credit_code={CODE}").json()["answers"][0]["enterprises"][0]["told"]
    assert (told["subscription"], told["sequence"], told["colour"]) == (world.everything.pk, 2, "red")
    assert answers(world.client(scopes=["ratings:read"]), CODE) == [(CODE, "unknown", [])], (
        "told in messages alone"
    )
    assert answers(world.client(stations=[world.city.second]), CODE) == [(CODE, "unknown", [])]
    with scope_of_bureau(world.city.other_bureau, Audience.SYSTEM):
        Enterprise.objects.filter(pk=world.elsewhere[0].pk).update(credit_code=unknown)
    assert answers(client, unknown) == [(unknown, "unknown", [])]


def test_a_key_is_told_the_last_of_what_was_said_within_its_area(world: World) -> None:
    """An enterprise was moved out of the area: what messages said of it since is none of the key's, what they said before is."""
    moved, near, far = world.second[0], world.city.second, world.city.first
    coded(world, moved, CODE)
    narrow(world, whole_bureau=False, stations=[near.pk])
    said = [(far, "red")] + [(near, "yellow")] + [(far, "green")] * 13
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        last = Subscription.objects.get(pk=world.everything.pk).last_sequence
        Enterprise.objects.filter(pk=moved.pk).update(station=far)
    for number, (station, colour) in enumerate(said, start=last + 1):
        rated = {
            "enterprise": moved.pk,
            "colour": colour,
            "station": {"code": station.code, "name": station.name},
        }
        rated |= {"name": moved.name, "site": "", "industry": "C13", "score": None, "credit_code": CODE}
        EventFactory(
            subscription=world.everything,
            department=world.fire,
            bureau=world.city.bureau,
            sequence=number,
            enterprise_ids=[0, moved.pk],
            body=json.dumps({"data": {"ratings": [{"station": {"code": "x"}}, rated]}}),
            created_at=timezone.now(),
        )
    client = world.client(stations=[near])
    (answer,) = client.get(f"{API}lookup/?credit_code={CODE}").json()["answers"]
    (found,) = answer["enterprises"]
    assert (answer["answer"], found["told"]["colour"], found["told"]["sequence"]) == (
        "told",
        "yellow",
        last + 2,
    )
    told = client.get(f"{API}{moved.pk}/").json()["messages"]
    assert next((each["sequence"], each["colour"]) for each in told) == (last + 2, "yellow")
    whole = world.client().get(f"{API}lookup/?credit_code={CODE}").json()["answers"][0]
    assert whole["enterprises"][0]["told"]["colour"] == "green"


def test_the_history_of_one_enterprise(world: World) -> None:
    client, pk = world.client(), world.first[0].pk
    answer = client.get(f"{API}{pk}/").json()
    assert [(each["period"], each["colour"], each["revision"]) for each in answer["quarters"]] == [
        ("2026Q3", "yellow", 2),
        ("2026Q2", "green", 1),
    ]
    assert [(each["sequence"], each["colour"]) for each in answer["messages"]] == [
        (3, "yellow"),
        (2, "green"),
        (1, "green"),
    ]
    assert answer["covered"] is True
    assert len(client.get(f"{API}{pk}/?quarters=1").json()["quarters"]) == 1
    assert world.client(scopes=["ratings:read"]).get(f"{API}{pk}/").json()["messages"] == []
    narrow(world, whole_bureau=False, stations=[world.city.second.pk])
    narrowed = client.get(f"{API}{pk}/").json()
    assert (narrowed["covered"], narrowed["quarters"], len(narrowed["messages"])) == (False, [], 3)
    assert world.client(scopes=["ratings:read"]).get(f"{API}{pk}/").status_code == 404
    assert client.get(f"{API}{world.elsewhere[0].pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "credit_code"),
        ("credit_code=", "credit_code"),
        ("code=1", "code"),
        (f"credit_code={'1' * 41}", "credit_code"),
    ],
)
def test_wrong_questions_are_named(world: World, query: str, parameter: str) -> None:
    answer = world.client().get(f"{API}lookup/?{query}")
    assert answer.status_code == 400
    assert parameter in {each["parameter"] for each in answer.json()["errors"]}


def test_at_most_two_hundred_codes(world: World) -> None:
    codes = [f"{number:017}" for number in range(MOST_CODES + 1)]
    assert world.client().post(f"{API}lookup/", {"credit_codes": codes}).status_code == 400
    answer = world.client().post(f"{API}lookup/", {"credit_codes": codes[1:]})
    assert {each["answer"] for each in answer.json()["answers"]} == {"malformed"}
    assert world.client().post(f"{API}lookup/?credit_code=1", {"credit_codes": codes[1:]}).status_code == 400
    query = "&".join(f"credit_code={code}" for code in codes)
    assert world.client().get(f"{API}lookup/?{query}").status_code == 400


def test_the_number_of_statements_is_that_of_one_code(world: World) -> None:
    def statements(codes: list[str]) -> int:
        client = world.client()
        client.get("/api/v1/key/")
        with CaptureQueriesContext(connection) as queries:
            assert client.post(f"{API}lookup/", {"credit_codes": codes}).status_code == 200
        kept = [each["sql"] for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        return len(kept)

    coded(world, world.first[2], CODE)
    narrow(world, whole_bureau=False, stations=[world.city.second.pk])
    coded(world, world.second[0], OTHER)
    one = statements([CODE, OTHER])
    for _number in range(30):
        made = EnterpriseFactory(station=world.city.second, credit_code="")
        rating(made, world.runs["Q3"], "red")
    published(world.runs["Q3"])
    assert statements([CODE, OTHER, NOBODYS, "91330100799655058B"]) == one <= 12
