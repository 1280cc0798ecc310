"""What the week proposes and what is dragged on it; who takes over the visits of a leaver."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from foundation.accounts.operations import revoke_role
from inspections.models import DrawnVisit, PlannedVisit
from inspections.planning.weeks import monday_of
from tests.factories import (
    DrawFactory,
    DrawnVisitFactory,
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
    PlannedVisitFactory,
    PlanRuleFactory,
)
from tests.facts import people as persons
from tests.facts.people import Person, ago, ahead, fresh, rows, supervisor, today
from tests.fixtures import City
from tests.inspections.test_drawn_visits import officer
from tests.inspections.test_plan import plan

pytestmark = pytest.mark.django_db


def test_what_a_drag_keeps_and_what_was_moved_meanwhile(city: City) -> None:
    """A trip carries its colleague, its part of the day and what the person saw of it."""
    own, other, third = (officer(city.first, name) for name in ("Qian", "Sun", "Li"))
    on = monday_of(today()) + dt.timedelta(days=8)
    visit = PlannedVisitFactory(
        enterprise=EnterpriseFactory(station=city.first),
        on=on,
        half="pm",
        officer_id=own.user.pk,
        second_id=other.user.pk,
    )

    def trip(person: Person) -> Any:
        lines = own.get("inspections:plan_week", week=on.isoformat()).context["lines"]
        (line,) = (each for each in lines if each.officer.pk == person.user.pk)
        (found,) = (each for cell in line.cells for each in cell.trips)
        return found.dragged

    seen = trip(own)
    assert (seen.ids, seen.officer_id, seen.partner_id, seen.half) == (
        str(visit.pk),
        own.user.pk,
        other.user.pk,
        "pm",
    )
    assert (trip(other).officer_id, trip(other).partner_id) == (other.user.pk, own.user.pk)

    def dropped(officer_id: int) -> Any:
        return own.post(
            "inspections:plan_move",
            query=f"?visit={visit.pk}",
            on=on.isoformat(),
            officer=officer_id,
            second=seen.partner_id,
            part=seen.half,
            version=seen.version,
        )

    assert dropped(third.user.pk).status_code == 302
    assert (fresh(visit).officer_ids, fresh(visit).half) == ((third.user.pk, other.user.pk), "pm")
    late = dropped(own.user.pk)
    assert late.status_code == 422
    assert "in the meantime" in late.text
    assert fresh(visit).officer_id == third.user.pk


@time_machine.travel("2026-06-15 10:00+08:00", tick=True)
def test_a_proposal_leaves_out_what_the_yearly_limit_refuses(city: City) -> None:
    """Found: it was proposed each time, and refused each time it was taken."""
    own, _other = officer(city.first), officer(city.first)
    PlanRuleFactory(bureau=city.bureau, effective_from="2026-01-01", red=1, per_day=3)
    full = EnterpriseFactory(station=city.first, name="Full", colour="red", next_inspection_on=today())
    free = EnterpriseFactory(station=city.first, name="Free", colour="red", next_inspection_on=today())
    soon = EnterpriseFactory(station=city.first, name="Soon", colour="red", next_inspection_on=ahead(12))
    HazardFactory(enterprise=soon, found_on=ago(9), due_on=ahead(2), rectified_on=ago(1))
    for each in (full, soon):
        InspectionFactory(enterprise=each, inspected_on="2026-02-05")
    InspectionFactory(enterprise=free, inspected_on="2025-02-05")
    page = own.get("inspections:plan_week", propose="trips")
    assert [each["names"] for each in page.context["trips"]] == [["Free"]]
    assert "The yearly limit is reached: Full, Soon." in page.text
    plan(own, free)
    alone = own.get("inspections:plan_week", propose="1").text
    assert "inspections of all that is due are made" in alone
    assert "The yearly limit is reached: Full, Soon." in alone
    for number in range(10):
        more = EnterpriseFactory(station=city.first, colour="red", next_inspection_on=ahead(1))
        InspectionFactory(enterprise=more, inspected_on=f"2026-03-{number + 1:02}")
    assert " … (12). A re-inspection" in own.get("inspections:plan_week", propose="1").text


@time_machine.travel("2026-06-16 10:00+08:00", tick=True)
def test_what_was_inspected_today_is_proposed_from_tomorrow_on(city: City) -> None:
    """Found: a proposal put it on today, where taking refuses it."""
    own, _other = officer(city.first), officer(city.first)
    made = EnterpriseFactory(station=city.first, street="Long street", next_inspection_on=today())
    InspectionFactory(enterprise=made, inspected_on=today())
    late = EnterpriseFactory(station=city.first, street="North street", next_inspection_on=today())
    InspectionFactory(enterprise=late, inspected_on=ago(90))
    page = own.get("inspections:plan_week", propose="trips")
    assert {each["on"]: each["names"] for each in page.context["trips"]} == {
        today(): [late.name],
        ahead(1): [made.name],
    }
    trips = [each["value"] for each in page.context["trips"]]
    own.post("inspections:plan_take", trip=trips, first="2026-06-15")
    assert len(rows(PlannedVisit, city.first)) == 2


def test_an_auxiliary_is_no_successor_in_a_planned_or_drawn_visit(city: City) -> None:
    """Found: a visit was handed over to somebody without a police number, whom nobody may name on one."""
    head, leaver, other = (
        supervisor(city.bureau),
        *(officer(city.first, name) for name in ("Officer Qian", "Officer Sun")),
    )
    auxiliary = persons.officer(city.first, "Auxiliary Feng")
    enterprise = EnterpriseFactory(station=city.first)
    visit = PlannedVisitFactory(
        enterprise=enterprise, on=ahead(2), officer_id=leaver.user.pk, second_id=other.user.pk
    )
    made = DrawFactory(station=city.first, kind="inspections", stations=[city.first.pk])
    drawn = DrawnVisitFactory(
        enterprise=enterprise, draw_id=made.pk, officer_id=leaver.user.pk, drawn_on=ago(2), due_on=ahead(9)
    )
    grant = leaver.user.grants.get()
    head.act(revoke_role, grant_id=grant.pk, successors={city.first.pk: auxiliary.user.pk}, reason="Moves")
    assert fresh(visit).officer_ids == (other.user.pk,), "its place is open"
    assert [each.officer_id for each in rows(DrawnVisit, city.first)] == [leaver.user.pk]
    assert fresh(drawn).lapsed_at is None
