"""Test events: sent by button and API, signed as messages are, without a number, seldom, and only once."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Event, Receipt, TestEvent
from deliveries.operations import send_test_event
from deliveries.operations.testing import TooManyTests, push_test
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.choices import Role
from tests.deliveries.conftest import OPERATOR, Line
from tests.deliveries.department_desk import person


@pytest.fixture
def officer(line: Line) -> Client:
    return person(Role.DEPARTMENT_OFFICER, bureau=line.bureau, department=line.department)


def asked(line: Line, client: Client, token: str = "") -> Any:
    address = reverse("deliveries:send_test", args=[line.pk])
    return client.post(address, {"token": token or uuid.uuid4().hex}, follow=True)


def sent_tests(line: Line) -> list[TestEvent]:
    with line.scope():
        return list(TestEvent.objects.filter(subscription_id=line.pk).order_by("id"))


def send(line: Line) -> TestEvent:
    """Send what was asked for last, as a worker does."""
    test = sent_tests(line)[-1]
    push_test(bureau_id=line.bureau.pk, test_id=test.pk)
    return sent_tests(line)[-1]


def test_a_test_event_by_button(line: Line, officer: Client) -> None:
    line.write(2)
    before = line.now()
    token = uuid.uuid4().hex
    page = asked(line, officer, token).content.decode()
    assert 'hx-trigger="every 1s"' in page
    asked(line, officer, token)  # the same button twice
    test = send(line)
    assert push_test(bureau_id=line.bureau.pk, test_id=test.pk) is None  # another worker
    (sent,) = line.receiver.kept  # verified by the standard package
    assert sent["id"] == test.message_id
    assert (sent["type"], sent["data"]["sequence"], sent["data"]["ratings"]) == ("delivery.test", None, [])
    now = line.now()
    assert (now.last_sequence, now.last_delivered, now.version) == (2, before.last_delivered, before.version)
    with line.scope():
        assert (Event.objects.count(), Receipt.objects.count()) == (2, 2)
    assert [(each.sequence, each.outcome, each.status) for each in line.attempts()] == [(0, "delivered", 204)]
    page = officer.get(reverse("deliveries:test_event", args=[line.pk, test.pk])).content.decode()
    assert "Accepted: HTTP 204" in page
    address = reverse("deliveries:test_event", args=[line.pk, test.pk])
    part = officer.get(address, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "every 1s" not in page
    log = officer.get(reverse("deliveries:push_log", args=[line.pk])).content.decode()
    assert reverse("deliveries:send_test", args=[line.pk]) in log  # another one, from where it is read
    assert ">Test</a>" in log
    assert f"/inbox/{line.pk}/0/" not in log  # it is no message
    inbox = officer.get(reverse("deliveries:inbox")).content.decode()
    assert reverse("deliveries:test_event", args=[line.pk, test.pk]) in inbox


@pytest.mark.parametrize(
    ("reply", "answer", "means"),
    [
        (401, "HTTP 401", "does not accept the signature"),
        (404, "HTTP 404", "nothing takes a POST"),
        (500, "HTTP 500", "failed while it handled"),
        ("close", "Connection closed without an answer", "the address says http"),
    ],
)
def test_what_an_answer_means(line: Line, officer: Client, reply: Any, answer: str, means: str) -> None:
    """A refused test event pauses nothing, and the page says what it means with the way to the guide."""
    line.receiver.replies = [reply]
    asked(line, officer)
    test = send(line)
    page = officer.get(reverse("deliveries:test_event", args=[line.pk, test.pk])).content.decode()
    assert f"Not accepted: {answer}" in page
    assert means in page
    assert reverse("deliveries:guide", args=["failures"]) in page
    assert (line.now().paused_why, line.now().failing_since) == ("", None)


def test_a_pause_does_not_hold_it_up_but_an_unconfirmed_address_does(line: Line) -> None:
    line.change(paused_why="refused", paused_at=timezone.now())
    line.operate(send_test_event, actor=line.officer)
    assert send(line).was_delivered
    line.change(paused_why="confirm")
    with pytest.raises(WrongState, match="Confirm the address"):
        line.operate(send_test_event, actor=line.officer)
    line.change(paused_why="", paused_at=None, secret_at=None)
    with pytest.raises(WrongState, match="Create the secret"):
        line.operate(send_test_event, actor=line.officer)
    line.write()
    assert line.push().delivered == 0  # messages wait for it, too
    line.change(url="")
    with pytest.raises(WrongState, match="no address"):
        line.operate(send_test_event, actor=line.officer)
    with pytest.raises(NotAllowed):
        line.operate(send_test_event, actor=OPERATOR)
    assert len(sent_tests(line)) == 1


def test_they_are_limited(line: Line) -> None:
    for _number in range(6):
        line.operate(send_test_event, actor=line.officer)
    with pytest.raises(TooManyTests, match="6 test events a minute") as refused:
        line.operate(send_test_event, actor=line.officer)
    assert 1 <= refused.value.retry_after_s <= 61
    assert len(sent_tests(line)) == 6
