"""The pages of a department's subscriptions: description, tuning, replay, new secret."""

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from deliveries.choices import AuditAction
from deliveries.models import Subscription
from deliveries.operations import set_address
from deliveries.sealing import unseal
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.tenancy.scope import station_scope
from tests.deliveries.department_desk import Desk
from tests.factories import StationFactory, SubscriptionFactory


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def test_a_subscription_is_described_in_words(desk: Desk) -> None:
    station = StationFactory(bureau=desk.bureau, name="Harbour station")
    row = SubscriptionFactory(
        department=desk.department,
        title="Falls",
        stations=[station.pk],
        industries=["C34"],
        colours=["red"],
        transitions=["green>red", "*>red", "none>*", "yellow>yellow"],
    )
    page = desk.shown("my_subscriptions")
    words = (
        "Harbour station",
        "C34 Manufacturing · 通用设备制造业",
        "Green to Red",
        "to Red, from any other colour",
        "stays Yellow",
    )
    for word in (*words, "rated for the first time", "Fetched, not pushed"):
        assert word in page, word
    chinese = desk.client.get(reverse("deliveries:my_subscriptions"), headers={"accept-language": "zh-hans"})
    assert "C34 通用设备制造业" in chinese.content.decode()
    page = desk.shown("my_subscription", row.pk)
    assert f"/api/v1/events/?subscription={row.pk}&amp;after=0" in page


STATES: list[tuple[dict[str, Any], str]] = [
    ({}, "Up to date"),
    ({"last_sequence": 4}, "Messages are on their way."),
    ({"failing_since": dt.datetime(2026, 11, 20, tzinfo=dt.UTC), "attempts": 7}, "7 attempts"),
    ({"paused_why": "manual"}, "The platform operator paused the push."),
    ({"paused_why": "gone"}, "permanently gone (410)"),
    ({"paused_why": "refused"}, "refused a message for more than an hour"),
    ({"paused_why": "exhausted"}, "accepted no message for three days"),
    ({"paused_why": "address"}, "has not approved the receiver&#x27;s address"),
    ({"paused_why": "confirm"}, "Nothing is sent there until you confirm it."),
    ({"paused_why": "secret"}, "Create a new secret"),
    (
        {"snapshot_asked_at": dt.datetime(2026, 11, 20, tzinfo=dt.UTC)},
        "today&#x27;s state, is being written.",
    ),
    ({"active": False}, "No new messages are written."),
]


def test_each_state_of_a_push_says_what_to_do(db: None) -> None:
    desk = Desk(url="https://receiver.example/in?token=T0PSECRET", allowed_hosts=["receiver.example"])
    for fields, words in STATES:
        plain = {"last_sequence": 0, "failing_since": None, "attempts": 0, "paused_why": "", "active": True}
        plain["snapshot_asked_at"] = None
        with desk.scope():
            Subscription.objects.update(**plain | fields)
        page = desk.shown("my_subscription", desk.row.pk)
        assert words in page, fields
        assert "https://receiver.example/in?…" in page
        assert "T0PSECRET" not in page


def test_a_department_tunes_its_own_part(desk: Desk) -> None:
    stations = [StationFactory(bureau=desk.bureau).pk]
    with desk.scope():
        Subscription.objects.filter(pk=desk.row.pk).update(stations=stations, whole_bureau=False)
    page = desk.shown("tune", desk.row.pk)
    assert 'value="green&gt;red"' in page
    data = {"title": "Falls", "colours": ["red"], "transitions": ["green>red", "none>*"], "version": 1}
    assert desk.post("tune", desk.row.pk, **data, stations="").status_code == 302
    with desk.scope():
        row = Subscription.objects.get(pk=desk.row.pk)
    assert (row.title, row.colours, row.version) == ("Falls", ["red"], 2)
    assert (row.transitions, row.stations) == (["green>red", "none>*"], stations)
    stale = desk.post("tune", desk.row.pk, **data | {"title": "Mine"})
    assert stale.status_code == 422
    assert "changed the subscription in the meantime" in stale.content.decode()
    assert 'value="Mine"' in stale.content.decode()
    for wrong in ({"transitions": "a>b"}, {"colours": "blue"}, {"title": " "}, {"version": "x"}):
        assert desk.post("tune", desk.row.pk, **data | {"version": 2} | wrong).status_code == 422, wrong
    with desk.scope():
        assert Subscription.objects.get(pk=desk.row.pk).version == 2


def test_messages_are_sent_again_from_a_number(db: None) -> None:
    desk = Desk(url="https://receiver.example/", allowed_hosts=["receiver.example"], last_sequence=5)
    assert desk.get("replay", desk.row.pk).status_code == 302, "nothing was delivered yet"
    with desk.scope():
        Subscription.objects.update(last_delivered=4)
    page = desk.shown("replay", desk.row.pk, **{"from": "2"})
    assert re.search(
        r'<input[^>]*name="from_sequence"[^>]*value="2"|value="2"[^>]*name="from_sequence"', page
    )
    for wrong in ("", "x", "0", "5", str(10**25)):
        assert desk.post("replay", desk.row.pk, from_sequence=wrong).status_code == 422, wrong
    assert desk.acts(AuditAction.REPLAY_MESSAGES) == 0
    dialog = {"headers": {"HX-Request": "true"}}
    address = reverse("deliveries:replay", args=[desk.row.pk])
    assert "<html" not in desk.client.get(address, **dialog).content.decode(), "a page inside a dialog"
    wrong = desk.client.post(address, {"from_sequence": "9"}, **dialog)
    assert (wrong.status_code, "<html" in wrong.content.decode()) == (422, False)
    assert desk.post("replay", desk.row.pk, from_sequence="2", reason="lost a disk").status_code == 302
    with desk.scope():
        assert Subscription.objects.get().last_delivered == 1
    assert desk.acts(AuditAction.REPLAY_MESSAGES) == 1


def test_a_new_secret_is_shown_once(desk: Desk) -> None:
    def sealed() -> str:
        with desk.scope():
            return Subscription.objects.get(pk=desk.row.pk).sealed_secret

    before = sealed()
    page = desk.get("rotate_secret", desk.row.pk)
    assert "no-store" in page["Cache-Control"]
    data = {"version": page.context["form"]["version"].value()}
    for wrong in ("", "0" * 16):
        assert desk.post("rotate_secret", desk.row.pk, version=wrong).status_code == 422, wrong
    assert sealed() == before
    answer = desk.post("rotate_secret", desk.row.pk, **data)
    assert "no-store" in answer["Cache-Control"]
    new = sealed()
    assert new != before
    assert unseal(new) in answer.content.decode()
    assert "stays in use beside the new one until" in answer.content.decode()
    again = desk.post("rotate_secret", desk.row.pk, **data)
    assert again.status_code == 422, "a reload of the answer makes no third one"
    assert sealed() == new
    page = again.content.decode()
    assert unseal(new) not in page
    assert "was shown once" in page
    assert unseal(new) not in desk.shown("my_subscription", desk.row.pk)


def test_the_department_confirms_the_address(db: None) -> None:
    desk = Desk(url="https://receiver.example/in", allowed_hosts=["receiver.example"], paused_why="confirm")
    assert "Check and confirm the address" in desk.shown("my_subscription", desk.row.pk)
    assert "https://receiver.example/in" in desk.shown("confirm_address", desk.row.pk)
    assert desk.post("confirm_address", desk.row.pk, version=7).status_code == 422, "another address since"
    assert desk.now().paused_why == "confirm"
    mine = int(desk.client.session["_auth_user_id"])
    for setter, status, state in ((mine, 422, "confirm"), (mine + 1, 302, "")):
        operator = Actor(setter, "Operator", Role.OPERATOR)
        with station_scope(operator.scope()):
            set_address(
                actor=operator,
                subscription_id=desk.row.pk,
                version=desk.now().version,
                url=f"https://receiver.example/{setter}",
                allowed_hosts=["receiver.example"],
            )
        answer = desk.post("confirm_address", desk.row.pk, version=desk.now().version)
        assert (answer.status_code, desk.now().paused_why) == (status, state)
        assert ("You set this address yourself" in answer.content.decode()) is (setter == mine)
