"""Orders about many hazards at once: one for each enterprise, each hazard under its own rules, numbers without gap."""

import re
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError

from foundation.accounts.operations import edit_profile
from foundation.bulk import operations, tasks
from foundation.bulk.models import BulkRun
from foundation.inbox.notifying import system_scope
from foundation.tenancy.scope import station_scope
from inspections import orders, orders_of_many
from inspections.bulk import IssueOrders
from inspections.models import Hazard
from papers.models import Paper
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory, LetterheadFactory
from tests.facts.people import Person, ago, ahead, officer, rows, today
from tests.fixtures import City, scope_of

BOARD, LIST = "inspections:hazard_board", "inspections:hazards"
KEY = "8d3f9f0a-1111-4222-8333-444455556699"


def said(**more: Any) -> dict[str, Any]:
    return {
        "basis": orders.BASIS,
        "measures": "每日巡查。",
        "certificate_shown": "on",
        "form_key": KEY,
        **more,
    }


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """No task is sent."""
    monkeypatch.setattr(tasks.work, "delay", found := Mock())
    return found


@pytest.fixture
def police(city: City) -> Person:
    LetterheadFactory(bureau=city.bureau, station=city.first, abbreviation="东公（开）")
    person = officer(city.first, "Li Shan")
    person.act(edit_profile, police_number="041267")
    return person


def firms(city: City, *names: str) -> list[Any]:
    return [EnterpriseFactory(station=city.first, name=name) for name in names]


def hazard(enterprise: Any, item: str, **fields: Any) -> Hazard:
    begins: dict[str, Any] = {"found_on": ago(3), "due_on": ahead(9), "found_by": "Li Shan"}
    made: Hazard = HazardFactory(enterprise=enterprise, item=item, **begins | fields)
    return made


def post(person: Person, page: str, picked: list[Hazard], **fields: Any) -> Any:
    return person.post(page, bulk="order", picking="1", pick=[each.pk for each in picked], **fields)


def mark_in(answer: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert found
    return found[1]


def papers(city: City) -> list[Paper]:
    return sorted(rows(Paper, city.first), key=lambda each: each.number)


def text_of(person: Person, answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return " ".join(person.client.get(answer["Location"]).content.decode().split())


@pytest.mark.django_db
def test_of_five_three_are_ordered_and_two_are_listed_with_the_reason(city: City, police: Person) -> None:
    first, second = firms(city, "Firm A", "Firm B")
    ready = [hazard(first, "Gate"), hazard(second, "Lock"), hazard(first, "Lamp", due_on=ahead(4))]
    own = hazard(second, "Fence", origin="self")
    taken = hazard(first, "Camera")
    police.act(
        orders.issue_order,
        enterprise_id=first.pk,
        hazard_ids=[taken.pk],
        measures={},
        officers=[orders.Officer("Li Shan", "041267")],
        inspected_on=ago(3),
    )
    picked = [*ready, own, taken]
    form = post(police, BOARD, picked).context["form"]
    assert not {"name_1", "inspected_on"} & set(form.fields), "each order says what the records say"
    assert not form["certificate_shown"].value(), "nobody has said so yet"
    preview = post(police, BOARD, picked, step="judge", **said())
    shown = preview.content.decode()
    assert "Order 3 hazards<" in shown
    assert "2 orders" in shown
    assert "<li>Firm A × 2</li><li>Firm B × 1</li>" in shown
    found = f"found on {ago(3)} by Li Shan（警号041267）"
    assert f"<li>2 × {ahead(9)} ({found})</li><li>1 × {ahead(4)} ({found})</li>" in shown
    assert "The enterprise found it itself" in shown
    assert f"There is an order already: 东公（开）限字〔{today().year}〕1号" in shown

    answers = [post(police, BOARD, picked, step="do", seen=mark_in(preview), **said()) for _twice in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    page = text_of(police, answers[0])
    assert "3 hazards ordered." in page
    assert re.findall(r'name="pick" value="(\d+)" checked', page) == [str(own.pk), str(taken.pk)]
    of_first, of_second = papers(city)[1:]
    assert [each.number for each in papers(city)] == [1, 2, 3]
    assert of_first.records == {"hazard": [ready[0].pk, ready[2].pk]}
    assert of_second.records == {"hazard": [ready[1].pk]}
    assert [each["measures"] for each in of_first.data["hazards"]] == ["每日巡查。"] * 2
    assert of_first.data["officers"] == "Li Shan（警号041267）"
    for each in (of_first, of_second):
        assert f"{each.number_text} · {each.enterprise_name}" in page


@pytest.mark.django_db
def test_no_order_says_another_day_or_other_officers_than_the_records(city: City, police: Person) -> None:
    """Two of three were found together; the third, and one that no officer found, are left for orders of their own."""
    first, second = firms(city, "Firm A", "Firm B")
    gate, lamp = hazard(first, "Gate"), hazard(first, "Lamp")
    lock = hazard(first, "Lock", found_on=ago(2), found_by="Chen Li、Wang Fang")
    visit = InspectionFactory(enterprise=second, inspected_on=ago(4), inspectors="Zhou Yuan、Li Shan")
    door = hazard(second, "Door", found_on=ago(4), found_by="", inspection=visit)
    listed = hazard(second, "Roof", origin="superior", found_by="")
    picked = [lock, gate, lamp, door, listed]
    preview = post(police, LIST, picked, step="judge", **said())
    shown = preview.content.decode()
    assert f"found on {ago(2)} by Chen Li, Wang Fang, the others here on {ago(3)} by Li Shan" in shown
    assert "No officer is recorded as having found it" in shown
    with scope_of(city.first):
        Hazard.objects.filter(pk=gate.pk).update(found_by="Sun Bo")
        Hazard.objects.filter(pk=lamp.pk).update(found_by="Sun Bo")
    changed = post(police, LIST, picked, step="do", seen=mark_in(preview), **said())
    assert changed.status_code == 422, "what the orders say of the officers was seen, too"
    text_of(police, post(police, LIST, picked, step="do", seen=mark_in(changed), **said()))
    of_first, of_second = papers(city)
    assert (of_first.records["hazard"], of_first.data["inspected_day"]) == ([gate.pk, lamp.pk], f"{ago(3)}")
    assert [each["name"] for each in of_first.data["officers_named"]] == ["Sun Bo"]
    assert (of_second.records["hazard"], of_second.data["inspected_day"]) == ([door.pk], f"{ago(4)}")
    assert [each["name"] for each in of_second.data["officers_named"]] == ["Zhou Yuan", "Li Shan"]
    with pytest.raises(ValidationError, match="by itself"):
        police.act(orders_of_many.issue_orders, hazard_ids=[listed.pk])


@pytest.mark.django_db
def test_what_was_closed_since_the_preview_is_shown_before_anything_is_issued(
    city: City, police: Person
) -> None:
    (firm,) = firms(city, "Firm A")
    found = [hazard(firm, "Gate"), hazard(firm, "Lock")]
    seen = mark_in(post(police, LIST, found, step="judge", **said()))
    with scope_of(city.first):
        Hazard.objects.filter(pk=found[0].pk).update(due_on=ahead(2))
    answer = post(police, LIST, found, step="do", seen=seen, **said())
    assert answer.status_code == 422
    assert f"1 × {ahead(2)} (" in answer.content.decode(), "an order says until when"
    refused = post(police, LIST, found, step="do", seen=mark_in(answer), **said(basis=""))
    assert "basis" in refused.context["form"].errors
    assert papers(city) == []


@pytest.mark.django_db
def test_a_worker_that_is_killed_leaves_no_gap_and_no_second_order_of_an_enterprise(
    city: City, police: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The rows of an enterprise are in one batch wherever they stand; one is closed before its batch comes."""
    monkeypatch.setattr(IssueOrders, "at_once", 0)
    monkeypatch.setattr(operations, "BATCH", 1)
    both = firms(city, "Firm A", "Firm B")
    found = [hazard(firm, item) for item in ("Gate", "Lock") for firm in both]
    mark = mark_in(post(police, LIST, found, step="judge", **said()))
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(police, LIST, found, step="do", seen=mark, **said())
    with station_scope(system_scope(city.bureau.pk)):
        run = BulkRun.objects.get()
    whole, calls = orders.issue_paper, []

    def dies(**arguments: Any) -> Any:
        made = whole(**arguments)
        calls.append(made)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return made

    monkeypatch.setattr(orders, "issue_paper", dies)
    with pytest.raises(KeyboardInterrupt):
        operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    assert [each.number for each in papers(city)] == [1]
    (later,) = {each.enterprise_id for each in found} - {papers(city)[0].enterprise_id}
    with scope_of(city.first):
        Hazard.objects.filter(enterprise_id=later, item="Lock").update(closed_on=today())
    for _twice in range(2):
        operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    assert [(each.number, len(each.records["hazard"])) for each in papers(city)] == [(1, 2), (2, 1)]
    page = text_of(police, answer)
    assert "3 hazards ordered." in page
    assert "Only an open hazard whose deadline is still to come" in page


@pytest.mark.django_db
def test_without_a_letterhead_the_page_says_who_fills_it_in(city: City) -> None:
    person = officer(city.first)
    (firm,) = firms(city, "Firm A")
    found = [hazard(firm, "Gate")]
    for step in ({}, {"step": "judge", **said()}, {"step": "do", "seen": "0", **said()}):
        assert "no letterhead yet" in post(person, LIST, found, **step).content.decode()
    assert papers(city) == []
