"""The plan of inspections: what is due, a week with a proposal that is taken, moves, absences, the yearly limit."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises.operations import hand_over
from foundation.accounts.access import NotAllowed
from foundation.accounts.operations import revoke_role
from inspections.choices import VisitState
from inspections.models import DrawnVisit, PlannedVisit
from inspections.operations import create_inspection, move_next_inspections, void_inspection
from inspections.planning import planning
from inspections.planning.absences import add_absence
from inspections.planning.due import due_work
from inspections.planning.proposing import Trip
from inspections.planning.taking import take_trips
from inspections.planning.visits import list_visits, state_of
from inspections.planning.weeks import monday_of
from tests.factories import (
    DrawFactory,
    DrawnVisitFactory,
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
    LiaisonFactory,
    PlannedVisitFactory,
    PlanRuleFactory,
)
from tests.facts import people as persons
from tests.facts.people import Person, ago, ahead, fresh, rows, supervisor, today
from tests.fixtures import City, scope_of
from tests.inspections.test_drawn_visits import chief, numbered, officer

pytestmark = pytest.mark.django_db


def plan(person: Person, enterprise: Any, on: dt.date | None = None, **more: Any) -> PlannedVisit:
    made = person.act(
        planning.plan_visits,
        enterprise_ids=[enterprise.pk],
        on=on or ahead(1),
        officer_id=person.user.pk,
        **more,
    )
    assert len(made) == 1
    found: PlannedVisit = made[0]
    return found


def state(person: Person, visit: PlannedVisit) -> VisitState:
    with scope_of(visit.station):
        return state_of(list_visits(person.actor).get(pk=visit.pk))


def test_a_week_is_proposed_taken_and_made(city: City) -> None:
    """Never inspected, overdue and due, in bands; a proposal plans nothing until it is taken; an inspection does a visit."""
    head, first, second = chief(city.first), officer(city.first, "Officer Qian"), officer(city.first)
    new = EnterpriseFactory(station=city.first, name="New", street="North street", next_inspection_on=None)
    late = EnterpriseFactory(
        station=city.first, name="Late", street="South street", next_inspection_on=ago(9)
    )
    soon = EnterpriseFactory(
        station=city.first, name="Soon", street="South street", next_inspection_on=today()
    )
    fine = EnterpriseFactory(station=city.first, name="Fine", next_inspection_on=ahead(90))
    for each in (late, soon, fine):
        InspectionFactory(enterprise=each, inspected_on=ago(100))
    LiaisonFactory(enterprise=late, officer=first.user)
    EnterpriseFactory(station=city.second, next_inspection_on=ago(9))

    monday = (monday_of(today()) + dt.timedelta(days=7)).isoformat()
    page = head.get("inspections:plan_week", week=monday)
    bands = {band["code"]: [row["item"].enterprise for row in band["rows"]] for band in page.context["bands"]}
    assert bands == {"never": [new], "overdue": [late], "due": [soon]}
    assert list(bands) == ["never", "overdue", "due"], "never inspected stands first"
    urls = {row["item"].enterprise: row["url"] for band in page.context["bands"] for row in band["rows"]}
    begins = head.client.get(urls[late]).context["form"].initial
    assert begins["officer"] == first.user.pk, "who looks after it goes"
    assert begins["on"].isoformat() >= monday, "a day of the week that is shown"
    for person in (first, second):
        lines = person.get("inspections:plan_week", week=monday).context["lines"]
        assert lines[0].officer.pk == person.user.pk, "whoever looks comes first"

    proposed = head.get("inspections:plan_week", week=monday, propose="1")
    trips = [each["value"] for each in proposed.context["trips"]]
    assert sorted(len(each["names"]) for each in proposed.context["trips"]) == [1, 2]
    assert not rows(PlannedVisit, city.first), "nothing is planned yet"
    answer = head.post("inspections:plan_take", trip=trips, first=monday)
    assert answer.url == f"{reverse('inspections:plan_week')}?week={monday}"
    planned = {each.enterprise_id: each for each in rows(PlannedVisit, city.first)}
    assert planned.keys() == {new.pk, late.pk, soon.pk}
    assert planned[late.pk].on == planned[soon.pk].on
    assert first.user.pk in planned[late.pk].officer_ids, "who looks after it goes"
    assert all(len(set(each.officer_ids)) == 2 for each in planned.values())

    again = head.post("inspections:plan_take", trip=trips, first=monday)
    assert "A visit is planned already" in head.client.get(again.url).text
    assert len(rows(PlannedVisit, city.first)) == 3
    assert not head.get("inspections:plan_week", week=monday).context["bands"]
    assert (
        "Planned for you" in second.get("accounts:inbox").text
        or "Planned for you" in first.get("accounts:inbox").text
    )

    visit = planned[late.pk]
    assert state(head, visit) is VisitState.WAITING
    made = first.act(
        create_inspection,
        enterprise_id=late.pk,
        inspected_on=today(),
        kind="routine",
        conclusion="qualified",
        inspectors="Qian, Sun",
    )
    assert state(head, visit) is VisitState.DONE
    assert f"Planned for {visit.on}" in first.get("inspections:inspection", made.pk).text
    head.act(void_inspection, id=made.pk, version=None, reason="Wrong enterprise")
    assert state(head, visit) is VisitState.WAITING, "nothing did it after all"
    assert officer(city.second).get("inspections:plan_visit", visit.pk).status_code == 404


def test_what_is_not_done_comes_back_and_is_moved_by_the_next_proposal(city: City) -> None:
    head = chief(city.first)
    officer(city.first)
    enterprise = EnterpriseFactory(station=city.first, street="North street")
    left = PlannedVisitFactory(enterprise=enterprise, on=ago(3), since_on=ago(9), approve_by=ago(3))
    done = PlannedVisitFactory(enterprise=EnterpriseFactory(station=city.first), on=ago(3), since_on=ago(9))
    InspectionFactory(enterprise=done.enterprise, inspected_on=ago(4))
    monday = (monday_of(today()) + dt.timedelta(days=7)).isoformat()
    page = head.get("inspections:plan_week", week=monday, propose="trips")
    assert [band["code"] for band in page.context["bands"]] == ["left"]
    assert "left over from before" in page.text
    head.post("inspections:plan_take", trip=[each["value"] for each in page.context["trips"]])
    moved = fresh(left)
    assert moved.on > today()
    assert moved.pk == left.pk
    assert {each.action for each in persons.log(city.first)} == {"planned_visit.move"}


def test_a_reinspection_has_the_deadline_of_the_order_and_a_visit_on_leave_is_to_be_moved(city: City) -> None:
    head, own = chief(city.first), officer(city.first)
    enterprise = EnterpriseFactory(station=city.first, next_inspection_on=ahead(26))
    InspectionFactory(enterprise=enterprise, inspected_on=ago(30))
    HazardFactory(enterprise=enterprise, found_on=ago(9), due_on=ahead(2), rectified_on=ago(1))
    head.act(lambda actor: move_next_inspections(actor, [enterprise.pk]))
    (item,) = head.act(lambda actor: due_work(actor, city.first.pk, ahead(7))).items
    assert (item.due_on, item.source) == (ahead(2), "reinspection")

    PlannedVisitFactory(enterprise=enterprise, on=today(), since_on=today(), officer_id=own.user.pk)
    page = head.get("inspections:plan_week").text
    assert "everything due is planned" in page
    absent = {"station_id": city.first.pk, "officer_id": own.user.pk, "kind": "leave"}
    head.act(add_absence, **absent, from_on=today(), until_on=ahead(3))
    page = head.get("inspections:plan_week").text
    assert "everything due is planned" not in page
    assert "1 on days of absence, to be moved" in page
    with pytest.raises(ValidationError, match="already absent then"):
        head.act(add_absence, **absent, from_on=ahead(3), until_on=ahead(5))


def test_given_by_form_and_by_drag_and_what_is_refused(city: City) -> None:
    own, other = officer(city.first, "Officer Qian"), officer(city.first, "Officer Sun")
    auxiliary = persons.officer(city.first, "Auxiliary Feng")
    enterprise = EnterpriseFactory(station=city.first)
    query = f"?enterprise={enterprise.pk}"

    def sent(**data: Any) -> Any:
        return own.post("inspections:plan_new", query=query, **{"on": ahead(2).isoformat()} | data)

    assert (
        "auxiliaries do not inspect alone" not in own.client.get(reverse("inspections:plan_new") + query).text
    )
    for data, words in (
        ({"officer": own.user.pk, "second": own.user.pk}, "Two different officers"),
        ({"officer": auxiliary.user.pk}, "Select a valid choice"),
        ({"officer": own.user.pk, "on": ago(1).isoformat()}, "today or later"),
        ({"officer": own.user.pk, "source": "ordered"}, "Name the order"),
        ({"officer": own.user.pk, "source": "reinspection"}, "Nothing is open there"),
        ({"officer": own.user.pk, "urgent": "on"}, "Say why it cannot wait"),
    ):
        answer = sent(**data)
        assert answer.status_code == 422
        assert words in answer.text
    absent = own.post(
        "inspections:plan_absences",
        officer=other.user.pk,
        kind="training",
        from_on=ahead(2).isoformat(),
        until_on=ahead(4).isoformat(),
    )
    assert absent.status_code == 302
    assert "Officer Sun is absent" in sent(officer=own.user.pk, second=other.user.pk).text
    assert (
        sent(officer=own.user.pk).status_code == 302
    )  # as a row is dropped on a day: without a second officer
    visit = rows(PlannedVisit, city.first)[0]
    assert (visit.officer_id, visit.second_id) == (own.user.pk, 0), "nobody else is there that day"
    assert "A visit is planned already" in sent(officer=own.user.pk).text

    numbered(auxiliary)
    moved = own.post(
        "inspections:plan_move",
        query=f"?visit={visit.pk}",
        on=ahead(3).isoformat(),
        officer=own.user.pk,
        departments="",
    )
    assert moved.status_code == 302
    visit = fresh(visit)
    assert (visit.on, visit.second_name) == (ahead(3), "Auxiliary Feng"), "the one with the fewest visits"
    answer = own.post("inspections:plan_drop", visit.pk, reason="Closed for repairs", version=visit.version)
    assert answer.status_code == 302
    assert fresh(visit).voided_at
    assert (
        own.post("inspections:plan_drop", visit.pk, reason="Again", version=visit.version + 1).status_code
        == 422
    )
    with pytest.raises(NotAllowed):
        supervisor(city.bureau).act(
            planning.plan_visits, enterprise_ids=[enterprise.pk], on=ahead(1), officer_id=own.user.pk
        )
    assert officer(city.second).post("inspections:plan_new", query=query).status_code == 404


@time_machine.travel("2026-06-15 10:00+08:00", tick=True)
def test_the_yearly_limit_refuses_with_the_inspections_that_count(city: City) -> None:
    own, _other = officer(city.first), officer(city.first)
    PlanRuleFactory(bureau=city.bureau, effective_from="2026-01-01", red=2, per_day=3)
    enterprise = EnterpriseFactory(station=city.first, colour="red")
    InspectionFactory(enterprise=enterprise, inspected_on="2025-12-30")
    InspectionFactory(enterprise=enterprise, inspected_on="2026-01-04")
    InspectionFactory(enterprise=enterprise, inspected_on="2026-02-05", kind="reinspection")
    PlannedVisitFactory(enterprise=enterprise, source="ordered", since_on="2026-03-01", on="2026-03-06")
    InspectionFactory(enterprise=enterprise, inspected_on="2026-03-06", kind="special")
    second = plan(own, enterprise)  # the re-inspection and what was ordered from above do not count
    own.act(planning.drop_visit, id=second.pk, reason="Another day")

    InspectionFactory(enterprise=enterprise, inspected_on="2026-04-07", kind="complaint")
    with pytest.raises(ValidationError) as refused:
        plan(own, enterprise)
    words = str(refused.value)
    assert "2 of at most 2 inspections in 2026" in words
    assert ["2026-01-04" in words, "2026-04-07" in words] == [True, True]
    assert not any(day in words for day in ("2025-12-30", "2026-02-05", "2026-03-06"))
    plan(own, EnterpriseFactory(station=city.first, colour="green"))
    plan(own, EnterpriseFactory(station=city.first, colour="red"))
    ordered = plan(own, enterprise, source="ordered", reference="Notice 19")
    assert (ordered.kind, ordered.reference) == ("special", "Notice 19")

    boss = supervisor(city.bureau)
    data = {"effective_from": "2026-06-15", "published": "Notice 20", "per_day": 5, "red": 12}
    assert boss.post("inspections:plan_rules", **data | {"effective_from": "2026-06-14"}).status_code == 422
    assert boss.post("inspections:plan_rules", **data).status_code == 302
    assert "Notice 20" in own.get("inspections:plan_rules").text
    assert own.post("inspections:plan_rules", **data).status_code == 403


def test_never_audited_is_listed_and_another_cycle_moves_what_is_due(city: City) -> None:
    """grokability/snipe-it#9841, #10690: never audited is in no list, a changed interval moves nothing."""
    head = chief(city.first)
    officer(city.first)
    new = EnterpriseFactory(station=city.first, next_inspection_on=None)
    known = EnterpriseFactory(
        station=city.first, rated_on=ago(50), cycle_days=90, next_inspection_on=ahead(60)
    )
    InspectionFactory(enterprise=known, inspected_on=ago(30))

    def due() -> dict[int, str]:
        found = head.act(lambda actor: due_work(actor, city.first.pk, ahead(7)))
        return {each.enterprise.pk: each.band for each in found.items}

    assert due() == {new.pk: "never"}
    with scope_of(city.first):
        type(known).objects.filter(pk=known.pk).update(cycle_days=20)
    head.act(lambda actor: move_next_inspections(actor, [known.pk]))
    assert due() == {new.pk: "never", known.pk: "overdue"}


def test_leavers_visits_are_handed_over_planned_and_drawn(city: City) -> None:
    """department-of-veterans-affairs/caseflow#11811: the work of leavers hangs."""
    head, leaver = chief(city.first), officer(city.first, "Officer Qian")
    heir, other = officer(city.first, "Officer Sun"), officer(city.first, "Officer Li")
    first, both = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.first)
    mine = plan(leaver, first, second_id=other.user.pk)
    theirs = plan(leaver, both, second_id=heir.user.pk)
    made = DrawFactory(station=city.first, kind="inspections", stations=[city.first.pk])
    drawn = DrawnVisitFactory(
        enterprise=first, draw_id=made.pk, officer_id=leaver.user.pk, drawn_on=ago(2), due_on=ahead(9)
    )
    grant = leaver.user.grants.get()
    with pytest.raises(ValidationError, match="who takes over"):
        head.act(revoke_role, grant_id=grant.pk, successors={}, reason="Moves away")
    head.act(revoke_role, grant_id=grant.pk, successors={city.first.pk: heir.user.pk}, reason="Moves away")
    mine, theirs = fresh(mine), fresh(theirs)
    assert mine.officer_ids == (heir.user.pk, other.user.pk)
    assert (theirs.officer_id, theirs.second_id) == (heir.user.pk, 0), "once, and its place is open"
    waiting = [each.officer_id for each in rows(DrawnVisit, city.first) if each.lapsed_at is None]
    assert waiting == [heir.user.pk]
    assert fresh(drawn).lapsed_at
    assert "Handed over to you" in heir.get("accounts:inbox").text


def test_drawn_enterprises_are_to_be_placed_with_those_drawn(city: City) -> None:
    own, other, third = (officer(city.first, f"Officer {name}") for name in ("Qian", "Sun", "Li"))
    enterprise = EnterpriseFactory(station=city.first, next_inspection_on=ahead(200))
    InspectionFactory(enterprise=enterprise, inspected_on=ago(50))
    made = DrawFactory(station=city.first, kind="inspections", stations=[city.first.pk])
    for each in (own, other):
        DrawnVisitFactory(
            enterprise=enterprise,
            draw_id=made.pk,
            officer_id=each.user.pk,
            officer_name=str(each.user),
            drawn_on=ago(2),
            due_on=today(),
        )
    page = third.get("inspections:plan_week")
    assert "drawn by lot" in page.text
    with pytest.raises(ValidationError, match="By lot, Officer"):
        plan(third, enterprise)
    visit = plan(own, enterprise)
    assert (visit.source, set(visit.officer_ids)) == ("lot", {own.user.pk, other.user.pk})

    move = {"ids": [visit.pk], "on": ahead(2)}
    with pytest.raises(ValidationError, match="By lot, Officer"):
        third.act(planning.move_visits, officer_id=third.user.pk, **move)
    third.act(planning.move_visits, officer_id=other.user.pk, **move)
    moved = fresh(visit)
    assert (moved.on, moved.officer_ids) == (ahead(2), (other.user.pk, own.user.pk)), (
        "the other one goes along"
    )
    with pytest.raises(ValidationError, match="not one of the choices"):
        plan(third, EnterpriseFactory(station=city.first), source="lot")
    own.act(planning.drop_visit, id=visit.pk, reason="Another week")
    trip = Trip(ahead(3), own.user.pk, third.user.pk, "", [enterprise.pk])
    taken = own.act(take_trips, station_id=city.first.pk, trips=[trip])
    assert taken.number == 0
    assert taken.refused == [(enterprise.name, "Other officers were drawn by lot for it.")]


def test_the_next_visit_is_not_moved_to_the_day_of_the_last_inspection(city: City) -> None:
    own, enterprise = officer(city.first), EnterpriseFactory(station=city.first)
    InspectionFactory(enterprise=enterprise, inspected_on=today())
    visit = plan(own, enterprise)
    with pytest.raises(ValidationError, match="inspected today already"):
        own.act(planning.move_visits, ids=[visit.pk], on=today(), officer_id=own.user.pk)
    assert fresh(visit).on == ahead(1)


def test_many_trips_of_a_day_cost_no_more_reads_than_one(city: City) -> None:
    own, other = officer(city.first), officer(city.first)
    counts = []
    for number, parts in enumerate(([3], [1, 1, 1])):
        firms = [EnterpriseFactory(station=city.first).pk for _each in range(3)]
        trips = [
            Trip(ahead(number + 1), own.user.pk, other.user.pk, "", [firms.pop() for _each in range(part)])
            for part in parts
        ]
        with CaptureQueriesContext(connection) as queries:
            taken = own.act(take_trips, station_id=city.first.pk, trips=trips)
        assert (taken.number, taken.refused) == (3, [])
        counts.append(len(queries))
    assert counts[0] == counts[1]
    firms = [EnterpriseFactory(station=city.first).pk for _each in range(4)]
    trips = [
        Trip(ahead(1), own.user.pk, other.user.pk, "", firms[:2]),
        Trip(ahead(1), own.user.pk, other.user.pk, "", firms[2:]),
    ]
    taken = own.act(take_trips, station_id=city.first.pk, trips=trips)
    assert (taken.number, len(taken.refused)) == (3, 1), "six a day, of which three were planned"


def test_after_a_hand_over_the_visit_is_the_new_stations(city: City) -> None:
    own, boss, new = officer(city.first), supervisor(city.bureau), officer(city.second)
    officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    visit = plan(own, enterprise)
    where = {"enterprise_id": enterprise.pk, "to_station_id": city.second.pk}
    boss.act(hand_over, **where, on=today(), reason="The street belongs to them now")
    assert own.get("inspections:plan_visit", visit.pk).status_code == 404
    assert new.get("inspections:plan_visit", visit.pk).status_code == 200
    officer(city.second)
    answer = new.post(
        "inspections:plan_move", query=f"?visit={visit.pk}", on=ahead(2).isoformat(), officer=new.user.pk
    )
    assert answer.status_code == 302


def test_pages_show_a_month_a_day_a_list_and_cost_the_same_at_any_size(
    city: City, django_assert_max_num_queries: Any
) -> None:
    head = chief(city.first)
    officer(city.first)
    boss = supervisor(city.bureau)
    HazardFactory(
        enterprise=EnterpriseFactory(station=city.first, street="North street"), rectified_on=ago(1)
    )
    counts: dict[int, list[int]] = {}
    for more in (2, 12):
        for number in range(more):
            firm = EnterpriseFactory(
                station=city.first, street=f"Street {number}", next_inspection_on=ago(number)
            )
            PlannedVisitFactory(enterprise=firm, on=today(), since_on=today(), approve_by=today())
            EnterpriseFactory(station=city.first, street=f"Street {number}", next_inspection_on=ago(number))
        counts[more] = []
        for person, name, query in (
            (head, "inspections:plan_week", {"propose": "1"}),
            (head, "inspections:plan_month", {"propose": "trips"}),
            (boss, "inspections:plan_week", {"station": city.first.pk}),
            (head, "inspections:plan_day", {"on": today().isoformat()}),
            (head, "inspections:plan_visits", {"state": "waiting"}),
            (head, "inspections:plan_approvals", {}),
        ):
            person.get(name, **query)  # what is cached by then is no matter
            with django_assert_max_num_queries(40) as counted:
                assert person.get(name, **query).status_code == 200
            counts[more].append(len(counted))
    assert counts[2] == counts[12], counts
    assert max(counts[12]) <= 18, counts
    assert counts[12][4] <= 12, counts
    file = head.post("inspections:plan_visits", download="csv").content.decode()
    assert file.count("Officer Qian") == 14
    assert head.get("inspections:plan_week", week="2026-13-40").status_code == 404
    assert head.get("inspections:plan_month", month="2026-1").status_code == 404


def test_many_of_the_register_and_of_hazards_are_planned_as_far_as_there_is_room(city: City) -> None:
    own, _other = officer(city.first), officer(city.first)
    PlanRuleFactory(bureau=city.bureau, effective_from=ago(900), grey=9, per_day=2)
    firms = [EnterpriseFactory(station=city.first, name=f"Firm {number}") for number in range(3)]
    hazards = [HazardFactory(enterprise=firms[2]) for _each in range(2)]

    def act(name: str, ids: list[int], on: dt.date) -> Any:
        data = {"bulk": "plan", "picking": "1", "pick": ids, "officer": own.user.pk, "on": on.isoformat()}
        shown = own.post(name, step="judge", **data)
        return shown, own.post(name, step="do", seen=shown.context["seen"], **data)

    shown, done = act("enterprises:list", [each.pk for each in firms], ahead(1))
    assert "There is no more room" in shown.text
    assert done.status_code == 302
    assert [each.enterprise_id for each in rows(PlannedVisit, city.first)] == [each.pk for each in firms[:2]]
    shown, done = act("inspections:hazards", [each.pk for each in hazards], ahead(2))
    assert done.status_code == 302
    assert [each.enterprise_id for each in rows(PlannedVisit, city.first)] == [each.pk for each in firms]
    shown, done = act("enterprises:list", [firms[0].pk], ahead(3))
    assert "A visit is planned already" in shown.text
    assert len(rows(PlannedVisit, city.first)) == 3


def test_a_visit_that_was_not_made_or_has_nobody_left_is_on_today(city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    dates = {"since_on": ago(9), "approve_by": ago(3), "approved_until": ahead(9)}
    place = {"station": city.first, "next_inspection_on": ahead(90)}
    left, empty = (
        PlannedVisitFactory(
            enterprise=EnterpriseFactory(**place), on=on, officer_id=who, second_id=0, **dates
        )
        for on, who in ((ago(3), person.user.pk), (ahead(1), 0))
    )

    def visits(reader: Person) -> dict[int, list[str]]:
        sections = {each.code: each for each in reader.get("desk:today", whose="station").context["sections"]}
        found = sections.get("visits")
        return (
            {item.row.key: [str(each.label) for each in item.offers] for item in found.items} if found else {}
        )

    assert visits(person) == {left.pk: ["Move"]}
    assert visits(boss) == {empty.pk: ["Inspect by checklist"]}
    InspectionFactory(enterprise=left.enterprise, inspected_on=today())
    assert visits(person) == {}


@pytest.mark.parametrize("day", [None, "", "tomorrow", 20260131])
def test_no_day_is_refused_at_the_day(city: City, day: Any) -> None:
    """What a task or a program sends, which no page does: a sentence, and nothing is written."""
    head, second = chief(city.first), officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    who = {"officer_id": second.user.pk}
    away = {"station_id": city.first.pk, "kind": "leave"}
    for field, operation, arguments in (
        ("on", planning.plan_visits, {"enterprise_ids": [enterprise.pk], "on": day}),
        ("from_on", add_absence, away | {"from_on": day, "until_on": ahead(1)}),
        ("until_on", add_absence, away | {"from_on": today(), "until_on": day}),
    ):
        with pytest.raises(ValidationError) as refused:
            head.act(operation, **who, **arguments)
        assert refused.value.message_dict.keys() == {field}
    assert not rows(PlannedVisit, city.first)


def test_a_station_without_enterprises_or_numbers_is_told_what_to_do(city: City) -> None:
    """Found by walking through a new station: "everything due is planned", with nothing on the register."""
    head, own = persons.chief(city.first), persons.officer(city.first)
    register, people, week = (
        reverse(each) for each in ("enterprises:list", "accounts:users", "inspections:plan_week")
    )
    for name in ("inspections:plan_week", "inspections:plan_month"):
        page = head.get(name).content.decode()
        main = page[page.index("<main") :]
        assert "No enterprise on the register yet" in main
        assert "everything due is planned" not in page
        assert f'class="btn btn-primary" href="{register}"' in main
        assert f'class="btn btn-primary" href="{people}"' in main
        assert f'class="btn btn-primary" href="{people}"' not in own.get(name).text, "may not"
    absences = head.get("inspections:plan_absences").text
    assert "No officer can be planned" in absences
    assert "Enter the absence" not in absences
    visits_page = head.get("inspections:plan_visits").text
    assert f'href="{week}"' in visits_page[visits_page.index("Nothing is planned yet") :]
    firm = EnterpriseFactory(station=city.first, next_inspection_on=ahead(90))
    InspectionFactory(enterprise=firm, inspected_on=ago(3))
    assert "everything due is planned" in head.get("inspections:plan_week").text
