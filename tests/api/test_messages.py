"""Messages fetched, acknowledged and answered; subscriptions tuned and replayed."""

import json
from typing import Any

import pytest
from django.utils import timezone

from deliveries import selectors
from deliveries.choices import AuditAction
from deliveries.models import Event, Receipt, Subscription
from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import Audience
from tests.api.world import World, published
from tests.fixtures import scope_of_bureau

API = "/api/v1/"


def stored(world: World, model: type, **found: Any) -> list[Any]:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        return list(model.objects.filter(**found).order_by("pk"))


def test_messages_equal_those_pushed_in_order(world: World) -> None:
    answer = world.client().get(f"{API}events/?subscription={world.everything.pk}").json()
    events = stored(world, Event, subscription=world.everything)
    assert [each["sequence"] for each in answer["events"]] == [1, 2, 3]
    assert [each["payload"] for each in answer["events"]] == [json.loads(event.body) for event in events]
    assert [(each["message_id"], each["type"]) for each in answer["events"]] == [
        (event.message_id, event.kind) for event in events
    ]
    assert (answer["next_after"], answer["more"]) == (3, False)
    one = world.client().get(f"{API}events/{world.everything.pk}/2/").json()
    assert one == answer["events"][1]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_fetching_until_nothing_follows(world: World, limit: int) -> None:
    client, after, found = world.client(), 0, []
    for _round in range(10):
        query = f"subscription={world.everything.pk}&after={after}&limit={limit}"
        answer = client.get(f"{API}events/?{query}").json()
        assert len(answer["events"]) <= limit
        found += [each["sequence"] for each in answer["events"]]
        after = answer["next_after"]
        if not answer["more"]:
            break
    assert found == [1, 2, 3]
    idle = client.get(f"{API}events/?subscription={world.everything.pk}&after={after}").json()
    assert (idle["events"], idle["next_after"], idle["more"]) == ([], 3, False)


def test_fewer_large_messages_fit_on_a_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "RATINGS_AT_ONCE", 9)
    client = world.client()
    answer = client.get(f"{API}events/?subscription={world.everything.pk}").json()
    assert ([each["sequence"] for each in answer["events"]], answer["more"]) == ([1], True)
    answer = client.get(f"{API}events/?subscription={world.everything.pk}&after=2").json()
    assert ([each["sequence"] for each in answer["events"]], answer["more"]) == ([3], False)


def test_acknowledging_and_answering(world: World) -> None:
    client, base = world.client(), f"{API}events/{world.everything.pk}/1/"
    receipt = client.get(base).json()["receipt"]
    assert (receipt["delivered_at"], receipt["acknowledged_at"], receipt["feedback"]) == (None, None, "")
    first = client.post(f"{base}acknowledge/")
    again = client.post(f"{base}acknowledge/")
    assert (first.status_code, again.json()) == (200, first.json())
    answered = client.post(f"{base}feedback/", {"text": " We went there. "}).json()
    assert answered["feedback"] == "We went there."
    assert client.get(base).json()["receipt"] == answered
    (row,) = stored(world, Receipt, subscription=world.everything, sequence=1)
    assert (row.acknowledged_by_id, row.feedback) == (0, "We went there.")
    with scope_of_bureau(world.city.bureau):
        log = list(AuditEntry.objects.order_by("id").values_list("action", "actor_name"))
    assert [action for action, _name in log] == [AuditAction.ACKNOWLEDGE_MESSAGE, AuditAction.GIVE_FEEDBACK]
    assert {name for _action, name in log} == {row.feedback_by_name}
    for text in ("", "  ", "x" * 4001):
        refused = client.post(f"{base}feedback/", {"text": text})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/text")
    assert client.post(f"{API}events/{world.everything.pk}/99/acknowledge/").status_code == 404


@pytest.mark.parametrize("text", [5, True, 1.5, None, ["Done"]])
def test_feedback_must_be_text(world: World, text: object) -> None:
    base = f"{API}events/{world.everything.pk}/1/"
    refused = world.client().post(f"{base}feedback/", {"text": text})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/text")
    assert world.client().post(f"{base}acknowledge/", {"text": "Done"}).status_code == 400
    assert world.client().get(base).json()["receipt"]["acknowledged_at"] is None


def test_transitions_without_effect_are_left_out(world: World) -> None:
    client, path = world.client(), f"{API}subscriptions/{world.everything.pk}/"
    body = {"transitions": ["*>*", "*>red"]}
    tuned = client.patch(path, body, headers={"If-Match": client.get(path).headers["ETag"]})
    assert tuned.json()["transitions"] == ["*>red"]


@pytest.mark.parametrize("number", ["1", True])
def test_a_number_may_not_be_sent_as_text(world: World, number: object) -> None:
    path = f"{API}subscriptions/{world.everything.pk}/replay/"
    assert world.client().post(path, {"from_sequence": number}).status_code == 400


def test_feedback_sent_twice_is_stored_once(world: World) -> None:
    client, path = world.client(), f"{API}events/{world.everything.pk}/1/feedback/"
    once = {"headers": {"Idempotency-Key": "a-1"}}
    first = client.post(path, {"text": "Done"}, **once)
    client.post(path, {"text": "Done better"})
    again = client.post(path, {"text": "Done"}, **once)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert client.post(path, {"text": "Other"}, **once).status_code == 422
    (row,) = stored(world, Receipt, subscription=world.everything, sequence=1)
    assert row.feedback == "Done better"


def test_a_subscription_shows_its_state_and_no_secret(world: World) -> None:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.reds.pk).update(
            url="https://d.example/token-xyz", allowed_hosts=["d.example"], paused_why="manual"
        )
    answer = world.client().get(f"{API}subscriptions/{world.reds.pk}/")
    shown = answer.json()
    assert (shown["state"], shown["paused_why"], shown["stations"]) == (
        "paused",
        "manual",
        [world.city.second.code],
    )
    assert shown["waiting"] == shown["last_sequence"] - shown["last_delivered"] > 0
    assert not {"url", "allowed_hosts", "sealed_secret", "sealed_previous", "lease_token"} & set(shown)
    assert b"d.example" not in answer.content
    other = world.client().get(f"{API}subscriptions/{world.everything.pk}/").json()
    assert (other["state"], other["stations"], other["snapshot_pending"]) == ("pulled", [], False)
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.everything.pk).update(snapshot_asked_at=timezone.now())
    rows = world.client().get(f"{API}subscriptions/").json()["results"]
    assert {row["id"] for row in rows if row["snapshot_pending"]} == {world.everything.pk}


def test_tuning_needs_the_current_etag(world: World) -> None:
    client, path = world.client(), f"{API}subscriptions/{world.everything.pk}/"
    mark = client.get(path).headers["ETag"]
    assert client.patch(path, {"colours": ["red"]}).status_code == 428
    tuned = client.patch(path, {"colours": ["red", "yellow"]}, headers={"If-Match": mark})
    assert tuned.status_code == 200
    shown = tuned.json()
    assert (shown["colours"], shown["title"], shown["version"]) == (["red", "yellow"], "Everything", 2)
    assert tuned.headers["ETag"] == client.get(path).headers["ETag"] != mark
    late = client.patch(path, {"title": "Late"}, headers={"If-Match": mark})
    assert (late.status_code, late.json()["type"]) == (412, "urn:anqi:problem:changed")
    assert client.get(path).json() == shown


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"colours": ["blue"]}, "#/colours/0"),
        ({"transitions": ["red>none"]}, "#/transitions/0"),
        ({"title": ""}, "#/title"),
        ({"stations": []}, "#/stations"),
        ({"industries": ["C"]}, "#/industries"),
        ({"active": False}, "#/active"),
    ],
)
def test_what_a_department_cannot_tune(world: World, body: dict, pointer: str) -> None:
    client, path = world.client(), f"{API}subscriptions/{world.everything.pk}/"
    before = client.get(path)
    refused = client.patch(path, body, headers={"If-Match": before.headers["ETag"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
    assert client.get(path).json() == before.json()


def test_sending_again(world: World) -> None:
    client, path = world.client(), f"{API}subscriptions/{world.everything.pk}/replay/"
    early = client.post(path, {"from_sequence": 1})
    assert (early.status_code, early.json()["type"]) == (409, "urn:anqi:problem:wrong-state")
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.everything.pk).update(last_delivered=3)
    shown = client.post(path, {"from_sequence": 2}).json()
    assert (shown["last_delivered"], shown["waiting"]) == (1, 2)
    assert client.post(path, {"from_sequence": 0}).status_code == 400


def test_an_ended_subscription_stays_readable(world: World) -> None:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.reds.pk).update(active=False, last_delivered=1)
    client = world.client()
    answer = client.get(f"{API}events/").json()  # only one is active, so it need not be named
    assert answer["subscription"] == world.everything.pk
    ended = f"{API}subscriptions/{world.reds.pk}/"
    assert client.get(ended).json()["state"] == "ended"
    refused = client.patch(ended, {"title": "X"}, headers={"If-Match": client.get(ended).headers["ETag"]})
    assert refused.status_code == 409
    assert client.post(f"{ended}replay/", {"from_sequence": 1}).status_code == 409  # nothing would be sent
    published(world.runs["Q3"])
    assert client.get(f"{API}events/?subscription={world.reds.pk}").json()["events"]


@pytest.mark.parametrize(
    "body",
    [
        r'{"text": "x", "\ud800": 1}',
        r'{"text": "\ud800"}',
        r'{"colours": ["\ud800"]}',
        r'["\ud800"]',
        '{"text": 1e400}',
    ],
)
def test_values_that_cannot_be_encoded_are_malformed(world: World, body: str) -> None:
    client = world.client()
    answers = [
        client.post(f"{API}events/{world.everything.pk}/1/feedback/", body),
        client.patch(f"{API}subscriptions/{world.everything.pk}/", body, headers={"If-Match": "*"}),
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (400, "urn:anqi:problem:malformed")
    ] * 2


def test_a_number_ahead_of_the_stream_is_refused(world: World) -> None:
    client = world.client()
    refused = client.get(f"{API}events/?subscription={world.everything.pk}&after=4")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:anqi:problem:wrong-state")
    assert refused.json()["last_sequence"] == 3
    assert client.get(f"{API}events/?subscription={world.everything.pk}&after=3").json()["events"] == []


def test_one_message_is_sent_again_by_a_key(world: World) -> None:
    with scope_of_bureau(world.city.bureau, Audience.SYSTEM):
        Subscription.objects.filter(pk=world.everything.pk).update(last_delivered=3)
    path = f"{API}subscriptions/{world.everything.pk}/replay/"
    told = world.client().post(path, {"from_sequence": 2, "to_sequence": 2}).json()
    assert (told["last_delivered"], told["waiting"]) == (3, 0)
    (row,) = stored(world, Subscription, pk=world.everything.pk)
    assert row.again == [2]
    assert world.client().post(path, {"from_sequence": 3, "to_sequence": 2}).status_code == 409


def test_a_wrong_value_is_answered_with_those_allowed(world: World) -> None:
    client, path = world.client(), f"{API}subscriptions/{world.everything.pk}/"
    body = {"colours": ["blue"], "transitions": ["red"]}
    told = client.patch(path, body, headers={"If-Match": client.get(path).headers["ETag"]}).json()
    errors = {each["pointer"]: each for each in told["errors"]}
    assert errors["#/colours/0"]["allowed"] == ["green", "yellow", "red", "grey"]
    assert errors["#/transitions/0"]["pattern"].startswith("^(green|")
    (error,) = client.get(f"{API}ratings/?color=red").json()["errors"]
    assert (error["parameter"], "colour" in error["allowed"]) == ("color", True)
    (error,) = client.get(f"{API}ratings/?colour=blue").json()["errors"]
    assert error["allowed"] == ["green", "yellow", "red", "grey"]
