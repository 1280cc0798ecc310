"""The life of a hazard: its states and acts, two concurrent officers, hazards recorded with an inspection."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse

from disputes.operations import reopen_dispute
from facts.four_eyes import is_own
from foundation.accounts.access import WrongState, allows
from foundation.accounts.choices import Role
from foundation.tenancy.scope import station_scope
from inspections import operations
from inspections.choices import HazardState
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard, Inspection
from inspections.selectors import in_state, list_hazards
from tests.factories import DisputeFactory, EnterpriseFactory, HazardFactory, InactivityFactory
from tests.facts.people import Person, ago, ahead, fresh, log, manager, officer, rows, supervisor, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db

# how to create a hazard in each state
DATES: dict[HazardState, dict[str, Any]] = {
    HazardState.OPEN: {"due_on": ahead(5)},
    HazardState.OVERDUE: {"due_on": ago(5)},
    HazardState.REFUSED: {"due_on": ahead(5), "refused_on": ago(2)},
    HazardState.SUBMITTED: {"due_on": ago(5), "rectified_on": ago(1)},
    HazardState.CLOSED: {"due_on": ago(5), "rectified_on": ago(6), "closed_on": ago(1)},
}
SUBMITTED = {"rectified_on": ago(1), "submitted_by": "Manager Ma"}
# the allowed transitions, written out independently: this test compares the table of acts with them,
# tests/facts/test_lives.py compares operations and pages with the table
# compares operations and pages with the table
ARROWS = {
    ("open", "rectify", "submitted"),
    ("overdue", "rectify", "submitted"),
    ("refused", "rectify", "submitted"),
    # the enterprise, until an officer has opened it
    *(("submitted", "withdraw", state) for state in ("open", "overdue", "refused")),
    ("submitted", "close", "closed"),
    ("open", "close", "closed"),  # closed at once, without a submission
    ("overdue", "close", "closed"),
    ("refused", "close", "closed"),
    ("submitted", "send_back", "open"),
    ("submitted", "send_back", "overdue"),  # its deadline remains
    ("closed", "reopen", "open"),
    ("closed", "reopen", "overdue"),
    ("open", "extend", "open"),
    ("open", "suspend", "open"),
    ("open", "resume", "open"),
    ("refused", "resume", "refused"),
    ("overdue", "extend", "open"),  # if it was asked for before
    *((state, act, state) for act in ("ask_extension", "decline_extension") for state in ("open", "overdue")),
    *(
        (state, act, state)
        for act in ("mark_major", "mark_ordinary")
        for state in ("open", "overdue", "refused", "submitted")
    ),
    ("open", "refuse", "refused"),
    ("overdue", "refuse", "refused"),
}


def hazard_in(state: HazardState, city: City, **more: Any) -> Hazard:
    return HazardFactory(enterprise__station=city.first, **{"found_on": ago(20), **DATES[state], **more})


def test_the_table_of_acts_says_what_may_happen() -> None:
    assert {(str(start), act.code, str(end)) for start, act, end in HAZARD_LIFE.arrows()} == ARROWS


def test_officers_may_do_every_act_but_the_enterprises_and_their_supervisor_none(city: City) -> None:
    actor, boss = officer(city.first).actor, supervisor(city.bureau).actor
    for act in HAZARD_LIFE.acts.values():
        assert allows(actor, act.permission) is (act.code != "withdraw")
        assert not allows(boss, act.permission)


def test_a_refusal_ends_with_the_submission(city: City) -> None:
    person, hazard = officer(city.first), hazard_in(HazardState.REFUSED, city)
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(1), submitted_by="Manager Ma")
    person.act(operations.send_back_hazard, id=hazard.pk, reason="Still dark")
    now = fresh(hazard)
    assert now.state is HazardState.OPEN
    assert [now.state_on(ago(days)) for days in (3, 2, 1, 0)] == ["open", "refused", "submitted", "open"]
    person.act(operations.refuse_hazard, id=hazard.pk, reason="No money again")
    assert fresh(hazard).state is HazardState.REFUSED


@pytest.mark.parametrize("state", [*DATES, HazardState.VOIDED])
def test_the_filter_and_the_property_agree_on_the_state(state: HazardState, city: City) -> None:
    hazards = {each: hazard_in(each, city) for each in DATES}
    person = officer(city.first)
    hazards[HazardState.VOIDED] = hazard_in(HazardState.OPEN, city)
    person.act(operations.void_hazard, id=hazards[HazardState.VOIDED].pk, version=1, reason="twice")
    with station_scope(person.actor.scope()):
        found = list(list_hazards(person.actor, voided=True).filter(in_state(state)))
    assert [each.pk for each in found] == [hazards[state].pk]
    assert found[0].state is state


def test_the_state_of_a_past_day_is_read_from_the_dates() -> None:
    day = dt.date(2026, 3, 1)
    hazard = Hazard(
        found_on=day,
        due_on=day + dt.timedelta(10),
        extended_due_on=day + dt.timedelta(20),
        extension_granted_on=day + dt.timedelta(9),
        rectified_on=day + dt.timedelta(25),
        closed_on=day + dt.timedelta(30),
    )
    seen = [hazard.state_on(day + dt.timedelta(days)) for days in (0, 15, 21, 25, 29, 30)]
    assert seen == ["open", "open", "overdue", "submitted", "submitted", "closed"]


def test_two_officers_on_one_hazard_close_it_once(city: City) -> None:
    hazard = hazard_in(HazardState.SUBMITTED, city)
    one, other = officer(city.first, "Quick Qian"), officer(city.first)
    form = {"closed_on": today().isoformat(), "version": 1}

    assert one.post("inspections:hazard_close", hazard.pk, **form).status_code == 302
    late = other.post("inspections:hazard_close", hazard.pk, htmx=True, **form)

    assert late.headers["HX-Redirect"] == f"/inspections/hazards/{hazard.pk}/"
    assert str(list(get_messages(late.wsgi_request))[-1]) == "Closed as put right · Quick Qian"
    assert fresh(hazard).closed_on == today()
    assert [entry.actor_name for entry in log(city.first, action="hazard.close")] == ["Quick Qian"]
    again = other.post("inspections:hazard_close", hazard.pk, **(form | {"version": 2}))
    assert again.url == f"/inspections/hazards/{hazard.pk}/"


@pytest.mark.parametrize(
    ("act", "state", "good", "bad"),
    [
        ("rectify", HazardState.OVERDUE, SUBMITTED, SUBMITTED | {"rectified_on": ahead(1)}),
        ("rectify", HazardState.OPEN, SUBMITTED, SUBMITTED | {"rectified_on": ago(21)}),
        ("rectify", HazardState.OPEN, SUBMITTED, {"rectified_on": ago(1)}),
        ("close", HazardState.SUBMITTED, {"closed_on": today()}, {"closed_on": ago(2)}),
        ("close", HazardState.OPEN, {"closed_on": ago(3)}, {"closed_on": "yesterday"}),
        ("send-back", HazardState.SUBMITTED, {"reason": "Still dark"}, {"reason": " "}),
        (
            "extend",
            HazardState.OPEN,
            {"extended_due_on": ahead(9), "extension_granted_on": ago(1), "reason": "Ill"},
            {"extended_due_on": ahead(5), "extension_granted_on": ago(1), "reason": "Ill"},
        ),
        (
            "extend",
            HazardState.OPEN,
            {"extended_due_on": ahead(9), "extension_granted_on": ago(1), "reason": "Ill"},
            {"extended_due_on": ahead(9), "extension_granted_on": ahead(1), "reason": "Ill"},
        ),
        ("major", HazardState.OPEN, {"on": ago(1), "reason": "Gas"}, {"on": ago(40), "reason": "Gas"}),
        (
            "refuse",
            HazardState.OVERDUE,
            {"refused_on": today(), "reason": "No money"},
            {"refused_on": today()},
        ),
    ],
)
def test_an_act_checks_its_days(act: str, state: HazardState, good: dict, bad: dict, city: City) -> None:
    hazard = hazard_in(state, city)
    person = officer(city.first)
    name = f"inspections:hazard_{act.replace('-', '_')}"
    assert person.get(name, hazard.pk, htmx=True).status_code == 200

    refused = person.post(name, hazard.pk, version=1, **bad)
    assert refused.status_code == 422
    assert refused.context["form"].errors
    assert fresh(hazard).version == 1
    assert log(city.first, object_id=hazard.pk) == []

    assert person.post(name, hazard.pk, version=1, **good).status_code == 302
    assert fresh(hazard).version == 2
    (entry,) = log(city.first, object_id=hazard.pk)
    assert entry.action == f"hazard.{ {'major': 'mark_major', 'send-back': 'send_back'}.get(act, act) }"
    assert person.get("inspections:hazard", hazard.pk).status_code == 200


def test_an_extension_is_granted_before_the_deadline_in_force(city: City) -> None:
    person = officer(city.first)
    late, open_ended = hazard_in(HazardState.OVERDUE, city), hazard_in(HazardState.OPEN, city, due_on=None)
    for hazard in (late, open_ended):
        with pytest.raises(WrongState):
            person.act(operations.extend_hazard, id=hazard.pk, reason="So", extended_due_on=ahead(9))
    twice = hazard_in(HazardState.OPEN, city, due_on=ago(1), found_on=ago(9))
    with pytest.raises(WrongState):
        person.act(operations.extend_hazard, id=twice.pk, reason="So", extended_due_on=ahead(9))
    twice = hazard_in(HazardState.OPEN, city, due_on=ahead(1))
    person.act(
        operations.extend_hazard,
        id=twice.pk,
        reason="So",
        extended_due_on=ahead(9),
        extension_granted_on=ago(2),
    )
    for bad in (
        {"extended_due_on": ahead(9), "extension_granted_on": today()},  # no later than the one in force
        {"extended_due_on": ahead(19), "extension_granted_on": ago(3)},  # before the first was granted
    ):
        with pytest.raises(ValidationError):
            person.act(operations.extend_hazard, id=twice.pk, reason="So", **bad)
    page = person.post(
        "inspections:hazard_extend",
        twice.pk,
        version=2,
        extended_due_on=ahead(19),
        extension_granted_on=ago(1),
        reason="So",
    )
    assert page.status_code == 302
    now = fresh(twice)
    assert [now.deadline_as_of(ago(days)) for days in (3, 2, 1)] == [ahead(1), ahead(9), ahead(19)]
    assert now.deadline_on == ahead(19)


def test_an_enterprise_submits_today_and_only_its_own(city: City) -> None:
    own, other = hazard_in(HazardState.OVERDUE, city), hazard_in(HazardState.OVERDUE, city)
    person = manager(own.enterprise)
    assert (
        person.post("inspections:hazard_rectify", other.pk, version=1, rectified_on=ago(9)).status_code == 404
    )
    assert person.post("inspections:hazard_close", own.pk, version=1, closed_on=today()).status_code == 403
    assert (fresh(own).version, fresh(other).version) == (1, 1)
    assert (
        person.post("inspections:hazard_rectify", own.pk, version=1, rectified_on=ago(9)).status_code == 302
    )
    assert fresh(own).rectified_on == today()


@pytest.mark.parametrize("name", ["李", "王/安保", "A", "031245"])
def test_whoever_has_an_account_can_work_under_its_name(city: City, name: str) -> None:
    firm = EnterpriseFactory(station=city.first)
    own = Person(Role.SECURITY_MANAGER, enterprise=firm, name=name)
    hazard = HazardFactory(enterprise=firm, found_on=ago(5), due_on=ahead(5))
    assert own.post("inspections:hazard_rectify", hazard.pk, version=hazard.version).status_code == 302
    assert fresh(hazard).submitted_by == name
    day = {
        "enterprise_id": firm.pk,
        "checked_on": today(),
        "target": "general",
        "checked_by": f"{name}, Wang",
    }
    assert own.act(operations.create_self_check, **day).checked_by == f"{name}, Wang"

    first, second = officer(city.first, name=name), officer(city.first, name="Zhao")
    values = {"found_on": ago(1), "due_on": ahead(5), "item": "Exit blocked"}
    found = first.act(operations.create_hazard, enterprise_id=firm.pk, **values)
    assert found.found_by == name
    held = first.act(
        operations.create_inspection,
        enterprise_id=firm.pk,
        inspected_on=ago(1),
        inspectors=f"{name}, Zhao",
    )
    more = second.act(
        operations.create_hazard, enterprise_id=firm.pk, inspection=held, **values | {"place": "Yard"}
    )
    assert (more.found_by, is_own(first.actor, more)) == (held.inspectors, True)


def test_a_typed_name_is_still_one_of_a_person(city: City) -> None:
    hazard = HazardFactory(enterprise=EnterpriseFactory(station=city.first), found_on=ago(5), due_on=ahead(5))
    with pytest.raises(ValidationError) as refused:
        officer(city.first).act(
            operations.rectify_hazard, id=hazard.pk, version=hazard.version, submitted_by="A"
        )
    assert list(refused.value.error_dict) == ["submitted_by"]


def test_a_hazard_reported_by_an_enterprise_counts_as_found_by_itself(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    manager(enterprise).post(
        "inspections:hazard_create", item="Door", found_on=ago(2), origin="police", major="on"
    )
    (hazard,) = rows(Hazard, city.first)
    assert (hazard.origin, hazard.reported_on, hazard.major_from_on) == ("self", today(), None)


def inspection_form(enterprise: Any, *hazards: dict[str, Any], **more: Any) -> dict[str, Any]:
    data = {
        "enterprise": enterprise.pk,
        "inspected_on": ago(1),
        "kind": "routine",
        "conclusion": "rectify",
    } | more
    data |= {"hazards-TOTAL_FORMS": len(hazards), "hazards-INITIAL_FORMS": 0}
    for number, hazard in enumerate(hazards):
        data |= {f"hazards-{number}-{name}": value for name, value in hazard.items()}
    return data


def test_an_inspection_and_its_hazards_are_one_act(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first, colour="yellow", cycle_days=30)
    person = officer(city.first)
    good = [
        {"item": "Alarm", "due_on": ahead(7), "major": "on"},
        {},
        {"item": "Lock", "place": "Gate", "due_on": ahead(9)},
    ]
    # due before it was found, which only the operation checks
    bad = [good[0], {}, {"item": "Lock", "due_on": ago(9)}]

    refused = person.post("inspections:inspection_create", **inspection_form(enterprise, *bad))

    assert refused.status_code == 422
    assert refused.context["hazards"].forms[2].errors["due_on"]
    assert "Alarm" in refused.content.decode()
    assert rows(Inspection, city.first) == rows(Hazard, city.first) == log(city.first) == []
    assert fresh(enterprise).next_inspection_on is None

    assert (
        person.post("inspections:inspection_create", **inspection_form(enterprise, *good)).status_code == 302
    )

    (inspection,) = rows(Inspection, city.first)
    alarm, lock = rows(Hazard, city.first)
    assert {alarm.inspection_id, lock.inspection_id} == {inspection.pk}
    assert (alarm.found_on, alarm.origin, alarm.severity) == (ago(1), "police", "major")
    assert (lock.place, lock.severity) == ("Gate", "ordinary")
    assert [entry.action for entry in log(city.first)] == [
        "inspection.create",
        "hazard.create",
        "hazard.create",
    ]
    assert fresh(enterprise).next_inspection_on == ago(1) + dt.timedelta(days=30)
    assert "Alarm" in person.get("inspections:inspection", inspection.pk).content.decode()

    person.post("inspections:inspection_void", inspection.pk, version=1, reason="another firm")
    assert len(rows(Hazard, city.first)) == 2


@pytest.mark.parametrize("total", ["", "x", "11", "999999999999"])
def test_a_tampered_number_of_hazards_is_an_error_and_no_crash(total: str, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    data = inspection_form(enterprise, note="typed for long") | {"hazards-TOTAL_FORMS": total}
    if total == "11":
        data |= {f"hazards-{number}-item": f"Item {number}" for number in range(11)}
    answer = officer(city.first).post("inspections:inspection_create", **data)
    assert answer.status_code == 422
    assert "typed for long" in answer.content.decode()
    assert rows(Inspection, city.first) == []


@pytest.mark.parametrize("asked", ["0", "3", "9", "10", "77777", "x", "-1", ""])
def test_another_row_for_a_hazard_is_a_fragment(asked: str, city: City) -> None:
    page = officer(city.first).get("inspections:inspection_create", row=asked, htmx=True)
    assert page.status_code == 200
    assert b"<html" not in page.content
    assert b"hazards-TOTAL_FORMS" in page.content


def test_a_hazard_is_linked_to_an_inspection_of_the_same_enterprise_alone(city: City) -> None:
    person = officer(city.first)
    enterprise, other = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.first)
    person.post("inspections:inspection_create", **inspection_form(enterprise, conclusion="qualified"))
    (inspection,) = rows(Inspection, city.first)
    for target, expected in ((enterprise, inspection.pk), (other, None)):
        person.post(
            "inspections:hazard_create",
            enterprise=target.pk,
            item="Fence",
            found_on=inspection.inspected_on,
            due_on=ahead(3),
            origin="police",
            inspection=inspection.pk,
        )
        assert rows(Hazard, city.first)[-1].inspection_id == expected


def test_an_enterprise_keeps_its_thirty_days_when_it_corrects_the_first(city: City) -> None:
    firm = EnterpriseFactory(station=city.first, registered_on=None)
    person = manager(firm)
    hazard = person.act(
        operations.create_hazard, enterprise_id=firm.pk, item="Lock", found_on=ago(0), due_on=ahead(30)
    )
    with pytest.raises(ValidationError) as error:
        person.act(operations.correct_hazard, id=hazard.pk, version=1, reason="So", found_on=ago(7))
    assert list(error.value.error_dict) == ["due_on"]


def test_nothing_new_happens_on_days_off_the_register(city: City) -> None:
    """What was there may be put right and closed then."""
    firm, person = EnterpriseFactory(station=city.first, registered_on=None), officer(city.first)
    lock, door = (HazardFactory(enterprise=firm, found_on=ago(60), due_on=ahead(50)) for _number in range(2))
    dispute = DisputeFactory(enterprise=firm, opened_on=ago(60), settled_on=ago(50))
    InactivityFactory(enterprise=firm, kind="suspended", from_on=ago(30), until_on=None)
    person.act(operations.close_hazard, id=door.pk, closed_on=ago(20))
    again = {"reopened_on": ago(10), "due_on": ahead(5)}
    for act, record, days in (
        (operations.refuse_hazard, lock, {"refused_on": ago(10)}),
        (operations.mark_major, lock, {"on": ago(10)}),
        (operations.reopen_hazard, door, again),
        (reopen_dispute, dispute, again),
    ):
        with pytest.raises(ValidationError, match="off the register") as error:
            person.act(act, id=record.pk, reason="So", **days)
        assert list(error.value.error_dict) == [next(iter(days))]
    person.act(operations.mark_major, id=lock.pk, on=ago(31), reason="So")


def test_the_board_shows_what_is_due_soonest_first(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    for days in (9, 2, 30):
        HazardFactory(enterprise=enterprise, item=f"Due in {days}", due_on=ahead(days), found_on=ago(1))
    HazardFactory(enterprise=enterprise, item="Without end", found_on=ago(1))
    person: Person = officer(city.first)
    page = person.get("inspections:hazards").content.decode()
    order = [page.index(words) for words in ("Due in 2", "Due in 9", "Due in 30", "Without end")]
    assert order == sorted(order)
    assert "Due in 2" not in person.get("inspections:hazards", state="closed").content.decode()
    assert "Due in 2" in person.get("inspections:hazards", q=enterprise.name[:10].upper()).content.decode()
    assert "Due in 2" not in person.get("inspections:hazards", q="nobody").content.decode()


@pytest.mark.parametrize(("days", "status"), [(30, 302), (31, 422), (3000, 422)])
def test_an_enterprise_may_set_itself_thirty_days_at_most(city: City, days: int, status: int) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    data = {"item": "Broken lock", "found_on": ago(2), "due_on": ago(2) + dt.timedelta(days=days)}
    answer = manager(enterprise).client.post(reverse("inspections:hazard_create"), data)
    assert answer.status_code == status
    assert len(rows(Hazard, city.first)) == (status == 302)
    if status == 422:
        assert ahead(28).isoformat() in answer.context["form"].errors["due_on"][0]
        assert "Broken lock" in answer.content.decode()
    # the police may set a later one, within a year
    data |= {"enterprise": enterprise.pk, "origin": "police", "due_reason": "Parts from abroad"}
    allowed = officer(city.first).client.post(reverse("inspections:hazard_create"), data)
    assert allowed.status_code == (302 if days < 366 else 422)
