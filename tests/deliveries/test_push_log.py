"""The push log of a department: what failed, why, and what it does about it itself."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from deliveries.choices import AuditAction, CauseCode
from deliveries.models import Attempt
from deliveries.operations import rotate_secret, send_test_event
from deliveries.operations.testing import push_test
from deliveries.operations.warning import warn_of_ending_secrets, warn_of_late
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from foundation.inbox.models import Notification
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import receiving
from tests.factories import AttemptFactory, BureauFactory, RoleGrantFactory

UNSIGNED = (401, {"content-type": "application/json"}, b'{"error": "signature <mismatch>"}')


class House:
    """A department with a receiver, and the clients of those whom it concerns."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.users: dict[Client, int] = {}
        self.officer = self.person(Role.DEPARTMENT_OFFICER, bureau=line.bureau, department=line.department)
        self.supervisor = self.person(Role.SUPERVISOR, bureau=line.bureau)
        self.operator = self.person(Role.OPERATOR)

    def person(self, role: str, **where: Any) -> Client:
        grant = RoleGrantFactory(role=role, **({"bureau": None, "station": None} | where))
        client = Client()
        client.force_login(grant.user)
        self.users[client] = grant.user_id
        return client

    def log(self, client: Client | None = None, **query: Any) -> Any:
        return (client or self.officer).get(f"/deliveries/mine/{self.line.pk}/log/", query)

    def shown(self, **query: Any) -> str:
        answer = self.log(**query)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.content.decode())

    def act(self, name: str, **data: Any) -> int:
        return self.officer.post(f"/deliveries/mine/{self.line.pk}/log/{name}/", data).status_code

    def notices(self, client: Client) -> list[str]:
        bureau = 0 if client is self.operator else self.line.bureau.pk
        with station_scope(Scope(NO_STATION, bureau=bureau, audience=Audience.SYSTEM)):
            mine = Notification.objects.filter(user_id=self.users[client])
            return list(mine.order_by("id").values_list("code", flat=True))


@pytest.fixture
def house(line: Line) -> House:
    return House(line)


def test_why_did_it_fail(house: House) -> None:
    line = house.line
    line.write(3)
    line.receiver.replies = [204, UNSIGNED]
    line.push()
    page = house.shown()
    for words in (
        "Push log: No. 2 was not delivered, 1 waits behind it",
        "Retry No. 2 now",
        "The receiver does not accept the signature",
        "signature &lt;mismatch&gt;",
        "webhook-signature",
        "behind No. 2",
        f"msg_{line.pk}_2",
        f"…{line.receiver.secret.rstrip('=')[-4:]}=",
        f"/api/v1/events/ ?subscription={line.pk}&amp;after=1",
    ):
        assert words in page, words
    assert line.receiver.secret not in page
    assert house.officer.get("/deliveries/log/").url == f"/deliveries/mine/{line.pk}/log/"
    first = line.attempts()[0]
    assert "Send this one again" in house.shown(attempt=first.pk)
    assert "Retry No. 2 now" in house.shown(attempt=first.pk), "what needs doing stays in sight"
    for client in (house.supervisor, house.operator):
        assert house.log(client).status_code in (403, 404)
    for client, path in (
        (house.supervisor, f"/deliveries/departments/{line.pk}/"),
        (house.operator, f"/deliveries/board/{line.pk}/"),
    ):
        assert "mismatch" not in client.get(path).content.decode()


def test_the_answer_to_a_test_event_is_there(house: House) -> None:
    line = house.line
    line.receiver.replies = [UNSIGNED, 204]
    for _number in range(2):
        test = line.operate(send_test_event, actor=line.officer)
        push_test(bureau_id=line.bureau.pk, test_id=test.pk)
    accepted, refused = (each.attempt for each in house.log().context["lines"])
    page = house.shown(attempt=refused.pk)
    for words in (
        "signature &lt;mismatch&gt;",
        "webhook-signature",
        f"…{line.receiver.secret.rstrip('=')[-4:]}=",
        "are kept for 7 days",
    ):
        assert words in page, words
    tries = house.log(attempt=accepted.pk).context["shown"].tries
    assert [each.pk for each in tries] == [accepted.pk], "each is one of its own"
    assert line.now().failing_since is None


def test_a_web_page_with_2xx_is_doubted(house: House) -> None:
    """A login page before the receiver answers 200: it counts as delivered, and log, test event and its page say so."""
    line = house.line
    page = (200, {"content-type": "text/html"}, b"<!DOCTYPE html><title>Log in</title>")
    line.receiver.replies = [page, (200, {"content-type": "text/html"}, b"ok")]
    line.write(2)
    line.push()
    assert (line.now().last_delivered, line.now().failing_since) == (2, None)
    first, second = (each.attempt.pk for each in reversed(house.log().context["lines"]))
    assert "probably a login page or a proxy" in house.shown(attempt=first)
    assert "login page" not in house.shown(attempt=second), "some receivers call a plain answer HTML"
    line.receiver.replies = [page]
    test = line.operate(send_test_event, actor=line.officer)
    push_test(bureau_id=line.bureau.pk, test_id=test.pk)
    shown = house.officer.get(f"/deliveries/mine/{line.pk}/test/{test.pk}/").content.decode()
    assert "Accepted: HTTP 200" in shown
    assert "probably a login page or a proxy" in shown


def test_a_test_event_is_not_said_to_be_tried_again(house: House) -> None:
    line = house.line
    line.receiver.replies = [500]
    test = line.operate(send_test_event, actor=line.officer)
    push_test(bureau_id=line.bureau.pk, test_id=test.pk)
    page = house.shown()
    assert "Not accepted" in page
    assert "tried again" not in page


def test_what_was_never_sent_was_not_erased(house: House) -> None:
    line = house.line
    line.write()
    line.change(allowed_hosts=["10.9.9.9"])
    line.push()
    page = house.shown()
    assert "no longer kept" not in page
    assert line.attempts()[0].fault == "address"
    assert "Nothing was sent" in page
    for fields in ({"status": 500, "fault": "status"}, {"outcome": "delivered", "fault": "", "status": 204}):
        old = AttemptFactory(  # as one from before requests were kept
            bureau=line.bureau,
            department=line.department,
            subscription=line.row,
            sequence=1,
            at=timezone.now(),
            **fields,
        )
        page = house.shown(attempt=old.pk)
        assert "Nothing was sent" not in page
        assert "were not kept" in page


def test_the_log_is_narrowed(house: House) -> None:
    line = house.line
    line.write(3)
    line.receiver.replies = [204, 500]
    line.push()
    numbers = {
        "": {1, 2},
        "failed": {2},
        "delivered": {1},
        "skipped": set(),
        "test": set(),
    }
    for show, found in numbers.items():
        rows = house.log(state=show).context["lines"]
        assert {each.attempt.sequence for each in rows} == found, show
    today = timezone.localdate()
    assert len(house.log(day=today.isoformat(), message=2).context["lines"]) == 1
    for other_day in ((today - dt.timedelta(days=1)).isoformat(), "9999-12-31", "0001-01-01"):
        assert house.log(day=other_day).context["lines"] == []
    for wrong in ({"state": "nonsense"}, {"day": "x"}, {"message": "x"}):
        answer = house.log(**wrong)
        assert (answer.status_code, answer.context["lines"]) == (200, [])
        assert answer.context["invalid"]
    assert house.log(attempt=10**9).status_code == 404
    with receiving() as other:
        theirs = Line(other, BureauFactory())
        theirs.write()
        theirs.push()
        assert house.log(attempt=theirs.attempts()[0].pk).status_code == 404
        assert house.officer.get(f"/deliveries/mine/{theirs.pk}/log/").status_code == 404


def test_the_department_mends_it_by_itself(house: House) -> None:
    line = house.line
    line.write(3)
    line.receiver.replies = [500, 410]
    line.push()
    assert house.act("retry") == 302
    line.push()
    assert line.now().paused_why == "gone"
    assert "Resume with No. 1" in house.shown()
    assert house.act("resume") == 302
    line.receiver.replies = [422]
    line.push()
    assert house.act("skip", sequence=1) == 422
    assert house.act("skip", sequence=1, reason="Our parser cannot read it") == 302
    line.push()
    assert line.receiver.sequences == [2, 3]
    assert house.act("replay/1") == 302
    line.push()
    assert line.receiver.sequences == [2, 3, 1]
    page = house.shown()
    assert "Push log: everything was delivered" in page
    assert "btn-primary" not in page.partition('id="results"')[2], "nothing needs to be done"
    with line.scope():
        acts = set(AuditEntry.objects.values_list("action", flat=True))
    assert {AuditAction.RETRY_NOW, AuditAction.RESUME_PUSH, AuditAction.SKIP_MESSAGE} <= acts
    line.push()
    assert house.act("replay/9") == 302, "refused with a sentence"
    assert line.now().again == []
    path = f"/deliveries/mine/{line.pk}/replay/"
    for first, last, where, words in (
        (9, "", "from_sequence", "Message 9 was not written yet: the last one is 3."),
        (1, 9, "to_sequence", "The last message that was delivered is No. 3."),
        (3, 2, "to_sequence", "The last number is smaller than the first."),
    ):
        form = house.officer.post(path, {"from_sequence": first, "to_sequence": last}).context["form"]
        assert form.errors == {where: [words]}
    assert house.notices(house.supervisor)[-1] == "subscription.resume.bureau"


def test_a_secret_is_rotated_without_loss(house: House) -> None:
    line = house.line
    line.write()
    line.push()
    new = line.operate(rotate_secret, actor=line.officer)
    line.write()
    line.push()
    again = house.officer.get(f"/deliveries/mine/{line.pk}/secret/").content.decode()
    assert f"the older secret (…{line.now().previous_hint}=) stops signing at once" in again
    page = house.shown()
    assert "signs too until" in page
    assert "No. 2 was signed with both." in page
    line.receiver.secret = new
    assert house.act("old-secret") == 302
    line.write()
    line.push()
    assert line.receiver.sequences == [1, 2, 3]
    assert "signs too until" not in house.shown()


def test_late_and_ending_are_told_once(house: House) -> None:
    line = house.line
    line.write()
    line.operate(rotate_secret, actor=line.officer)
    line.receiver.replies = [500]
    line.push()
    for _again in range(2):
        warn_of_late(bureau_id=line.bureau.pk)
        warn_of_ending_secrets(bureau_id=line.bureau.pk)
    assert house.notices(house.officer).count(CauseCode.LATE) == 0, "not yet an hour"
    line.change(failing_since=timezone.now() - dt.timedelta(minutes=61))
    for _again in range(2):
        warn_of_late(bureau_id=line.bureau.pk)
    found = house.notices(house.officer)
    assert (found.count(CauseCode.LATE), found.count(CauseCode.SECRET_ENDS)) == (1, 1)
    line.change(failing_since=timezone.now() - dt.timedelta(minutes=62), paused_why="gone")
    warn_of_late(bureau_id=line.bureau.pk)
    assert house.notices(house.officer).count(CauseCode.LATE) == 1, "its pause was told"
    assert house.notices(house.operator).count(CauseCode.LATE_PLATFORM) == 1


def test_the_log_has_as_many_statements_with_many_attempts(
    house: House, django_assert_max_num_queries: Any
) -> None:
    line = house.line
    line.write(2)
    line.push()
    line.operate(rotate_secret, actor=line.officer)
    line.write(2)
    line.receiver.replies = [204, 500]
    line.push()
    with line.scope():
        row = line.attempts()[0]
        Attempt.objects.bulk_create(
            Attempt(
                bureau_id=row.bureau_id,
                department_id=row.department_id,
                subscription_id=row.subscription_id,
                sequence=number % 2 + 1,
                message_id=row.message_id,
                at=row.at,
                outcome="failed",
                fault="timeout",
            )
            for number in range(300)
        )
    with django_assert_max_num_queries(20):  # 18, with the savepoint of the request
        assert len(house.log().context["lines"]) == 20
    assert len(house.log().context["shown"].tries) == 6
