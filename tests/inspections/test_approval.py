"""Approval of inspections by the chief, before or afterwards, and what goes on overdue."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from inspections.choices import VisitStep
from inspections.models import PlannedVisit, VisitEscalation
from inspections.operations import create_inspection
from inspections.planning import approving, planning
from inspections.planning.escalating import escalate_visits
from papers.models import Paper
from tests.factories import (
    EnterpriseFactory,
    InspectionFactory,
    LetterheadFactory,
    LiaisonFactory,
    PlannedVisitFactory,
    PlanRuleFactory,
)
from tests.facts.people import Person, ago, ahead, fresh, log, manager, rows, supervisor, today
from tests.fixtures import City
from tests.inbox.conftest import inbox_of
from tests.inspections.test_drawn_visits import chief, officer
from tests.inspections.test_plan import plan

pytestmark = pytest.mark.django_db


def on_today(person: Person, code: str) -> dict[int, list[str]]:
    """Return the rows of a kind of work on a person's Today, with their acts."""
    groups = person.get("desk:today").context["groups"]
    found = [each for group in groups for each in group.items if each.work.code == code]
    return {each.row.key: [str(offer.label) for offer in each.offers] for each in found}


def listed_in_register(person: Person, state: str) -> set[int]:
    return {
        row.record.pk for row in person.get("papers:register", state=state).context["table"].page.object_list
    }


def test_the_chief_approves_many_at_once_each_with_its_form(city: City) -> None:
    head, own, second = chief(city.first), officer(city.first, "周志远"), officer(city.first, "陈立")
    PlanRuleFactory(bureau=city.bureau, effective_from=ago(400), grey=4)
    firms = [EnterpriseFactory(station=city.first, name=f"第{number}公司") for number in range(3)]
    visits = [plan(own, each, second_id=second.user.pk, departments="消防救援大队") for each in firms]
    assert set(on_today(head, "visits_to_approve")) == {each.pk for each in visits}
    assert not on_today(own, "visits_to_approve")
    assert set(on_today(second, "visits")) == {each.pk for each in visits}

    boss = manager(firms[0])
    page = head.get("inspections:plan_approvals")
    assert page.text.count("checked") == 3, "ticked beforehand"
    ids = [each.pk for each in visits[:2]]
    shown = [each["value"] for each in page.context["rows"] if each["visit"].pk in ids]
    answer = head.post("inspections:plan_approvals", visit=shown)
    assert answer.status_code == 422
    assert "letterhead" in answer.text
    assert not rows(Paper, city.first)
    own.act(
        planning.move_visits, ids=[visits[2].pk], on=ahead(2), officer_id=own.user.pk, second_id=head.user.pk
    )
    answer = head.post("inspections:plan_approvals", visit=f"{visits[2].pk}:{visits[2].version}")
    assert "changed or decided in the meantime" in answer.text, "the chief saw another day and other officers"
    with pytest.raises(StaleRecord):
        head.act(approving.approve_visits, ids=[visits[2].pk], versions={visits[2].pk: visits[2].version})
    LetterheadFactory(bureau=city.bureau, station=city.first)
    assert head.post("inspections:plan_approvals", visit=shown).status_code == 302
    papers = rows(Paper, city.first)
    assert [each.number for each in papers] == [1, 2]
    assert {each.form for each in papers} == {"inspection-approval"}
    assert {each.state for each in papers} == {"kept"}, "the police keep it: nothing waits for service"
    register = {state: listed_in_register(head, state) for state in ("issued", "served", "kept")}
    assert register == {"issued": set(), "served": set(), "kept": {each.pk for each in papers}}
    said = papers[0].data
    assert (said["approver"], said["departments"], said["cap"], said["held"]) == (
        str(head.user),
        "消防救援大队",
        4,
        0,
    )
    assert f"周志远（警号{own.user.police_number}）" in said["officers"]
    assert said["source"] == "按周期检查"
    first = fresh(visits[0])
    assert first.paper_number == papers[0].number_text
    assert first.approved_until > first.on
    assert set(on_today(head, "visits_to_approve")) == {visits[2].pk}
    assert head.act(approving.approve_visits, ids=ids) == [], "a colleague has decided"
    assert len(rows(Paper, city.first)) == 2

    # neither the enterprise nor another station sees what is to come
    assert not inbox_of(boss.actor)
    assert boss.get("papers:paper", papers[0].pk).status_code == 404
    assert boss.get("inspections:plan_visit", first.pk).status_code == 403
    shown = own.get("papers:paper", papers[0].pk)
    assert shown.status_code == 200
    assert "Record the service" not in shown.text
    with pytest.raises(NotAllowed):
        own.act(approving.approve_visits, ids=[visits[2].pk])

    answer = head.post("inspections:plan_refuse", visits[2].pk, reason="Not during the fair", version=2)
    assert answer.status_code == 302
    assert "Not during the fair" in own.get("inspections:plan_visit", visits[2].pk).text
    assert "Not approved" in own.get("accounts:inbox").text
    with pytest.raises(WrongState):
        head.act(approving.refuse_visit, id=visits[2].pk, reason="Again")
    plan(own, firms[2], second_id=second.user.pk)  # it is among the unplanned again

    made = own.act(
        create_inspection,
        enterprise_id=firms[0].pk,
        inspected_on=today(),
        kind="routine",
        conclusion="qualified",
        inspectors="周志远, 陈立",
    )
    assert papers[0].number_text in own.get("inspections:inspection", made.pk).text, "it names its approval"


def test_an_approval_holds_for_some_days_and_two_officers_must_be_named(city: City) -> None:
    head, own = chief(city.first), officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    visit = plan(own, EnterpriseFactory(station=city.first))
    head.act(approving.approve_visits, ids=[visit.pk])
    until = fresh(visit).approved_until
    move = {"ids": [visit.pk], "officer_id": own.user.pk, "second_id": head.user.pk}
    own.act(planning.move_visits, on=until, **move)
    assert not on_today(head, "visits_to_approve")
    own.act(planning.move_visits, on=until + dt.timedelta(days=1), **move)
    assert on_today(head, "visits_to_approve") == {visit.pk: ["Approve"]}
    head.act(approving.approve_visits, ids=[visit.pk])
    assert [each.number for each in rows(Paper, city.first)] == [1, 2]
    head.act(planning.move_visits, on=fresh(visit).approved_until + dt.timedelta(days=1), **move)
    head.act(approving.refuse_visit, id=visit.pk, reason="Too late")
    refused = own.get("inspections:plan_visit", visit.pk).text
    assert rows(Paper, city.first)[1].number_text in refused
    assert "holds until" not in refused
    alone = PlannedVisitFactory(
        enterprise=EnterpriseFactory(station=city.first), on=ahead(1), since_on=today(), second_id=0
    )
    with pytest.raises(WrongState, match="Two officers"):
        head.act(approving.approve_visits, ids=[alone.pk])


@time_machine.travel("2026-06-15 10:00+08:00", tick=True)
def test_an_urgent_inspection_is_approved_within_its_period_afterwards(city: City) -> None:
    head, own, second = chief(city.first), officer(city.first), officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    enterprise = EnterpriseFactory(station=city.first)
    planned = plan(own, enterprise, today(), urgent=True, urgent_reason="Fireworks in the yard")
    assert planned.approve_by == dt.date(2026, 6, 18), "three working days"
    assert "Urgent, to be approved afterwards" in head.get("accounts:inbox").text

    # nobody had planned this one
    made = InspectionFactory(enterprise=EnterpriseFactory(station=city.first), inspected_on="2026-06-12")
    assert "Have it approved afterwards" in own.get("inspections:inspection", made.pk).text
    data = {"officer": own.user.pk, "second": second.user.pk, "urgent_reason": "A call at night"}
    assert own.post("inspections:plan_afterwards", made.pk, **data).status_code == 302
    visit = max(rows(PlannedVisit, city.first), key=lambda each: each.pk)
    assert (visit.on, visit.approve_by) == (dt.date(2026, 6, 12), dt.date(2026, 6, 17))
    again = second.post("inspections:plan_afterwards", made.pk, **data)
    assert (again.status_code, len(rows(PlannedVisit, city.first))) == (422, 2), (
        "a colleague has asked already"
    )
    head.act(approving.approve_visits, ids=[planned.pk, visit.pk])
    papers = {each.records["planned_visit"][0]: each.data for each in rows(Paper, city.first)}
    assert papers[visit.pk]["afterwards"] is True
    assert papers[planned.pk]["afterwards"] is False
    assert papers[visit.pk]["urgent_reason"] == "A call at night"
    assert not on_today(head, "visits_to_approve")
    assert officer(city.second).get("inspections:plan_afterwards", made.pk).status_code == 404


def test_who_is_named_in_an_approval_afterwards_has_inspected(city: City) -> None:
    """Found by walking: an officer asked for the approval of colleagues' inspection, with other officers in the form."""
    own, one, two = officer(city.first, "周志远"), officer(city.first, "陈立"), officer(city.first, "李珊")
    firm = EnterpriseFactory(station=city.first)
    made = InspectionFactory(enterprise=firm, inspected_on=today(), inspectors="陈立、李珊")
    begins = own.get("inspections:plan_afterwards", made.pk).context["form"].initial
    assert (begins["officer"], begins["second"]) == (one.user.pk, two.user.pk)
    data = {"officer": one.user.pk, "second": own.user.pk, "urgent_reason": "A call at night"}
    answer = own.post("inspections:plan_afterwards", made.pk, **data)
    assert answer.status_code == 422
    assert "周志远 is not among those who inspected: 陈立, 李珊." in answer.text
    assert not rows(PlannedVisit, city.first)
    assert (
        own.post("inspections:plan_afterwards", made.pk, **data | {"second": two.user.pk}).status_code == 302
    )
    # of whom only one still works here, nobody could ask
    left = InspectionFactory(enterprise=firm, inspected_on=ago(9), inspectors="陈立、王强")
    assert own.post("inspections:plan_afterwards", left.pk, **data).status_code == 302


def test_an_inspection_whose_approval_was_refused_says_so(city: City) -> None:
    """Found by walking: its page said that nobody had planned it; the list of visits said that it was done."""
    head, own, second = chief(city.first), officer(city.first), officer(city.first)
    made = InspectionFactory(enterprise=EnterpriseFactory(station=city.first), inspected_on=today())
    data = {"officer": own.user.pk, "second": second.user.pk, "urgent_reason": "A call at night"}
    assert own.post("inspections:plan_afterwards", made.pk, **data).status_code == 302
    (visit,) = rows(PlannedVisit, city.first)
    assert "not approved yet" in own.get("inspections:plan_visits").text
    head.act(approving.refuse_visit, id=visit.pk, reason="It could have waited")
    page = own.get("inspections:inspection", made.pk).text
    assert "Nobody had planned it" not in page
    assert "It could have waited" in page
    assert "Have it approved afterwards" in page, "with a better reason"
    assert "The approval was refused" in own.get("inspections:plan_visits").text
    assert own.post("inspections:plan_afterwards", made.pk, **data).status_code == 302
    assert "It could have waited" not in own.get("inspections:inspection", made.pk).text


@time_machine.travel("2026-06-15 10:00+08:00", tick=True)
def test_what_was_approved_too_late_says_so(city: City) -> None:
    head, own, second = chief(city.first), officer(city.first), officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    for day, late in (("2026-06-12", False), ("2026-06-05", True)):
        made = InspectionFactory(enterprise=EnterpriseFactory(station=city.first), inspected_on=day)
        data = {"officer": own.user.pk, "second": second.user.pk, "urgent_reason": "A call at night"}
        own.post("inspections:plan_afterwards", made.pk, **data)
        visit = max(rows(PlannedVisit, city.first), key=lambda each: each.pk)
        head.act(approving.approve_visits, ids=[visit.pk])
        for page in (own.get("inspections:plan_visit", visit.pk), own.get("inspections:inspection", made.pk)):
            assert (f"approved late, it was due by {visit.approve_by}" in page.text) is late


@time_machine.travel("2026-06-15 10:00+08:00", tick=True)
def test_overdue_and_never_inspected_go_on_once_each(city: City) -> None:
    head, own, boss = chief(city.first), officer(city.first), supervisor(city.bureau)
    late = EnterpriseFactory(station=city.first, name="Late", next_inspection_on="2026-06-04")
    very = EnterpriseFactory(station=city.first, name="Very late", next_inspection_on="2026-05-04")
    new = EnterpriseFactory(
        station=city.first, name="New", registered_on="2026-05-25", next_inspection_on=None
    )
    old = EnterpriseFactory(
        station=city.first, name="Old", registered_on="2024-05-25", next_inspection_on=None
    )
    EnterpriseFactory(station=city.first, next_inspection_on="2026-06-15")
    for each in (late, very):
        InspectionFactory(enterprise=each, inspected_on="2026-01-04")
        LiaisonFactory(enterprise=each, officer=own.user)
    plan(own, late)  # a plan stops nothing
    count = escalate_visits(city.bureau.pk)
    steps: dict[int, list[str]] = {}
    for each in rows(VisitEscalation, city.first):
        steps.setdefault(each.enterprise_id, []).append(each.step)
    every = [str(step) for step in VisitStep]
    assert steps == {late.pk: every[:2], very.pk: every, old.pk: every}
    assert count == 8
    assert new.pk not in steps, "its first inspection has 30 working days"
    assert escalate_visits(city.bureau.pk) == 0, "each step once"

    def told(person: Person) -> str:
        text: str = person.get("accounts:inbox").text
        return text

    assert "Inspection overdue, 2 enterprises" in told(own)
    inbox = own.client.get(reverse("accounts:inbox"), headers={"Accept-Language": "zh-hans"}).content.decode()
    (line,) = [each for each in inbox.split("<") if "逾期未检查" in each]
    assert "、" in line, "names are separated as the reader's language does, whatever that of the job was"
    assert ", " not in line
    assert "escalated to the bureau, 2 enterprises" in told(boss)
    assert "escalated to you, 1 enterprise" in told(head), "the others are before the bureau"
    assert [each.action for each in log(city.first, enterprise_id=late.pk)][-2:] == [
        "enterprise.visit_liaison",
        "enterprise.visit_chief",
    ]
    with time_machine.travel("2026-07-20 10:00+08:00", tick=True):
        assert escalate_visits(city.bureau.pk) > 0, (
            "what was due on another day begins anew, the rest goes on"
        )
    assert reverse("inspections:plan_week") in told(boss)


def test_an_approval_without_a_paper_is_not_shown_as_waiting(city: City) -> None:
    """Found in the demo: a visit was approved, and its page said that it waits for the chief."""
    head = chief(city.first)
    visit = PlannedVisitFactory(
        enterprise=EnterpriseFactory(station=city.first),
        on=ahead(2),
        officer_id=head.user.pk,
        approved_at=timezone.now(),
        approved_until=ahead(9),
        approved_by="Chief Zhou",
    )
    page = head.get("inspections:plan_visit", visit.pk).text
    assert "waits for the chief" not in page
    assert "Chief Zhou" in page
