"""The operator's pages: the board, one delivery, its address, and the acts on it."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from deliveries.choices import AuditAction
from deliveries.models import Attempt
from deliveries.sealing import unseal
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience
from tests.deliveries.desks import (
    PUSHED,
    Desk,
    desk,
    words,
)
from tests.factories import (
    AttemptFactory,
    DepartmentFactory,
    EventFactory,
    ReceiptFactory,
    SubscriptionFactory,
)
from tests.fixtures import scope_of_bureau

__all__ = ["desk"]


def test_the_board_begins_with_what_needs_attention(desk: Desk) -> None:
    now = timezone.now()
    desk.change(last_sequence=7, last_delivered=5)
    waiting = desk.row
    fine = SubscriptionFactory(
        department=desk.department, title="Fine", last_sequence=3, last_delivered=3, **PUSHED
    )
    failing = SubscriptionFactory(
        department=desk.department, title="Failing", failing_since=now - dt.timedelta(minutes=5), **PUSHED
    )
    far = DepartmentFactory(bureau=desk.city.other_bureau)
    late = SubscriptionFactory(
        department=far, title="Late", failing_since=now - dt.timedelta(hours=9), **PUSHED
    )
    gone = SubscriptionFactory(department=far, title="Gone", paused_why="gone", paused_at=now, **PUSHED)
    by_hand = SubscriptionFactory(
        department=desk.department,
        title="Hand",
        paused_why="manual",
        paused_at=now,
        failing_since=now - dt.timedelta(hours=3),
        **PUSHED,
    )
    fetched = SubscriptionFactory(department=desk.department, title="Fetched", last_sequence=9)
    ended = SubscriptionFactory(department=desk.department, title="Ended", active=False, paused_why="gone")
    AttemptFactory(bureau=late.bureau, department=far, subscription=late, fault="dns", outcome="failed")
    answer = desk.get(Role.OPERATOR, "board")
    shown = [row.pk for row in answer.context["page_obj"]]
    assert shown == [row.pk for row in (late, gone, failing, by_hand, waiting, fine, fetched, ended)]
    assert {name: answer.context["totals"][name] for name in ("paused", "failing", "waiting")} == {
        "paused": 2,
        "failing": 2,
        "waiting": 2,
    }
    alarms = {row.pk for row in answer.context["page_obj"] if row.alarm}
    assert alarms == {late.pk, gone.pk}
    # both pages have the same rule
    for row, alarm in ((late, True), (gone, True), (by_hand, False), (failing, False)):
        assert desk.get(Role.OPERATOR, "delivery", row.pk).context["alarm"] is alarm
    page = words(answer)
    assert "The receiver&#x27;s host name is unknown." in page
    assert "Check the address for typing errors" in page
    assert 'class="side-badge' in page
    for state, rows in (
        ("alarm", [late, gone]),
        ("failing", [late, failing]),
        ("paused", [gone, by_hand]),
        ("waiting", [waiting]),
        ("fine", [fine]),
        ("fetched", [fetched]),
        ("ended", [ended]),
    ):
        found = desk.get(Role.OPERATOR, "board", state=state).context["page_obj"]
        assert [row.pk for row in found] == [row.pk for row in rows], state
    assert len(desk.get(Role.OPERATOR, "board", bureau=far.bureau_id).context["page_obj"]) == 2
    assert len(desk.get(Role.OPERATOR, "board", q="\x00").context["page_obj"]) in (0, 8)
    assert len(desk.get(Role.OPERATOR, "board", bureau="x").context["page_obj"]) == 0


def test_the_tiles_exclude_paused_pushes(desk: Desk) -> None:
    now = timezone.now()
    desk.change(last_sequence=7, last_delivered=5)
    assert "all pushes are delivered" in words(desk.get(Role.OPERATOR, "board"))
    desk.change(paused_why="gone", paused_at=now, failing_since=now - dt.timedelta(hours=9))
    answer = desk.get(Role.OPERATOR, "board")
    assert answer.context["totals"]["failing"] == 0
    assert answer.context["longest"] == "", "nothing fails, so nothing fails longest"
    assert "all pushes are delivered" not in words(answer)
    assert "all pushes that are not paused are delivered" in words(answer)


def test_no_message_is_shown_to_the_operator(desk: Desk) -> None:
    desk.told(feedback="Only for the bureau", feedback_at=timezone.now())
    desk.change(last_sequence=1)
    for answer in (desk.get(Role.OPERATOR, "board"), desk.get(Role.OPERATOR, "delivery", desk.row.pk)):
        assert "Only for the bureau" not in words(answer)
        assert unseal(desk.row.sealed_secret) not in words(answer)


def test_one_delivery(desk: Desk) -> None:
    desk.change(
        last_sequence=7, last_delivered=5, attempts=3, failing_since=timezone.now() - dt.timedelta(minutes=9)
    )
    desk.tried(outcome="failed", fault="timeout", duration_ms=20_000, address="10.1.2.3")
    page = words(desk.get(Role.OPERATOR, "delivery", desk.row.pk))
    for part in ("Skip message 6", "No answer in time", "10.1.2.3", "hooks.example", "within 20 seconds"):
        assert part in page, part


def test_setting_the_address(desk: Desk) -> None:
    settings_page = words(desk.get(Role.OPERATOR, "delivery_address", desk.row.pk))
    assert "Before every attempt the host name is resolved" in settings_page
    data = {
        "url": "https://new.example/x",
        "allowed_hosts": "new.example\n10.20.0.0/16, 10.20.0.0/16",
        "version": 1,
    }
    assert desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, **data).status_code == 302
    row = desk.now()
    assert (row.url, row.allowed_hosts) == ("https://new.example/x", ["new.example", "10.20.0.0/16"])
    assert row.paused_why == "confirm", "nothing is sent there before the department has agreed"
    assert desk.post(Role.OPERATOR, "delivery_resume", desk.row.pk).status_code == 422
    assert desk.now().paused_why == "confirm"
    late = desk.post(
        Role.OPERATOR, "delivery_address", desk.row.pk, **data | {"url": "https://late.example/"}
    )
    assert late.status_code == 422
    assert "Someone else changed" in words(late)
    assert desk.now().url == "https://new.example/x"
    stop = {"url": "", "allowed_hosts": "", "version": 2}
    assert desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, **stop).status_code == 302
    assert desk.now().url == ""
    first = desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, **data | {"version": 3})
    assert "creates a secret there" in words(desk.client(Role.OPERATOR).get(first.url))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"url": "http://new.example/"}, "url"),
        ({"url": "ftp://new.example/"}, "url"),
        ({"url": "https://u:p@new.example/"}, "url"),
        ({"url": "https://new.example:x/"}, "url"),
        ({"url": "https://new.example/" + "x" * 500}, "url"),
        ({"allowed_hosts": ""}, "allowed_hosts"),
        ({"allowed_hosts": "*.example"}, "allowed_hosts"),
        ({"allowed_hosts": "10.0.0.0/99"}, "allowed_hosts"),
        ({"version": "x"}, "version"),
    ],
)
def test_an_address_that_must_not_be(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, change: dict, name: str
) -> None:
    monkeypatch.setattr(settings, "WEBHOOKS_PLAIN_HTTP", False)
    data = {"url": "https://new.example/", "allowed_hosts": "new.example", "version": 1} | change
    answer = desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, **data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert desk.now().url == PUSHED["url"]
    assert desk.log() == []


def test_pausing_resuming_skipping_replaying(desk: Desk) -> None:
    def act(name: str, **data: Any) -> int:
        return desk.post(Role.OPERATOR, f"delivery_{name}", desk.row.pk, **data).status_code

    desk.change(last_sequence=7, last_delivered=5)
    for name in ("pause", "resume", "skip", "replay"):
        assert desk.get(Role.OPERATOR, f"delivery_{name}", desk.row.pk).status_code == 200
    assert act("pause") == 422
    assert act("pause", reason="Receiver moves") == 302
    assert desk.now().paused_why == "manual"
    assert act("pause", reason="Again") == 422
    assert act("resume") == 302
    assert act("resume") == 422
    assert desk.now().paused_why == ""
    assert act("skip", sequence=7, reason="Not the next") == 422
    assert act("skip", sequence=6) == 422
    assert act("skip", sequence="x", reason="Nonsense") == 422
    assert act("skip", sequence=6, reason="Cannot be read") == 302
    assert act("skip", sequence=6, reason="Sent twice") == 422
    assert desk.now().last_delivered == 6
    assert act("replay", from_sequence=7, reason="Too far") == 422
    assert act("replay", from_sequence=0, reason="Nonsense") == 422
    assert act("replay", from_sequence=10**30, reason="Nonsense") == 422
    assert act("replay", from_sequence=3) == 422
    assert act("replay", from_sequence=3, reason="Receiver lost its data") == 302
    assert desk.now().last_delivered == 2
    assert [(entry.action, entry.reason) for entry in desk.log()] == [
        (AuditAction.PAUSE_PUSH, "Receiver moves"),
        (AuditAction.RESUME_PUSH, ""),
        (AuditAction.SKIP_MESSAGE, "Cannot be read"),
        (AuditAction.REPLAY_MESSAGES, "Receiver lost its data"),
    ]
    with scope_of_bureau(desk.city.bureau, Audience.SYSTEM):
        assert Attempt.objects.get(subscription_id=desk.row.pk).outcome == "skipped"


def test_a_skipped_message_does_not_count_as_delivered(desk: Desk) -> None:
    with scope_of_bureau(desk.city.bureau, Audience.SYSTEM):
        whose = {"bureau": desk.row.bureau, "department": desk.row.department, "subscription": desk.row}
        for sequence in (1, 2):
            event = EventFactory(**whose, sequence=sequence)
            ReceiptFactory(**whose, event=event, delivered_at=timezone.now() if sequence == 1 else None)
    desk.change(last_sequence=2, last_delivered=1)
    data = {"sequence": 2, "reason": "Cannot be read"}
    assert desk.post(Role.OPERATOR, "delivery_skip", desk.row.pk, **data).status_code == 302
    assert desk.now().last_delivered == 2
    for name in ("my_subscriptions", "my_subscription"):
        page = desk.get(Role.DEPARTMENT_OFFICER, name, *([desk.row.pk] if name == "my_subscription" else []))
        html = page.content.decode()
        assert "1 message was skipped and not delivered." in html
        assert "Every message was delivered." not in html
    assert (page.context["last_delivered"], page.context["skipped"]) == (1, [2])
    html = desk.get(Role.DEPARTMENT_OFFICER, "message", desk.row.pk, 2).content.decode()
    assert "Skipped, not delivered to your receiver" in html
