"""The enterprise file over HTTP: head, tabs, timeline, log, number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk.timeline import read_cursor
from enterprises.models import Enterprise
from facts.staff.pages import kinds
from foundation.accounts.choices import Role
from foundation.contributions.file import marks, tabs
from inspections.models import SelfCheck
from tests.factories import (
    ActivityFactory,
    CustodyFactory,
    DisputeFactory,
    EnterpriseFactory,
    EvaluationFactory,
    HazardFactory,
    InactivityFactory,
    IncidentFactory,
    InspectionFactory,
    LiaisonFactory,
    RatingFactory,
    SelfCheckFactory,
    StandardFactory,
    factory_of,
)
from tests.facts.people import Person, ago, ahead
from tests.fixtures import City, scope_of

STANDARD = """
code = "small"
title = { en = "Small", zh = "小" }
[colours]
green = 85
yellow = 70
[[groups]]
code = "B"
points = 100
label = { en = "Governance", zh = "治理" }
[[criteria]]
code = "B1"
group = "B"
points = 100
label = { en = "Overdue hazards", zh = "逾期" }
rule = "deduct"
each = { hazards_overdue = 5 }
"""
LINE = {
    "own_points": [80],
    "own_maxima": [100],
    "points": [80],
    "maxima": [100],
    "reasons": ["lost"],
    "measures": [4],
    "shares": ["0.8"],
}


@pytest.fixture
def officer(city: City) -> Person:
    return Person(Role.OFFICER, station=city.first, name="Zhou Ming")


@pytest.fixture
def enterprise(city: City, officer: Person) -> Enterprise:
    """An enterprise with an event of every kind, each on a day of its own."""
    found = EnterpriseFactory(station=city.first, name="安达化工", colour="yellow", score="78.5")
    InspectionFactory(enterprise=found, inspected_on=ago(3))
    HazardFactory(enterprise=found, item="Open hazard", found_on=ago(40), due_on=ago(10))
    HazardFactory(enterprise=found, item="Closed hazard", found_on=ago(30), closed_on=ago(20))
    SelfCheckFactory(enterprise=found, checked_on=ago(2))
    ActivityFactory(enterprise=found, held_on=ago(50))
    IncidentFactory(enterprise=found, occurred_on=ago(60))
    DisputeFactory(enterprise=found, opened_on=ago(70), settled_on=ago(65))
    DisputeFactory(enterprise=found, opened_on=ago(5), summary="Open dispute", due_on=ahead(5))
    CustodyFactory(enterprise=found, held_by_station=city.second, until_on=ago(400))
    InactivityFactory(enterprise=found, from_on=ago(300), until_on=ago(290))
    LiaisonFactory(enterprise=found, officer=officer.user, from_on=ago(100))
    standard = StandardFactory(bureau=city.bureau, body=STANDARD)
    for code, colour, score in (("2025Q4", "red", "60.0"), ("2026Q1", "yellow", "78.5")):
        evaluation = EvaluationFactory(
            bureau=city.bureau,
            standard=standard,
            period_code=code,
            kind="correction",
            state="complete",
            criteria=["B1"],
            measures=["hazards_overdue"],
        )
        RatingFactory(
            enterprise=found, evaluation=evaluation, colour=colour, score=score, previous_colour="red", **LINE
        )
    return found


def titles(answer: Any) -> list[str]:
    return [str(event.title) for event in answer.context["time"].events]


def test_the_head_shows_the_present_state(officer: Person, enterprise: Enterprise) -> None:
    context = officer.get("desk:file", enterprise.pk).context
    assert [(each.period_code, each.colour) for each in context["history"]] == [
        ("2025Q4", "red"),
        ("2026Q1", "yellow"),
    ]
    assert len(context["spark"].points) == 2
    assert context["complete"].percent < 100
    figures = context["figures"]
    assert (figures["open_hazards"], figures["open_disputes"], figures["inspected_on"]) == (1, 1, ago(3))
    assert [each.item for each in context["hazards"]] == ["Open hazard"]
    page = officer.get("desk:file", enterprise.pk).content.decode()
    assert "Zhou Ming" in page
    assert "Record inspection" in page
    assert "10 days overdue" in page


def test_the_timeline_shows_every_event(officer: Person, enterprise: Enterprise) -> None:
    context = officer.get("desk:file", enterprise.pk).context
    days = [event.on for event in context["time"].events]
    assert days == sorted(days, reverse=True)
    assert len(days) == 16, (
        "2 hazards found, 1 closed, 2 disputes opened, 1 settled, 2 ratings, 8 of one kind each"
    )
    own = titles(officer.get("desk:file", enterprise.pk, show="own"))
    assert own == ["Self-check: General", "Legal education"]


def test_voided_records_leave_the_timeline(officer: Person, enterprise: Enterprise, city: City) -> None:
    before = titles(officer.get("desk:file", enterprise.pk))
    HazardFactory(
        enterprise=enterprise, item="Wrong", found_on=ago(1), voided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    )
    assert titles(officer.get("desk:file", enterprise.pk)) == before


def test_paging_by_key_shows_every_event_once(officer: Person, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    day = ago(10)
    with scope_of(city.first):  # all on two days, so that only the key gives an order
        SelfCheck.objects.bulk_create(
            SelfCheck(
                enterprise=enterprise, station=city.first, checked_on=day - dt.timedelta(days=number % 2)
            )
            for number in range(70)
        )
    for _number in range(5):
        HazardFactory(enterprise=enterprise, found_on=day, closed_on=day)
    seen, after, pages = [], "", 0
    while pages == 0 or after:
        time = officer.get("desk:file", enterprise.pk, after=after).context["time"]
        seen += [(event.on, event.title, event.url) for event in time.events]
        pages, after = pages + 1, time.following
    assert (pages, len(seen), len({*seen})) == (3, 80, 80)


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=2026-01-01~hazard_found~x",
        "after=%00",
        "after=2026-01-01~nothing~1",
        "after=0001-01-01~rating~" + "9" * 30,
        "page=x&before=y",
    ],
)
def test_an_invalid_place_in_the_past_does_not_exist(
    officer: Person, enterprise: Enterprise, query: str
) -> None:
    found = {
        tab: officer.client.get(f"/file/{enterprise.pk}/{tab}?{query}").status_code
        for tab in ("", "hazards/", "log/", "work/")
    }
    read_by = "" if "after" in query else "log/"
    assert found == {tab: 404 if tab == read_by else 200 for tab in found}


@pytest.mark.parametrize("query", ["show=%00", "show=😀", "show=nonsense"])
def test_an_unknown_part_of_the_timeline_does_not_exist(
    officer: Person, enterprise: Enterprise, query: str
) -> None:
    assert officer.client.get(f"/file/{enterprise.pk}/?{query}").status_code == 404


def test_the_names_of_events_are_read_back() -> None:
    assert all(read_cursor(f"2026-01-01~{name}~7") for name in [mark.code for mark in marks])
    assert read_cursor("2026-01-01~rating~-1") is None


@pytest.mark.parametrize("tab", [tab.code for tab in tabs])
def test_every_tab_opens_full_and_empty(
    officer: Person, enterprise: Enterprise, city: City, tab: str
) -> None:
    assert officer.get("desk:file_tab", enterprise.pk, tab).status_code == 200
    assert officer.get("desk:file_tab", EnterpriseFactory(station=city.first).pk, tab).status_code == 200


@pytest.mark.parametrize("tab", [tab.code for tab in tabs])
def test_a_foreign_file_does_not_exist(city: City, enterprise: Enterprise, tab: str) -> None:
    for person in (
        Person(Role.CHIEF, station=city.second),
        Person(Role.SUPERVISOR, bureau=city.other_bureau),
    ):
        assert person.get("desk:file_tab", enterprise.pk, tab).status_code == 404
    assert (
        Person(Role.SECURITY_MANAGER, enterprise=enterprise)
        .get("desk:file_tab", enterprise.pk, tab)
        .status_code
        == 403
    )


def test_unknown_tabs_and_huge_ids_do_not_exist(officer: Person, enterprise: Enterprise) -> None:
    assert officer.client.get(f"/file/{enterprise.pk}/secrets/").status_code == 404
    assert officer.client.get(f"/file/{10**30}/").status_code == 404


def test_the_log_shows_who_changed_what(officer: Person, enterprise: Enterprise) -> None:
    officer.client.post(f"/enterprises/{enterprise.pk}/edit/", {"name": "安达集团", "version": 1})
    event = officer.get("desk:file_tab", enterprise.pk, "log").context["events"][0]
    assert event.by == "Zhou Ming"
    assert "安达化工 → 安达集团" in event.text


def test_the_supervisor_may_hand_over_but_records_nothing(city: City, enterprise: Enterprise) -> None:
    context = Person(Role.SUPERVISOR, bureau=city.bureau).get("desk:file", enterprise.pk).context
    assert context["primary"] is None
    assert context["recording"] == []
    assert [str(act["label"]) for act in context["keeping"]] == ["Hand over to another station"]


def count(person: Person, address: str) -> int:
    person.client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert person.client.get(address).status_code == 200
    return len([each for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize("tab", [tab.code for tab in tabs])
def test_a_file_costs_the_same_at_5_and_at_500_records(
    officer: Person, enterprise: Enterprise, city: City, tab: str
) -> None:
    address = f"/file/{enterprise.pk}/" if tab == "overview" else f"/file/{enterprise.pk}/{tab}/"
    for kind in kinds:  # also kinds of added apps
        for _number in range(5):
            factory_of(kind.model)(enterprise=enterprise)
    few = count(officer, address)
    with scope_of(city.first):
        SelfCheck.objects.bulk_create(
            SelfCheck(enterprise=enterprise, station=city.first, checked_on=ago(number))
            for number in range(500)
        )
    for kind in kinds:
        for _number in range(30):
            factory_of(kind.model)(enterprise=enterprise)
    assert count(officer, address) == few <= 18
