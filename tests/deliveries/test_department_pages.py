"""The pages of a department: inbox and message; permissions, refusals, number of queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deliveries.choices import AuditAction
from deliveries.models import Event, Receipt, Subscription
from foundation.accounts.choices import Role
from ratings.operations import correct_ratings
from tests.deliveries.department_desk import Desk, person, rating
from tests.factories import (
    AttemptFactory,
    DepartmentFactory,
    EnterpriseFactory,
    StationFactory,
    SubscriptionFactory,
)
from tests.ratings.conftest import Case, standard


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def test_a_page_that_does_not_exist_advises_nobody_to_ask_where_they_see_nothing(desk: Desk) -> None:
    """A department can neither search the register nor another station."""
    answer = desk.get("message", desk.row.pk, 99)
    assert answer.status_code == 404
    assert "another station" not in answer.content.decode()
    chief = person(Role.SUPERVISOR, bureau=desk.bureau).get("/enterprises/999999999/")
    assert "another station may be responsible" in chief.content.decode()


# --- a message, from the publication to the answer ---------------------------------------------------------------


def test_a_quarter_arrives_with_its_reasons_and_is_answered(case: Case) -> None:
    case.adopt(standard())
    worse, same = case.enterprise(name="宏远机械"), case.enterprise(name="安泰化工")
    for period, colour in (("2026Q2", "green"), ("2026Q3", "red")):
        case.deserve(worse, period, colour)
        case.deserve(same, period, "green")
    case.rate("2026Q2")
    desk = Desk(bureau=case.bureau)
    case.rate("2026Q3")

    receipt = desk.receipt()
    assert (receipt.cause, receipt.part, receipt.parts) == ("regular", 1, 1)
    assert receipt.colours == {"green": 1, "yellow": 0, "red": 1, "grey": 0}
    assert (receipt.worse, receipt.better) == (1, 0)
    page = desk.shown("inbox")
    assert "2 ratings, 1 red, 1 worse than before" in page
    assert "Waiting for you" in page
    assert '<span class="side-badge">1' in page.replace("\n", "")

    page = desk.shown("message", desk.row.pk, 1)
    assert page.index("宏远机械") < page.index("安泰化工"), "who fell comes first"
    assert "Trainings" in page, "the words of the standard"
    assert "by its score" in page

    assert desk.post("acknowledge", desk.row.pk, 1).status_code == 302
    answered = desk.client.get(reverse("deliveries:message", args=[desk.row.pk, 1]))
    assert "Acknowledged. The bureau sees that you have read it." in answered.content.decode()
    receipt = desk.receipt()
    assert receipt.acknowledged_at
    assert desk.post("acknowledge", desk.row.pk, 1).status_code == 302
    assert "has already acknowledged this message" in desk.shown("inbox")
    assert desk.acts(AuditAction.ACKNOWLEDGE_MESSAGE) == 1
    assert desk.receipt().acknowledged_at == receipt.acknowledged_at

    for _twice in range(2):
        assert desk.give_feedback("已约谈企业负责人").status_code == 302
    assert desk.acts(AuditAction.GIVE_FEEDBACK) == 1
    page = desk.shown("message", desk.row.pk, 1)
    assert "已约谈企业负责人" in page
    assert receipt.acknowledged_by_name in page
    assert "Answered" in desk.shown("inbox")
    assert "side-badge" not in desk.shown("inbox")


def test_a_correction_says_what_it_replaces(case: Case) -> None:
    case.adopt(standard(movement=""))
    enterprise = case.enterprise(name="corrected")
    case.deserve(enterprise, "2026Q3", "red")
    desk = Desk(bureau=case.bureau)
    regular = case.rate("2026Q3")
    case.deserve(enterprise, "2026Q3", "green")
    case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Zhang San had quarrelled"))
    receipt = desk.receipt(2)
    assert (receipt.cause, receipt.worse, receipt.better, receipt.green) == ("correction", 0, 1, 1)
    page = " ".join(desk.shown("message", desk.row.pk, 2).split())
    assert "Correction" in page
    assert "sent before" in page
    assert "1 rating revised: 1 better than sent before" in page
    assert "Red</span> 10.0" in page
    assert "Zhang" not in page
    assert "Correction" in desk.shown("inbox")


def test_a_receipt_counts_its_ratings(case: Case) -> None:
    case.adopt(standard(movement=""))
    steps = (("green", "red"), ("yellow", "green"), ("red", "green"), ("grey", "yellow"), ("green", "grey"))
    for before, now in steps:
        enterprise = case.enterprise()
        case.deserve(enterprise, "2026Q2", before)
        case.deserve(enterprise, "2026Q3", now)
    case.rate("2026Q2")
    desk = Desk(bureau=case.bureau)
    case.rate("2026Q3")
    with desk.scope():
        (told,) = Receipt.objects.values("green", "yellow", "red", "grey", "worse", "better")
    assert told == {"green": 2, "yellow": 1, "red": 1, "grey": 1, "worse": 1, "better": 2}


# --- the inbox ----------------------------------------------------------------------------------------------------


def test_the_inbox_is_narrowed_and_searched(desk: Desk) -> None:
    other = SubscriptionFactory(department=desk.department, title="Second row")
    desk.write(rating("宏远机械"), period_code="2026Q1")
    desk.write(rating("安泰化工", "green", credit_code="91440300MA5TEST001"), period_code="2026Q2")
    desk.write(
        rating("宏远机械", "green"),
        row=other,
        period_code="2026Q2",
        kind="rating.revised",
        cause="correction",
    )
    desk.post("acknowledge", desk.row.pk, 1)

    def found(**query: Any) -> list[tuple[int, int]]:
        rows = desk.get("inbox", **query).context["page_obj"]
        return [(row.subscription_id, row.sequence) for row in rows]

    first, second, third = (desk.row.pk, 1), (desk.row.pk, 2), (other.pk, 1)
    assert found() == [third, second, first]
    assert found(state="waiting") == [third, second]
    assert found(state="unanswered") == [first]
    assert found(subscription=other.pk) == [third]
    assert found(quarter="2026Q2") == [third, second]
    assert found(kind="rating.revised") == [third]
    assert found(q="宏远") == [third, first]
    for typed in ("ma5test", "ＭＡ５ＴＥＳＴ", "91440300-ma5t-est001", "9144 0300 MA5T", "MA5\u200bTEST"):
        assert found(q=typed) == [second], typed
    assert found(q="Harbour", quarter="2026Q1") == [first]
    for nothing in ("group_codes", "previous_colour", ".*", "%", '"', "\\", "(", "[a", "宏.机"):
        assert found(q=nothing) == [], nothing


def test_invalid_parameters_break_nothing(desk: Desk) -> None:
    desk.write(rating())
    inbox = reverse("deliveries:inbox")
    assert "1 rating, 1 red" in desk.client.get(inbox + "?page=zz&sort=-x").content.decode()
    for query in ("state=zz", "state=unread&state=read", "subscription=x'", "quarter=%27", "kind=2", "q=%00"):
        shown = desk.client.get(f"{inbox}?{query}").content.decode()
        assert "A filter has an invalid value" in shown, query
        assert "1 rating, 1 red" not in shown
    message = reverse("deliveries:message", args=[desk.row.pk, 1])
    assert "宏远机械" in desk.client.get(f"{message}?show=red&page=-4").content.decode()
    for query in ("show=purple", "show=red&show=green", "q=%00"):
        shown = desk.client.get(f"{message}?{query}").content.decode()
        assert "A filter has an invalid value" in shown, query
        assert "宏远机械" not in shown
    for path in (f"{desk.row.pk}/{10**30}", f"{10**30}/1", f"{desk.row.pk}/0", f"{desk.row.pk}/2"):
        for act in ("", "raw/"):
            assert desk.client.get(f"/deliveries/inbox/{path}/{act}").status_code == 404
        for act in ("acknowledge/", "feedback/"):
            assert desk.client.post(f"/deliveries/inbox/{path}/{act}", {"text": "x"}).status_code == 404
    assert desk.client.get(f"/deliveries/mine/{10**30}/").status_code == 404
    assert desk.client.get(reverse("deliveries:acknowledge", args=[desk.row.pk, 1])).status_code == 405


def test_empty_pages_say_why(desk: Desk) -> None:
    assert "No messages yet" in desk.shown("inbox")
    desk.write(rating())
    desk.post("acknowledge", desk.row.pk, 1)
    assert "Nothing is waiting for you" in desk.shown("inbox", state="waiting")
    assert "Nothing matches these filters" in desk.shown("inbox", q="nobody")
    with desk.scope():
        Subscription.objects.all().update(active=False)
    assert "Ended" in desk.shown("my_subscriptions")
    without = DepartmentFactory(bureau=desk.bureau)
    client = person(Role.DEPARTMENT_OFFICER, bureau=desk.bureau, department=without)
    for name in ("inbox", "my_subscriptions"):
        assert "not subscribed to anything yet" in client.get(reverse(f"deliveries:{name}")).content.decode()


# --- the message --------------------------------------------------------------------------------------------------


def test_a_message_is_narrowed(desk: Desk) -> None:
    desk.write(
        rating("fell", "red", "green"),
        rating("rose", "green", "yellow"),
        rating("stayed", "red", "red"),
        rating("new", "yellow", None),
        rating("lost", "grey", "green", score=None, groups={"G": None}),
    )

    def names(**query: Any) -> list[str]:
        return [row.name for row in desk.get("message", desk.row.pk, 1, **query).context["page_obj"]]

    assert names() == ["fell", "stayed", "new", "lost", "rose"]
    assert names(show="worse") == ["fell"]
    assert names(show="better") == ["rose"]
    assert names(show="red") == ["fell", "stayed"]
    assert names(q="ROSE") == names(q="ｒｏｓｅ\u200b") == ["rose"]
    assert len(names(q="91350100-M000 100Y43")) == 5
    assert names(q="-") == names(q="91350100-M000 100Y44") == []
    assert names(q="harbour", show="grey") == ["lost"]
    assert desk.get("message", desk.row.pk, 1).context["counts"]["worse"] == 1


def test_codes_stay_codes_where_the_standard_cannot_be_read(desk: Desk) -> None:
    desk.write(
        rating(decided_by="F2", flags=["F2", "X1"], reasons=[{"criterion": "B2", "reason": "no_evidence"}])
    )
    page = desk.shown("message", desk.row.pk, 1)
    assert "The text of the standard is not available here" not in page, "the message names no standard"
    for word in ("F2", "X1", "B2", "(no evidence)", "38%", "61.5"):
        assert word in page


def test_neighbours_and_the_raw_message(desk: Desk) -> None:
    for _number in range(3):
        desk.write(rating())
    page = desk.shown("message", desk.row.pk, 2)
    for sequence in (1, 3):
        assert reverse("deliveries:message", args=[desk.row.pk, sequence]) in page
    assert 'rel="prev"' not in desk.shown("message", desk.row.pk, 1)
    assert 'rel="next"' not in desk.shown("message", desk.row.pk, 3)
    raw = desk.get("message_raw", desk.row.pk, 2)
    assert raw["Content-Type"].startswith("application/json")
    with desk.scope():
        assert raw.content.decode() == Event.objects.get(sequence=2).body


def test_what_two_officers_wrote_at_once_is_kept_in_order(desk: Desk) -> None:
    desk.write(rating())
    other = person(Role.DEPARTMENT_OFFICER, bureau=desk.bureau, department=desk.department)
    assert desk.give_feedback("Called the owner").status_code == 302
    path = reverse("deliveries:feedback", args=[desk.row.pk, 1])
    assert other.post(path, {"text": "Visited the works"}).status_code == 302
    page = desk.shown("message", desk.row.pk, 1)
    assert page.index("Called the owner") < page.index("Visited the works")
    assert desk.receipt().feedback == "Visited the works"


def test_invalid_feedback_is_shown_again(desk: Desk) -> None:
    desk.write(rating())
    for text, words in (("   ", "Say how far you are, or describe what was done."), ("长" * 4001, "4000")):
        answer = desk.give_feedback(text)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert text.strip() in answer.content.decode()
    assert desk.receipt().feedback == ""
    assert desk.receipt().acknowledged_at is None
    assert desk.give_feedback("长" * 4000).status_code == 302
    receipt = desk.receipt()
    assert (len(receipt.feedback), bool(receipt.acknowledged_at)) == (4000, True)
    assert desk.get("feedback", desk.row.pk, 1).status_code == 200


# --- who may ------------------------------------------------------------------------------------------------------

OF_MESSAGE = ("message", "message_raw", "acknowledge", "feedback")
OF_SUBSCRIPTION = ("my_subscription", "tune", "replay", "rotate_secret", "confirm_address")


def everywhere(desk: Desk) -> list[str]:
    paths = [reverse(f"deliveries:{name}", args=[desk.row.pk, 1]) for name in OF_MESSAGE]
    return paths + [reverse(f"deliveries:{name}", args=[desk.row.pk]) for name in OF_SUBSCRIPTION]


def test_another_department_finds_nothing(desk: Desk) -> None:
    desk.write(rating("secret works"))
    for stranger in (Desk(bureau=desk.bureau), Desk()):
        for path in everywhere(desk):
            for answer in (
                stranger.client.get(path),
                stranger.client.post(path, {"text": "x", "title": "x"}),
            ):
                assert answer.status_code in (404, 405), path
        for name in ("inbox", "my_subscriptions"):
            page = stranger.shown(name, q="secret", subscription=desk.row.pk)
            assert "secret works" not in page
            assert desk.row.title not in page
    assert desk.receipt().acknowledged_at is None
    for path in everywhere(desk):
        assert desk.client.get(path).status_code in (200, 302, 405), path


def test_everybody_else_is_refused(desk: Desk) -> None:
    desk.write(rating())
    station = StationFactory(bureau=desk.bureau)
    enterprise = EnterpriseFactory(station=station)
    others = [
        person(Role.OFFICER, bureau=desk.bureau, station=station),
        person(Role.CHIEF, bureau=desk.bureau, station=station),
        person(Role.SUPERVISOR, bureau=desk.bureau),
        person(Role.OPERATOR),
        person(
            Role.SECURITY_MANAGER,
            bureau=desk.bureau,
            station=station,
            enterprise_id=enterprise.pk,
            enterprise_name=enterprise.name,
        ),
    ]
    paths = [*everywhere(desk), reverse("deliveries:inbox"), reverse("deliveries:my_subscriptions")]
    for client in others:
        for path in paths:
            assert client.get(path).status_code in (403, 405), path
            assert client.post(path, {"text": "x"}).status_code in (403, 405), path
    assert "login" in Client().get(paths[0]).headers["Location"]
    receipt = desk.receipt()
    assert (receipt.acknowledged_at, receipt.feedback) == (None, "")


# --- what it costs ------------------------------------------------------------------------------------------------


def statements(desk: Desk, name: str, *args: Any, **query: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        desk.shown(name, *args, **query)
    return len(caught)


def test_pages_cost_the_same_however_much_they_show(desk: Desk) -> None:
    desk.write(rating())
    AttemptFactory(bureau=desk.bureau, department=desk.department, subscription=desk.row, outcome="failed")
    desk.shown("inbox")  # the first page of a session saves it
    few = {
        "inbox": statements(desk, "inbox"),
        "searched": statements(desk, "inbox", q="宏远", state="waiting"),
        "message": statements(desk, "message", desk.row.pk, 1),
        "my_subscriptions": statements(desk, "my_subscriptions"),
        "my_subscription": statements(desk, "my_subscription", desk.row.pk),
    }
    station = StationFactory(bureau=desk.bureau)
    for _number in range(4):
        row = SubscriptionFactory(department=desk.department, stations=[station.pk])
        for _message in range(8):
            desk.write(rating(), row=row)
    AttemptFactory.create_batch(
        30, bureau=desk.bureau, department=desk.department, subscription=desk.row, outcome="failed"
    )
    long = desk.write(*(rating(f"Works {number}") for number in range(120)))
    many = {
        "inbox": statements(desk, "inbox"),
        "searched": statements(desk, "inbox", q="宏远", state="waiting"),
        "message": statements(desk, "message", desk.row.pk, long.sequence),
        "my_subscriptions": statements(desk, "my_subscriptions"),
        "my_subscription": statements(desk, "my_subscription", desk.row.pk),
    }
    assert many["my_subscriptions"] <= few["my_subscriptions"] + 1, "the names of stations, once"
    del few["my_subscriptions"], many["my_subscriptions"]
    assert many == few
    assert max(many["inbox"], many["searched"]) <= 12
    assert max(many["message"], many["my_subscription"]) <= 18
    assert "Works 119" in desk.shown("message", desk.row.pk, long.sequence, page=6)


# --- what is typed -----------------------------------------------------------------------------------------------
def test_a_line_break_counts_once_as_in_the_browser(desk: Desk) -> None:
    desk.write(rating())
    text = "\r\n".join(["x" * 38] * 100) + "\r\n" + "y" * 100  # 4,000 characters with LF, 4,100 with CR LF
    assert desk.give_feedback(text).status_code == 302
    kept = desk.receipt().feedback
    assert len(kept) == 4000
    assert "\r" not in kept
    assert desk.give_feedback(text + "z").status_code == 422


@pytest.mark.parametrize("query", [{"q": "x" * 101}, {"q": "a\x00b"}, {"subscription": "999"}])
def test_invalid_filters_are_reported_at_their_field(desk: Desk, query: dict[str, str]) -> None:
    desk.write(rating())
    assert "field-error" in desk.shown("inbox", **query)
    assert "field-error" not in desk.shown("inbox")
