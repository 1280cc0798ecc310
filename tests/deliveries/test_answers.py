"""What departments say of a message and of one enterprise in it: both kept, in order, by page and API; who reads it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliveries.choices import AuditAction
from deliveries.models import Answer, Event, Receipt
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from foundation.contributions.file import address_of
from foundation.tenancy.scope import Audience
from tests.api.world import World, build
from tests.deliveries.department_desk import Desk, person, rating
from tests.fixtures import City, scope_of_bureau
from tests.rest.keys import api


@pytest.fixture
def world(city: City) -> World:
    return build(city)


def said(world: World) -> list[tuple[int, str, str]]:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        return list(Answer.objects.values_list("enterprise_id", "progress", "text"))


def test_two_people_and_a_system_answer_beside_each_other(world: World) -> None:
    where = {"bureau": world.city.bureau, "department": world.fire}
    first, second = (person(Role.DEPARTMENT_OFFICER, **where) for _each in range(2))
    pk, message = world.first[2].pk, [world.everything.pk, 2]
    path = reverse("deliveries:feedback_enterprise", args=[*message, pk])
    assert first.get(path).status_code == 200
    assert first.post(path, {"progress": "noted"}).status_code == 302
    assert second.post(path, {"text": "Two exits are blocked"}).status_code == 302
    for _twice in range(2):
        assert first.post(path, {"progress": "in_work", "text": "Order issued"}).status_code == 302
    key = api(world.fire)
    address = f"/api/v1/events/{message[0]}/{message[1]}/answers/"
    answered = key.post(address, {"enterprise": pk, "progress": "done"})
    assert answered.status_code == 200, answered.content
    whole = first.post(reverse("deliveries:feedback", args=message), {"text": "All visited"})
    assert whole.status_code == 302
    expected = [
        (pk, "noted", ""),
        (pk, "", "Two exits are blocked"),
        (pk, "in_work", "Order issued"),
        (pk, "done", ""),
        (0, "", "All visited"),
    ]
    assert said(world) == expected
    told = key.get(address).json()["answers"]
    assert [(each["enterprise"] or 0, each["progress"], each["text"]) for each in told] == expected
    assert len({each["by_name"] for each in told}) == 3
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        receipt = Receipt.objects.get(subscription_id=message[0], sequence=message[1])
        acts = AuditEntry.objects.filter(object_type="receipt").values_list("action", flat=True)
        assert list(acts.order_by("id")) == [AuditAction.ANSWER] * 4 + [AuditAction.GIVE_FEEDBACK]
    assert (receipt.feedback, bool(receipt.acknowledged_at)) == ("All visited", True)

    page = first.get(reverse("deliveries:message", args=message))
    row = next(each for each in page.context["page_obj"] if each.enterprise == pk)
    assert row.progress == "done"
    assert page.content.decode().index("Two exits are blocked") < page.content.decode().index("Order issued")
    narrowed = first.get(reverse("deliveries:message", args=message), {"progress": "none"})
    assert pk not in {each.enterprise for each in narrowed.context["page_obj"]}
    taken = first.post(reverse("deliveries:message", args=message), {"download": "csv"}).content.decode()
    assert "Two exits are blocked" in taken


def test_the_same_words_with_another_progress_are_said(world: World) -> None:
    key, address = api(world.fire), f"/api/v1/events/{world.everything.pk}/2/answers/"
    pk = world.first[2].pk
    steps = [
        ("", "Ordered"),
        ("in_work", "Ordered"),
        ("", "Ordered"),
        ("in_work", "Ordered"),
        ("done", "Ordered"),
    ]
    for progress, text in steps:
        body = {"enterprise": pk, "text": text} | ({"progress": progress} if progress else {})
        assert key.post(address, body).status_code == 200
    assert said(world) == [(pk, "", "Ordered"), (pk, "in_work", "Ordered"), (pk, "done", "Ordered")]


def test_answers_come_in_pages_and_end_somewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key, address = api(world.fire), f"/api/v1/events/{world.everything.pk}/2/answers/"
    pk, other = world.first[2].pk, world.second[0].pk

    def say(number: int, enterprise: int | None = pk) -> Any:
        return key.post(
            address, {"text": f"Day {number}"} | ({"enterprise": enterprise} if enterprise else {})
        )

    monkeypatch.setattr("deliveries.operations.answers.MOST_ABOUT_ONE", 3)
    monkeypatch.setattr("deliveries.operations.answers.MOST_OF_MESSAGE", 5)
    for number in range(3):
        assert say(number).status_code == 200
    refused = say(3)
    assert (refused.status_code, "3 answers about this" in refused.json()["detail"]) == (409, True)
    assert say(2).status_code == 200, "the same again is no further answer"
    assert say(4, other).json()["answers"][-1]["text"] == "Day 4"
    assert say(5, None).status_code == 200
    refused = say(6, other)
    assert (refused.status_code, "The message has 5 answers" in refused.json()["detail"]) == (409, True)

    texts: list[str] = []
    page = {"next_after": 0, "more": True}
    while page["more"]:
        page = key.get(address, {"after": page["next_after"], "limit": 2}).json()
        assert len(page["answers"]) <= 2
        texts += [each["text"] for each in page["answers"]]
    assert texts == ["Day 0", "Day 1", "Day 2", "Day 4", "Day 5"]
    for wrong in ({"limit": 501}, {"after": "x"}, {"before": 1}):
        assert key.get(address, wrong).status_code == 400, wrong
    assert key.post(f"{address}?limit=1", {"text": "x"}).status_code == 400


def test_a_message_is_answered_as_a_whole_or_by_each_of_its_enterprises(db: None) -> None:
    desk = Desk()
    named = [rating(f"企业{number}", "red", enterprise=number) for number in (1, 2)]
    for _message in range(3):
        desk.write(*named)
    supervisor = person(Role.SUPERVISOR, bureau=desk.bureau)

    def unanswered() -> tuple[set[int], set[int]]:
        rows = desk.get("inbox", state="unanswered").context["page_obj"]
        theirs = supervisor.get(reverse("deliveries:receipts"), {"state": "unanswered"}).context["page_obj"]
        return {row.sequence for row in rows}, {row.sequence for row in theirs}

    def answer(sequence: int, *enterprise: int) -> None:
        name = "feedback_enterprise" if enterprise else "feedback"
        desk.client.post(
            reverse(f"deliveries:{name}", args=[desk.row.pk, sequence, *enterprise]), {"progress": "done"}
        )

    answer(1, 1)
    answer(2)
    assert unanswered() == ({1}, {1, 3})  # the third is not even acknowledged
    answer(1, 1)
    assert unanswered()[0] == {1}
    answer(1, 2)
    assert unanswered() == (set(), {3})
    figures = supervisor.get(reverse("deliveries:subscription", args=[desk.row.pk])).context["figures"]
    assert figures.answered == 2


def test_an_answer_says_something_about_what_the_message_names(world: World) -> None:
    key, address = api(world.fire), f"/api/v1/events/{world.everything.pk}/2/answers/"
    refused = [
        ({}, 409),
        ({"text": "  "}, 400),
        ({"progress": "lost"}, 400),
        ({"enterprise": world.elsewhere[0].pk, "progress": "done"}, 409),
        ({"enterprise": 0, "progress": "done"}, 400),
        ({"enterprise": "7", "progress": "done"}, 400),
        ({"text": "x" * 4001}, 400),
    ]
    for body, status in refused:
        assert key.post(address, body).status_code == status, body
    assert key.get(address).json()["answers"] == said(world) == []
    assert api(world.market).get(address).status_code == 404
    assert api(world.market).post(address, {"progress": "done"}).status_code == 404
    assert api(world.fire, scopes=["events:read"]).post(address, {"progress": "done"}).status_code == 403
    assert (
        api(world.fire, stations=[world.city.second]).post(address, {"progress": "done"}).status_code == 404
    )


def test_who_reads_it(world: World) -> None:
    bureau, (near, far) = world.city.bureau, (world.first[2], world.second[0])
    officer = person(Role.DEPARTMENT_OFFICER, bureau=bureau, department=world.fire)
    for row, words in ((near, "Visited the near one"), (far, "Visited the far one")):
        officer.post(
            reverse("deliveries:feedback_enterprise", args=[world.everything.pk, 2, row.pk]),
            {"text": words, "progress": "done"},
        )
    supervisor = person(Role.SUPERVISOR, bureau=bureau)
    page = supervisor.get(reverse("deliveries:answers")).content.decode()
    assert "Visited the near one" in page
    assert near.name in page
    assert (
        "Visited the far one"
        not in supervisor.get(reverse("deliveries:answers"), {"q": "near"}).content.decode()
    )
    station = person(Role.CHIEF, bureau=bureau, station=world.city.first)

    def file(client: Client, row: Any) -> str:
        return client.get(address_of(row.pk, "rating")).content.decode()

    assert "Visited the near one" in file(station, near)
    assert "Visited the far one" not in file(station, near)
    assert "Visited the far one" in file(supervisor, far)
    assert station.get(reverse("deliveries:answers")).status_code == 403
    stranger = person(Role.DEPARTMENT_OFFICER, bureau=bureau, department=world.market)
    path = reverse("deliveries:feedback_enterprise", args=[world.everything.pk, 2, near.pk])
    assert stranger.get(path).status_code == stranger.post(path, {"text": "x"}).status_code == 404
    assert "Visited" not in stranger.get(reverse("deliveries:colour", args=[near.pk])).content.decode()


def test_a_long_message_is_a_list_with_filters(db: None) -> None:
    desk = Desk()
    rows = [
        rating(
            f"企业{number}", "red", enterprise=number + 1, station={"code": "s", "name": f"站{number % 2}"}
        )
        for number in range(500)
    ]
    rows[7] |= {"colour": "green", "previous_colour": "red"}
    rows[8]["reasons"] = [
        {"criterion": "G1", "reason": "lost", "points_lost": 1.5},
        {"criterion": "G2", "reason": "no_evidence", "points_lost": 6},
    ]
    desk.write(*rows)
    page = desk.get("message", desk.row.pk, 1)
    assert len(page.context["page_obj"]) == 20
    assert len(page.content) < 150_000
    shown = desk.get("message", desk.row.pk, 1, show="red>green").context["page_obj"]
    assert [row.name for row in shown] == ["企业7"]
    assert desk.get("message", desk.row.pk, 1, station="站1", q="企业8").context["found"] < 250
    (row,) = [
        each
        for each in desk.get("message", desk.row.pk, 1, q="企业8", all=1).context["page_obj"]
        if each.name == "企业8"
    ]
    assert [each.code for each in row.reasons] == ["G2", "G1"], "by points lost"
    assert "G2 −6.0" in row.summary
    assert len(desk.get("message", desk.row.pk, 1, all=1).context["page_obj"]) == 500
    taken = desk.client.post(
        reverse("deliveries:message", args=[desk.row.pk, 1]) + "?colour=green", {"download": "csv"}
    )
    assert taken.content.decode("utf-8-sig").count("\n") == 2
    with desk.scope():
        body = Event.objects.get(subscription=desk.row, sequence=1).body
    assert json.loads(body)["data"]["ratings"][0]["name"] == "企业0"
