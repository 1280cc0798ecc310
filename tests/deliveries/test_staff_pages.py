"""The pages of the bureau's supervisor, and who may open which of the deliveries' staff pages."""

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deliveries.choices import AuditAction
from deliveries.models import Subscription
from deliveries.sealing import unseal
from foundation.accounts.choices import Role
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.deliveries.desks import (
    PAGES_OF_BUREAU,
    PAGES_OF_DELIVERY,
    PAGES_OF_SUBSCRIPTION,
    PUSHED,
    Desk,
    desk,
    words,
)
from tests.factories import (
    DepartmentFactory,
    EnterpriseFactory,
    EvaluationFactory,
    RatingFactory,
    ReceiptFactory,
    SubscriptionFactory,
)
from tests.fixtures import City

__all__ = ["desk"]


# --- who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.CHIEF, Role.SECURITY_MANAGER, Role.DEPARTMENT_OFFICER, Role.OPERATOR]
)
def test_only_the_supervisor_manages_subscriptions(desk: Desk, role: str) -> None:
    for name in PAGES_OF_BUREAU:
        assert desk.get(role, name).status_code == 403, name
    for name in PAGES_OF_SUBSCRIPTION:
        assert desk.get(role, name, desk.row.pk).status_code == 403, name
    data = {"title": "Mine", "department": desk.department.pk, "version": 1, "reason": "Because"}
    assert desk.post(role, "subscription_create", **data).status_code == 403
    assert desk.post(role, "subscription_preview", **data).status_code == 403
    assert desk.post(role, "subscription_edit", desk.row.pk, **data).status_code == 403
    assert desk.post(role, "subscription_end", desk.row.pk, **data).status_code == 403
    assert [row.title for row in desk.all()] == ["Reds"]
    assert desk.now().active
    assert desk.log() == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CHIEF, Role.SUPERVISOR, Role.DEPARTMENT_OFFICER])
def test_only_the_operator_manages_the_push(desk: Desk, role: str) -> None:
    assert desk.get(role, "board").status_code == 403
    data = {
        "reason": "Because",
        "sequence": 1,
        "from_sequence": 1,
        "version": 1,
        "url": "https://evil.example/",
    }
    for name in PAGES_OF_DELIVERY:
        assert desk.get(role, name, desk.row.pk).status_code == 403, name
        assert desk.post(role, name, desk.row.pk, **data).status_code in (403, 405), name
    assert (desk.now().url, desk.now().paused_why) == (PUSHED["url"], "")
    assert desk.log() == []


def test_the_other_bureau_is_not_found(desk: Desk) -> None:
    foreign = SubscriptionFactory(
        department=DepartmentFactory(bureau=desk.city.other_bureau), title="Foreign"
    )
    for name in PAGES_OF_SUBSCRIPTION:
        assert desk.get(Role.SUPERVISOR, name, foreign.pk).status_code == 404, name
    data = {"title": "Taken over", "version": 1, "reason": "Because"}
    for name in ("subscription_edit", "subscription_end"):
        assert desk.post(Role.SUPERVISOR, name, foreign.pk, **data).status_code == 404, name
    for name in ("subscriptions", "receipts"):
        assert "Foreign" not in words(desk.get(Role.SUPERVISOR, name, department=foreign.department_id))
    answer = desk.post(Role.SUPERVISOR, "subscription_create", title="T", department=foreign.department_id)
    assert answer.status_code == 422
    assert "department" in answer.context["form"].errors
    with station_scope(Scope(NO_STATION, bureau=desk.city.other_bureau.pk, audience=Audience.SYSTEM)):
        assert Subscription.objects.get(pk=foreign.pk).title == "Foreign"


@pytest.mark.parametrize("number", [0, 10**9, 10**25])
def test_what_does_not_exist_is_not_found(desk: Desk, number: int) -> None:
    for name in PAGES_OF_SUBSCRIPTION:
        assert desk.get(Role.SUPERVISOR, name, number).status_code == 404
    for name in PAGES_OF_DELIVERY:
        assert desk.get(Role.OPERATOR, name, number).status_code == 404


# --- the supervisor ---------------------------------------------------------------------------------------------------
def test_departments_and_what_became_of_their_messages(desk: Desk) -> None:
    now = timezone.now()
    desk.told(delivered_at=now, acknowledged_at=now, feedback="Visited.", feedback_at=now)
    desk.told(delivered_at=now)
    desk.told()
    DepartmentFactory(bureau=desk.city.bureau, name="Labour bureau")
    answer = desk.get(Role.SUPERVISOR, "subscriptions")
    (line,) = answer.context["lines"]
    (overview,) = line.live
    figures = overview.figures
    assert (figures.written, figures.delivered, figures.acknowledged, figures.answered) == (3, 2, 1, 1)
    page = words(answer)
    assert "Only these colours: Red." in page
    assert "Labour bureau" in page
    assert "Not subscribed yet" in page
    assert not answer.context["alarms"]
    desk.change(paused_why="gone", paused_at=now)
    page = words(desk.get(Role.SUPERVISOR, "subscriptions"))
    assert "One push is failing." in page
    assert "this address is permanently gone" in page


def test_an_empty_bureau_says_what_to_do_first(city: City) -> None:
    desk = Desk(city, None, None)
    assert "The platform operator adds departments" in words(desk.get(Role.SUPERVISOR, "subscriptions"))
    DepartmentFactory(bureau=city.bureau)
    page = words(desk.get(Role.SUPERVISOR, "subscriptions"))
    assert "No department is subscribed yet" in page
    assert reverse("deliveries:subscription_create") in page
    assert "No messages yet" in words(desk.get(Role.SUPERVISOR, "receipts"))
    assert "No department is subscribed yet" in words(desk.get(Role.OPERATOR, "board"))


def test_a_subscription_with_its_receipts(desk: Desk) -> None:
    now = timezone.now()
    desk.told(
        size=12,
        red=12,
        delivered_at=now,
        acknowledged_at=now,
        acknowledged_by_name="Wang Fang",
        feedback="<b>Visited</b> all twelve.",
        feedback_at=now,
        feedback_by_name="Li Na",
    )
    desk.tried(outcome="failed", fault="status", status=503)
    page = words(desk.get(Role.SUPERVISOR, "subscription", desk.row.pk))
    for part in ("Wang Fang", "Li Na", "&lt;b&gt;Visited", "Failed, tried again: HTTP 503", "12 ratings"):
        assert part in page, part
    assert unseal(desk.row.sealed_secret) not in page
    assert desk.row.sealed_secret not in page


def test_subscribing_a_department(desk: Desk) -> None:
    first, second = desk.city.first, desk.city.second
    opened = desk.get(Role.SUPERVISOR, "subscription_create", department=desk.department.pk)
    assert f'value="{desk.department.pk}" selected' in words(opened)
    answer = desk.post(
        Role.SUPERVISOR,
        "subscription_create",
        department=desk.department.pk,
        title=" Worse ",
        whole_bureau="false",
        stations=[second.pk],
        sections=["C"],
        codes="c26，Ｄ４５",
        colours=["red", "yellow"],
        transitions=["*>red", "none>*", "*>*"],
    )
    made = desk.all()[-1]
    assert answer.url == reverse("deliveries:subscription", args=[made.pk])
    assert (made.title, made.stations, made.industries) == ("Worse", [second.pk], ["C", "C26", "D45"])
    assert (made.colours, made.transitions, made.url) == (["red", "yellow"], ["*>red", "none>*"], "")
    page = words(desk.get(Role.SUPERVISOR, "subscription", made.pk))
    assert f"Only these police stations: {second.name}." in page
    assert f"{first.name}." not in page
    assert [entry.action for entry in desk.log()] == [AuditAction.CREATE_SUBSCRIPTION]
    assert "whsec_" not in str([entry.after for entry in desk.log()])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"department": ""}, "department"),
        ({"department": "nonsense"}, "department"),
        ({"whole_bureau": ""}, "whole_bureau"),
        ({"whole_bureau": "maybe"}, "whole_bureau"),
        ({"whole_bureau": "false"}, "stations"),
        ({"stations": ["999999"]}, "stations"),
        ({"stations": ["x"]}, "stations"),
        ({"stations": ["9" * 40]}, "stations"),
        ({"codes": "34"}, "codes"),
        ({"codes": "C3 4"}, "codes"),
        ({"codes": "Z01"}, "codes"),
        ({"sections": ["Z"]}, "sections"),
        ({"colours": ["blue"]}, "colours"),
        ({"transitions": ["red>none"]}, "transitions"),
        ({"transitions": ["\x00"]}, "transitions"),
    ],
)
def test_invalid_values_are_reported_at_their_field_and_nothing_is_lost(
    desk: Desk, change: dict, name: str
) -> None:
    data = {
        "department": desk.department.pk,
        "whole_bureau": "true",
        "title": "Kept words",
        "colours": ["red"],
    } | change
    answer = desk.post(Role.SUPERVISOR, "subscription_create", **data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    if "title" not in change:
        assert "Kept words" in words(answer)
    assert len(desk.all()) == 1


def test_a_form_sent_twice_subscribes_once(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    data = {"department": desk.department.pk, "whole_bureau": "true", "title": "Once"}
    assert desk.post(Role.SUPERVISOR, "subscription_create", **data).status_code == 302
    again = desk.post(Role.SUPERVISOR, "subscription_create", **data)
    assert again.status_code == 422
    assert "already has a subscription with this title" in words(again)
    assert [row.title for row in desk.all()] == ["Reds", "Once"]
    data = {
        "department": desk.department.pk,
        "whole_bureau": "true",
        "title": "By key",
        "form_key": str(uuid.uuid4()),
    }
    with django_capture_on_commit_callbacks(execute=True):
        first = desk.post(Role.SUPERVISOR, "subscription_create", **data)
    second = desk.post(Role.SUPERVISOR, "subscription_create", **data)
    assert first.url == second.url == reverse("deliveries:subscription", args=[desk.all()[-1].pk])
    assert [row.title for row in desk.all()] == ["Reds", "Once", "By key"]


def test_two_supervisors_at_once(desk: Desk) -> None:
    opened = desk.get(Role.SUPERVISOR, "subscription_edit", desk.row.pk)
    assert 'name="version" value="1"' in words(opened)
    assert re.search(r'name="colours" value="red"[^>]* checked', words(opened))
    data = {"whole_bureau": "true", "title": "First", "colours": ["red"], "sections": ["C"], "version": 1}
    assert desk.post(Role.SUPERVISOR, "subscription_edit", desk.row.pk, **data).status_code == 302
    late = desk.post(
        Role.SUPERVISOR, "subscription_edit", desk.row.pk, **data | {"title": "Second", "codes": "D45"}
    )
    assert late.status_code == 422
    title, industries = late.context["others"]
    assert title == ("Title", "First", "Second")
    assert [words.split()[0] for words in industries[1:]] == ["C", "C"]
    assert "D45" in industries[2]
    assert "Someone else changed the subscription in the meantime" in words(late)
    assert "Second" in words(late)
    assert desk.now().title == "First"
    assert 'name="version" value="2"' in words(late)
    again = desk.post(
        Role.SUPERVISOR, "subscription_edit", desk.row.pk, **data | {"title": "Second", "version": 2}
    )
    assert again.status_code == 302
    assert desk.now().title == "Second"


def test_the_form_shows_what_it_stores(desk: Desk) -> None:
    """Saving it unchanged changes nothing: the form has every value that is stored."""
    stored = {
        "stations": [desk.city.second.pk],
        "industries": ["B", "C26"],
        "colours": ["green", "grey"],
        "transitions": ["*>red", "green>green", "none>*"],
    }
    desk.change(**stored, whole_bureau=False)
    form = desk.get(Role.SUPERVISOR, "subscription_edit", desk.row.pk).context["form"]
    shown = {field.name: field.value() for field in form}
    answer = desk.post(Role.SUPERVISOR, "subscription_edit", desk.row.pk, **shown)
    assert answer.status_code == 302
    assert {name: getattr(desk.now(), name) for name in stored} == stored


def test_ending_needs_a_reason_and_is_final(desk: Desk) -> None:
    asked = desk.get(Role.SUPERVISOR, "subscription_end", desk.row.pk)
    assert "Fire brigade gets no more messages" in words(asked)
    assert desk.post(Role.SUPERVISOR, "subscription_end", desk.row.pk, reason=" ").status_code == 422
    assert desk.now().active
    assert (
        desk.post(Role.SUPERVISOR, "subscription_end", desk.row.pk, reason="Reorganised").status_code == 302
    )
    again = desk.post(Role.SUPERVISOR, "subscription_end", desk.row.pk, reason="Again")
    assert again.status_code == 422
    assert "already ended" in words(again)
    assert not desk.now().active
    assert [(entry.action, entry.reason) for entry in desk.log()] == [
        (AuditAction.END_SUBSCRIPTION, "Reorganised")
    ]
    assert desk.get(Role.SUPERVISOR, "subscription_edit", desk.row.pk).status_code == 302
    data = {"whole_bureau": "true", "title": "Back again", "version": desk.now().version}
    late = desk.post(Role.SUPERVISOR, "subscription_edit", desk.row.pk, **data)
    assert late.status_code == 422
    assert "already ended" in words(late)
    assert desk.now().title == "Reds"
    assert "One ended subscription" in words(desk.get(Role.SUPERVISOR, "subscriptions"))


def test_an_act_as_a_dialog(desk: Desk) -> None:
    url = reverse("deliveries:subscription_end", args=[desk.row.pk])
    client = desk.client(Role.SUPERVISOR)
    dialog = client.get(url, headers={"HX-Request": "true"})
    assert "<html" not in words(dialog)
    assert client.post(url, {"reason": ""}, headers={"HX-Request": "true"}).status_code == 422
    done = client.post(url, {"reason": "Reorganised"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == reverse("deliveries:subscription", args=[desk.row.pk])


@pytest.mark.parametrize(
    ("chosen", "number"),
    [
        ({}, 3),
        ({"colours": ["red"]}, 2),
        ({"codes": "C34"}, 1),
        ({"sections": ["C"]}, 2),
        ({"transitions": ["green>red"]}, 1),
        ({"transitions": ["none>*"]}, 1),
        ({"transitions": ["*>red"]}, 2),
        ({"stations": "second"}, 1),
    ],
)
def test_the_preview_shows_what_would_have_been_sent(desk: Desk, chosen: dict, number: int) -> None:
    run = EvaluationFactory(bureau=desk.city.bureau, period_code="2026Q1", kind="regular", state="complete")
    for station, industry, colour, before in (
        (desk.city.first, "C3411", "red", "green"),
        (desk.city.first, "C2600", "red", ""),
        (desk.city.second, "F5100", "yellow", "yellow"),
    ):
        enterprise = EnterpriseFactory(station=station, industry_code=industry)
        RatingFactory(
            enterprise=enterprise, evaluation=run, period_code="2026Q1", colour=colour, previous_colour=before
        )
    chosen = {"whole_bureau": "true"} | chosen
    if "stations" in chosen:
        chosen = {"whole_bureau": "false", "stations": [desk.city.second.pk]}
    answer = desk.post(Role.SUPERVISOR, "subscription_preview", **chosen)
    assert answer.context["counted"] == ("2026Q1", number)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"codes": "C26;zz"}, "ZZ is not an industry code"),
        ({"codes": "C 26"}, "26 is not an industry code"),
        ({"colours": ["blue"]}, "blue is not one of the available choices"),
        ({"stations": "elsewhere"}, "is not one of the available choices"),
        ({"colours": ["green"], "transitions": ["*>red", "green>yellow"]}, "Nothing can ever match"),
    ],
)
def test_the_preview_gives_no_figure_for_invalid_filters(desk: Desk, chosen: dict, told: str) -> None:
    run = EvaluationFactory(bureau=desk.city.bureau, period_code="2026Q1", kind="regular", state="complete")
    RatingFactory(enterprise=EnterpriseFactory(station=desk.city.first), evaluation=run, period_code="2026Q1")
    if "stations" in chosen:
        chosen = {"whole_bureau": "false", "stations": [desk.city.elsewhere.pk]}
    page = words(desk.post(Role.SUPERVISOR, "subscription_preview", **chosen))
    assert told in page
    assert "would have been sent" not in page
    assert "All industries" not in page or "transitions" in chosen
    assert desk.city.elsewhere.name not in page
    again = desk.post(
        Role.SUPERVISOR, "subscription_create", title="T", department=desk.department.pk, **chosen
    )
    assert told in words(again) or again.status_code == 302


@pytest.mark.parametrize("transitions", [["*>green"], ["red>*"], ["*>red", "yellow>green"]])
def test_filters_that_some_rating_can_fit_are_no_contradiction(desk: Desk, transitions: list[str]) -> None:
    chosen = {"colours": ["green"], "transitions": transitions}
    assert "Nothing can ever match" not in words(desk.post(Role.SUPERVISOR, "subscription_preview", **chosen))


def test_receipts_by_department_quarter_and_stage(desk: Desk) -> None:
    other = SubscriptionFactory(department=DepartmentFactory(bureau=desk.city.bureau), title="Others")
    now = timezone.now()
    desk.told(period_code="2026Q1", delivered_at=now, acknowledged_at=now)
    desk.told(period_code="2026Q2", delivered_at=now, acknowledged_at=now, feedback="Done", feedback_at=now)
    desk.told(period_code="2026Q2")
    ReceiptFactory(bureau=desk.city.bureau, department=other.department, subscription=other)

    def count(**query: Any) -> int:
        answer = desk.get(Role.SUPERVISOR, "receipts", **query)
        assert answer.status_code == 200
        return answer.context["page_obj"].paginator.count

    assert count() == 4
    assert count(department=desk.department.pk) == 3
    assert count(period="2026Q2") == 2
    assert count(state="undelivered") == 1  # a department that fetches gets no push
    assert count(state="unacknowledged") == 2
    assert count(state="unanswered") == 3
    assert count(state="answered", department=desk.department.pk) == 1
    for nonsense in ({"department": "x"}, {"period": "\x00"}, {"state": "x"}, {"department": "9" * 30}):
        assert count(**nonsense) == 0
    assert count(page="nonsense") == 4


# --- what a page costs ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 25])
def test_the_pages_cost_the_same(desk: Desk, rows: int, django_assert_max_num_queries: Any) -> None:
    now = timezone.now()
    for number in range(rows):
        department = DepartmentFactory(bureau=desk.city.bureau)
        SubscriptionFactory(department=department, title=f"S{number}", failing_since=now, **PUSHED)
        desk.told(delivered_at=now, feedback="Done", feedback_at=now)
        desk.tried()
    EvaluationFactory(bureau=desk.city.bureau, kind="regular", state="complete")
    # one looks for the view that opens first, once in ten minutes
    pages = [(Role.SUPERVISOR, name, (), 13) for name in PAGES_OF_BUREAU]
    pages += [(Role.SUPERVISOR, name, (desk.row.pk,), 18) for name in PAGES_OF_SUBSCRIPTION]
    pages += [(Role.OPERATOR, "board", (), 14)]  # one counts unread messages, once a minute
    pages += [(Role.OPERATOR, name, (desk.row.pk,), 18) for name in PAGES_OF_DELIVERY]
    for role, name, arguments, most in pages:
        desk.get(role, "subscriptions")  # so that session and user are loaded before counting
        with django_assert_max_num_queries(most):
            assert desk.get(role, name, *arguments).status_code == 200, name
