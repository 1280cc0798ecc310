"""Open work is never missing: every open record of every kind is on Today of the right person, and in the list behind it."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from desk import today
from desk.comparing import compare
from desk.open_work import MINE, STATION, due_count
from enterprises.grouping import GROUPINGS
from enterprises.models import Enterprise
from enterprises.operations import reactivate, set_inactive
from facts.lives import all_lives
from facts.staff.pages import kinds
from foundation.contributions.work import works
from foundation.tenancy.scope import station_scope
from tests.factories import (
    AgreementFactory,
    AppointmentFactory,
    DisputeFactory,
    DrawnVisitFactory,
    EnterpriseFactory,
    EnterpriseReportFactory,
    EscalationFactory,
    FollowUpFactory,
    ForgeryFactory,
    HazardFactory,
    InspectionFactory,
    InstalmentFactory,
    LiaisonFactory,
    MajorStageFactory,
    ObstructionFactory,
    PlannedVisitFactory,
    RecheckFactory,
    RiskMeasureFactory,
    ScreeningFactory,
    UserFactory,
    WayFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, officer, supervisor
from tests.facts.states import MAKERS
from tests.fixtures import City

pytestmark = pytest.mark.django_db

OPEN = [(kind, state) for kind, life in all_lives().items() if kind in MAKERS for state in life.live]
each_open_state = pytest.mark.parametrize(("kind", "state"), OPEN, ids=lambda value: str(value))


def looked_after(city: City, person: Person, **fields: Any) -> Enterprise:
    """Return an inspected enterprise of the first station with this officer; nothing about it is due."""
    enterprise = EnterpriseFactory(station=city.first, **fields)
    LiaisonFactory(enterprise=enterprise, officer=person.user, from_on=ago(9))
    InspectionFactory(enterprise=enterprise, inspected_on=ago(120))
    return enterprise


def made(kind: str, state: Any, enterprise: Enterprise, **more: Any) -> Any:
    factory, common, states = MAKERS[kind]
    return factory(enterprise=enterprise, **{**common, **states[state], **more})


def sections(person: Person, whose: str = "") -> dict[str, Any]:
    answer = person.get("desk:today", **({"whose": whose} if whose else {}))
    assert answer.status_code == 200
    return {section.code: section for section in answer.context["sections"]}


def on_today(person: Person, kind: str, pk: int, whose: str = "") -> bool:
    """Return whether a record is on Today, whatever the section."""
    model = all_lives()[kind].model
    return any(
        item.row.key == pk
        for section in sections(person, whose).values()
        for item in section.items
        if section.work.rows().model is model
    )


def listed(person: Person, url: str) -> set[int]:
    """Return the ids in a list, on all its pages."""
    answer = person.client.get(url)
    assert answer.status_code == 200
    assert not answer.context["invalid"]
    actor = person.actor
    with station_scope(actor.scope()):
        return set(answer.context["filter"].qs.values_list("pk", flat=True))


def list_url(person: Person, kind: str) -> str:
    (pages,) = [each() for each in kinds if each.model is all_lives()[kind].model]
    return pages.url("list")


def badge(person: Person) -> int:
    actor = person.actor
    with station_scope(actor.scope()):
        return due_count(actor)


@each_open_state
def test_an_open_record_is_on_today_of_its_officer_and_of_the_chief(
    kind: str, state: Any, city: City
) -> None:
    mine, colleague, boss = officer(city.first), officer(city.first), chief(city.first)
    record = made(kind, state, looked_after(city, mine))
    assert on_today(mine, kind, record.pk)
    assert on_today(boss, kind, record.pk)
    assert on_today(colleague, kind, record.pk, STATION)
    assert not on_today(colleague, kind, record.pk)
    for stranger in (officer(city.second), chief(city.second)):
        assert not on_today(stranger, kind, record.pk, STATION)


def test_the_count_is_that_of_the_list_behind_see_all(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(today, "SHOWN", 1)
    person, colleague = officer(city.first), officer(city.first)
    for owner, times in ((person, 2), (colleague, 1)):
        for number in range(times):
            enterprise = looked_after(city, owner)
            for kind, state in OPEN:
                made(kind, state, enterprise)
            HazardFactory(enterprise=enterprise, found_on=ago(40))  # without a deadline
            HazardFactory(enterprise=enterprise, found_on=ago(40), suspended_on=ago(9))
            HazardFactory(enterprise=enterprise, found_on=ago(9), due_on=ahead(30), extension_asked_on=ago(1))
            HazardFactory(enterprise=enterprise, found_on=ago(9), due_on=ahead(30), call_from_on=ago(1))
            late = HazardFactory(enterprise=enterprise, found_on=ago(40), due_on=ago(20))
            EscalationFactory(
                enterprise=enterprise, record_id=late.pk, deadline_on=late.due_on, step="chief", due_on=ago(9)
            )
            major = HazardFactory(
                enterprise=enterprise, found_on=ago(9), due_on=ahead(30), major_from_on=ago(9)
            )
            MajorStageFactory(enterprise=enterprise, record_id=major.pk, due_on=ago(4))
            DisputeFactory(enterprise=enterprise, opened_on=ago(9), risk="high", risk_next_on=ahead(1))
            for due_on in (ago(3), ahead(2)):
                agreed = AgreementFactory(
                    enterprise=enterprise, effective_on=ago(9), confirm_by=ahead(5), concluded_on=ago(9)
                )
                InstalmentFactory(enterprise=enterprise, agreement=agreed, due_on=due_on)
            ForgeryFactory(enterprise=enterprise, confirmed_on=ago(9), withdrawal_asked_at=timezone.now())
            ObstructionFactory(
                enterprise=enterprise,
                obstructed_on=ago(20),
                confirmed_on=ago(9),
                withdrawal_asked_at=timezone.now(),
            )
            closed = HazardFactory(enterprise=enterprise, found_on=ago(40), closed_on=ago(9))
            RecheckFactory(enterprise=enterprise, record_id=closed.pk, to_id=owner.user.pk)
            DrawnVisitFactory(enterprise=enterprise, officer_id=owner.user.pk, drawn_on=ago(1))
            visit = {"on": ahead(1), "since_on": ago(0), "approve_by": ahead(1)}
            PlannedVisitFactory(enterprise=looked_after(city, owner), officer_id=owner.user.pk, **visit)
            AppointmentFactory(enterprise=enterprise, officer_id=owner.user.pk, on=ahead(1))
            settled = {"enterprise": enterprise, "opened_on": ago(40), "settled_on": ago(30)}
            FollowUpFactory(enterprise=enterprise, dispute=DisputeFactory(**settled), planned_on=ago(2))
            answer = {"way": "survey", "done_on": ago(1), "relapse": True, "planned_on": ago(2)}
            FollowUpFactory(enterprise=enterprise, dispute=DisputeFactory(**settled), **answer)
            EnterpriseReportFactory(enterprise=enterprise, told_on=ago(1))
            ScreeningFactory(enterprise=enterprise, screened_on=ago(0).replace(day=1) - dt.timedelta(days=1))
            WayFactory(enterprise=enterprise, running="receipt", due_on=ahead(2))
            AgreementFactory(enterprise=enterprise, concluded_on=ago(2))
            RiskMeasureFactory(enterprise=enterprise, until_on=ahead(1))
            looked_after(city, owner, colour="red", next_inspection_on=ahead(20))
            looked_after(city, owner, next_inspection_on=ahead(number - 2))
            new = EnterpriseFactory(station=city.first)
            LiaisonFactory(enterprise=new, officer=owner.user, from_on=ago(9))
            EnterpriseFactory(station=city.first)
            left = EnterpriseFactory(station=city.first)
            LiaisonFactory(enterprise=left, officer=UserFactory(), from_on=ago(9))  # without a role
    for whose in (MINE, STATION):
        found = sections(person, whose)
        # a chief's alone: tests/inspections/test_approval.py, test_replies.py
        kinds_of_officers = {work.code for work in works} - {"visits_to_approve", "complaint"}
        assert set(found) == kinds_of_officers, "a kind of work that this test does not produce"
        content = person.get("desk:today", whose=whose).content.decode()
        for section in found.values():
            assert section.total > today.SHOWN
            behind = listed(person, section.all_url)
            assert len(behind) == section.total, (whose, section.code)
            assert {item.row.key for item in section.items} <= behind
            assert section.all_url.replace("&", "&amp;") in content
            assert not listed(chief(city.second), section.all_url)


def test_a_new_enterprise_is_due_although_nothing_is_planned(city: City) -> None:
    person = officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    LiaisonFactory(enterprise=enterprise, officer=person.user, from_on=ago(9))
    assert [item.row.key for item in sections(person)["never_inspected"].items] == [enterprise.pk]
    inspection = InspectionFactory(enterprise=enterprise, inspected_on=ago(1))
    assert sections(person) == {}
    person.post("inspections:inspection_void", inspection.pk, version=1, reason="was elsewhere")
    assert "never_inspected" in sections(person)


def test_disputes_without_deadline_or_long_open_are_due(city: City) -> None:
    person = officer(city.first)
    enterprise = looked_after(city, person)
    plain = DisputeFactory(enterprise=enterprise, opened_on=ago(1))
    old = DisputeFactory(enterprise=enterprise, opened_on=ago(19), due_on=ahead(60))
    DisputeFactory(enterprise=enterprise, opened_on=ago(18), due_on=ahead(60))
    assert {item.row.key for item in sections(person)["disputes"].items} == {plain.pk, old.pk}


def test_hazards_without_deadline_are_due(city: City) -> None:
    person = officer(city.first)
    hazard = HazardFactory(enterprise=looked_after(city, person), found_on=ago(90))
    assert on_today(person, "hazard", hazard.pk)


@each_open_state
@pytest.mark.parametrize(
    "reason", ["suspended", *(pytest.param(each, marks=pytest.mark.drill) for each in ("closed", "merged"))]
)
def test_open_work_leaves_with_its_enterprise_and_returns_with_it(
    kind: str, state: Any, reason: str, city: City
) -> None:
    boss, person = chief(city.first), officer(city.first)
    enterprise, heir = looked_after(city, person), looked_after(city, person)
    record = made(kind, state, enterprise)
    life, url = all_lives()[kind], list_url(boss, kind)
    before = badge(boss)
    # every list that shows it as open: by tab, by filter, and behind Today
    choices = [f"?{name}={value}" for name, value in filters_of(person, url) if value not in ("away", "all")]
    open_lists = [choice for choice in choices if record.pk in listed(person, url + choice)]
    assert open_lists

    boss.act(
        set_inactive,
        enterprise_id=enterprise.pk,
        kind=reason,
        from_on=ago(1),
        reason="gone",
        merged_into_id=heir.pk if reason == "merged" else None,
    )

    assert not on_today(boss, kind, record.pk)
    assert badge(boss) <= before
    assert badge(boss) == 0
    for choice in open_lists:
        assert record.pk not in listed(person, url + choice), choice
    (away,) = [f"?{name}={value}" for name, value in filters_of(person, url) if value == "away"]
    assert listed(person, url + away) == {record.pk}
    assert fresh(record).enterprise_id == enterprise.pk

    boss.act(reactivate, enterprise_id=enterprise.pk, on=ago(0), reason="back")

    assert on_today(boss, kind, record.pk)
    assert badge(boss) == before
    for choice in open_lists:
        assert record.pk in listed(person, url + choice), choice
    assert listed(person, url + away) == set()
    assert life.where(state)


def filters_of(person: Person, url: str) -> list[tuple[str, str]]:
    """Return the states that a list offers, as parameter and value: its tabs, or the choices of its filter by state."""
    answer = person.client.get(url)
    form = answer.context["filter"].form
    chosen = [
        (name, str(value))
        for name in ("state", "verified")
        if name in form.fields
        for value, _label in form.fields[name].choices
        if value
    ]
    tabs = [tab["url"] for tab in answer.context["tabs"] if tab["url"].startswith("?state=")]
    return chosen + [("state", tab.removeprefix("?state=")) for tab in tabs]


def test_the_bureau_counts_no_hazards_of_enterprises_off_the_register(city: City) -> None:
    boss, above = chief(city.first), supervisor(city.bureau)
    enterprise = looked_after(city, boss)
    made("hazard", "overdue", enterprise)

    def counted() -> tuple[int, int]:
        rows = above.act(compare, grouping=GROUPINGS["station"], runs=[])
        (station,) = [each for each in rows if each.key == (city.first.pk,)]
        return station.open_hazards, station.overdue

    assert counted() == (1, 1)
    boss.act(set_inactive, enterprise_id=enterprise.pk, kind="closed", from_on=ago(1), reason="gone")
    assert counted() == (0, 0)


def test_what_is_settled_stays_in_the_lists_of_a_closed_enterprise(city: City) -> None:
    boss = chief(city.first)
    enterprise = looked_after(city, boss)
    closed = made("hazard", "closed", enterprise)
    boss.act(set_inactive, enterprise_id=enterprise.pk, kind="closed", from_on=ago(1), reason="gone")
    assert closed.pk in listed(boss, list_url(boss, "hazard") + "?state=closed")
    assert closed.pk not in listed(boss, list_url(boss, "hazard") + "?state=away")


def test_an_unknown_kind_of_work_is_an_error_and_lists_nothing(city: City) -> None:
    person = officer(city.first)
    made("hazard", "overdue", looked_after(city, person))
    for query in ({"work": "nonsense"}, {"work": "overdue", "whose": "nonsense"}, {"work": "disputes"}):
        answer = person.get("inspections:hazards", **query)
        assert answer.context["invalid"]
        assert answer.context["is_empty"]
