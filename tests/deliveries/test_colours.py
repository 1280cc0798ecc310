"""The department's pages about colours: what its subscriptions cover, many codes, one enterprise."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Subscription
from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience
from tests.api.world import World, build, rating
from tests.deliveries.department_desk import person
from tests.factories import EnterpriseFactory
from tests.fixtures import City, scope_of_bureau

CODE = "91350100M000100Y43"


@pytest.fixture
def world(city: City) -> World:
    return build(city)


@pytest.fixture
def client(world: World) -> Client:
    return person(Role.DEPARTMENT_OFFICER, bureau=world.city.bureau, department=world.fire)


def get(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(f"deliveries:{name}", args=args), query)


def change(world: World, model: Any, pk: int, **fields: Any) -> None:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        model.objects.filter(pk=pk).update(**fields)


def names(client: Client, **query: Any) -> list[str]:
    answer = get(client, "colours", **query)
    assert answer.status_code == 200
    return [row.record.enterprise.name for row in answer.context["table"].paginated_rows]


def test_what_is_covered_is_listed_and_narrowed(world: World, client: Client) -> None:
    everything = names(client)
    assert len(everything) == 9
    assert everything[0] in ("第一机械2厂", "第二食品0厂"), "the worst colour first"
    assert names(client, colour="red", way="down") == names(client, colour="red") != []
    assert names(client, q="机械2") == ["第一机械2厂"]
    assert names(client, section="H") == ["第一机械2厂"]
    assert names(client, station=world.city.second.pk, colour="red") == ["第二食品0厂"]
    assert names(client, since="2026-10-05") == []
    assert len(names(client, since="2026-10-04")) == 9
    lost = get(client, "colours").context["filter"].form.fields["lost"].choices[1][0]
    assert set(map(len, (names(client, lost=lost), everything))) <= {0, 9}
    page = get(client, "colours").content.decode()
    assert "as of the publication of" in page
    change(world, Subscription, world.everything.pk, whole_bureau=False, stations=[world.city.second.pk])
    assert names(client) == ["第二食品0厂", "第二食品2厂", "第二食品1厂"]
    assert names(client, q="机械") == []
    taken = client.post(reverse("deliveries:colours"), {"download": "csv"}).content.decode("utf-8-sig")
    assert [line.split(",")[0].strip('"') for line in taken.splitlines()[1:]] == [
        "第二食品0厂",
        "第二食品2厂",
        "第二食品1厂",
    ]


def statements(client: Client, **query: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert get(client, "colours", **query).status_code == 200
    return [each["sql"] for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def test_the_list_costs_the_same_however_many_are_covered(world: World, client: Client) -> None:
    statements(client)  # the first page of a session saves it
    few = statements(client, q="机械", colour="red")
    for _number in range(40):
        rating(EnterpriseFactory(station=world.city.second, name="机械"), world.runs["Q3"], "red")
    many = statements(client, q="机械", colour="red")
    assert len(many) == len(few) <= 13, "\n".join(
        each[:150] for each in many
    )  # one restores the test's scope


def test_codes_are_looked_up_together(world: World, client: Client) -> None:
    change(world, Enterprise, world.first[2].pk, credit_code=CODE)
    path = reverse("deliveries:colour_codes")
    page = client.post(path, {"codes": f"{CODE.lower()}，12\n91330100799655058B"}).content.decode()
    assert "第一机械2厂" in page
    assert "This is no valid credit code" in page
    assert "it is not on the register, or your subscriptions do not cover it" in page
    with CaptureQueriesContext(connection) as queries:
        client.post(path, {"codes": CODE})
    assert len([each for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 18
    change(world, Subscription, world.everything.pk, whole_bureau=False, stations=[world.city.second.pk])
    page = client.post(path, {"codes": CODE}).content.decode()
    assert "No longer covered by your subscriptions" in page
    assert reverse("deliveries:message", args=[world.everything.pk, 2]) in page


def test_one_enterprise_has_its_quarters_messages_and_answers(world: World, client: Client) -> None:
    pk = world.first[0].pk
    answer = get(client, "colour", pk)
    assert [line.colour for _rating, line in answer.context["quarters"]] == ["yellow", "green"]
    assert [told.sequence for told, _line in answer.context["messages_about"]] == [3, 2, 1]
    said = reverse("deliveries:feedback_enterprise", args=[world.everything.pk, 3, pk])
    assert client.post(said, {"progress": "in_work", "text": "Visited on 9 October"}).status_code == 302
    page = get(client, "colour", pk).content.decode()
    assert "Visited on 9 October" in page
    assert "In work" in page
    change(world, Subscription, world.everything.pk, active=False)
    page = get(client, "colour", pk).content.decode()
    assert "no longer cover this enterprise" in page
    for nobodys in (world.elsewhere[0].pk, 987654321, 10**30):
        assert client.get(f"/deliveries/colours/{nobodys}/").status_code == 404
    other = person(Role.DEPARTMENT_OFFICER, bureau=world.city.bureau, department=world.market)
    assert "Visited" not in get(other, "colour", pk).content.decode()
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.update(active=False)
    fresh = EnterpriseFactory(station=world.city.first)
    rating(fresh, world.runs["Q3"], "red")
    assert get(client, "colour", fresh.pk).status_code == 404


def test_what_turned_red_is_one_click_away(world: World, client: Client) -> None:
    first_rated, stayed = (EnterpriseFactory(station=world.city.first) for _number in range(2))
    rating(first_rated, world.runs["Q3"], "red", previous_colour="")
    rating(stayed, world.runs["Q3"], "red", previous_colour="red")
    turned = names(client, way="red")
    assert first_rated.name in turned
    assert first_rated.name not in names(client, way="down")
    assert stayed.name not in turned
    assert sorted([*turned, stayed.name]) == sorted(names(client, colour="red"))
    begin = timezone.localdate().replace(day=1).isoformat()
    tab = get(client, "colours").context["tabs"][2]
    assert tab["url"].endswith(f"?way=red&since={begin}")
    assert get(client, "colours", way="red", since=begin).context["tabs"][2]["active"]


def test_codes_are_typed_as_people_do(world: World, client: Client) -> None:
    path = reverse("deliveries:colour_codes")
    asked = client.post(path, {"codes": f"{CODE}；nonsense、\n{CODE}；第一机械"}).context["answers"]
    assert [each.asked for each in asked] == [CODE, "nonsense", "第一机械"], "in their order, each once"
    page = client.post(path, {"codes": "nonsense 第一机械"}).content.decode()
    assert f"{reverse('deliveries:colours')}?q=nonsense" in page
    named = client.post(path, {"codes": " 第一机械2厂 "}, follow=True)
    assert [row.record.enterprise.name for row in named.context["table"].paginated_rows] == ["第一机械2厂"]
    assert client.post(path, {"codes": "厂" * 101}).status_code == 200, "no search takes such a name"
    assert "at least one credit code" in client.post(path, {"codes": " ，"}).content.decode()
