"""Who reported something does not decide about it; whoever asks is told who may."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from disputes.models import Dispute
from disputes.operations import settle_dispute
from facts.lives import all_lives
from facts.models import FactStep
from facts.operations import correct_step
from facts.staff.pages import kinds
from foundation.accounts import operations as accounts
from foundation.accounts.access import WrongState
from foundation.accounts.choices import Role
from foundation.accounts.selectors import actor_for
from foundation.inbox.models import Notification
from foundation.inbox.selectors import list_notifications
from foundation.tenancy.scope import station_scope
from incidents.models import Incident
from incidents.operations import verify_incident
from inspections import operations
from inspections.access import Permission
from inspections.models import Hazard
from tests.factories import (
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
    RoleGrantFactory,
    SelfCheckFactory,
)
from tests.facts.people import NOUNS, Person, ago, ahead, chief, fresh, log, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def found(person: Person, city: City, **more: Any) -> Hazard:
    """Return a hazard that an officer found and recorded."""
    enterprise = EnterpriseFactory(station=city.first)
    given = {"item": "Lock", "found_on": ago(5), "due_on": ahead(9)} | more
    return person.act(operations.create_hazard, enterprise_id=enterprise.pk, **given)


def notified(person: Person) -> list[Notification]:
    """Return what a person was told."""
    with station_scope(person.actor.scope()):
        return list(list_notifications(person.actor))


def test_the_finder_does_not_accept_and_is_told_who_may(city: City) -> None:
    finder, other, boss = (
        officer(city.first, "Finder Fan"),
        officer(city.first, "Other Ou"),
        chief(city.first),
    )
    hazard = found(finder, city)
    manager(hazard.enterprise).act(operations.rectify_hazard, id=hazard.pk)

    with pytest.raises(WrongState) as refused:
        finder.act(operations.close_hazard, id=hazard.pk)
    assert "Other Ou" in str(refused.value)
    assert f"{boss.user} (chief)" in str(refused.value)
    assert "Finder Fan" not in str(refused.value)
    page = finder.get("inspections:hazard", hazard.pk)
    assert f"/inspections/hazards/{hazard.pk}/close/" not in [each.url for each in page.context["buttons"]]
    assert "Other Ou" in page.content.decode()
    asked = finder.get("inspections:hazard_close", hazard.pk)
    assert asked.status_code == 302
    assert "Other Ou" in str(list(get_messages(asked.wsgi_request))[-1])
    assert finder.post("inspections:hazard_close", hazard.pk, version=2, closed_on=today()).status_code == 422
    assert fresh(hazard).closed_on is None

    assert other.post("inspections:hazard_close", hazard.pk, version=2, closed_on=today()).status_code == 302
    assert fresh(hazard).closed_on == today()


@pytest.mark.parametrize(
    "found_by", ["王　强", "王 强、李娜", "王强（警号 041267）", "李娜 王强", "李娜\n王强", "王\u200b强"]
)
def test_a_finder_is_known_however_the_name_is_spelled(found_by: str, city: City) -> None:
    finder, other = officer(city.first, "王强"), officer(city.first, "王强民")
    hazard = HazardFactory(
        enterprise=EnterpriseFactory(station=city.first),
        found_by=found_by,
        due_on=ahead(3),
        rectified_on=ago(0),
    )
    with pytest.raises(WrongState, match="named as one of those who took part"):
        finder.act(operations.close_hazard, id=hazard.pk, reason="Seen")
    other.act(operations.close_hazard, id=hazard.pk, reason="Seen")


def test_one_officer_in_two_spellings_is_not_two(city: City) -> None:
    police, firm = officer(city.first, "王强"), EnterpriseFactory(station=city.first)
    given = {"enterprise_id": firm.pk, "inspected_on": today(), "conclusion": "qualified"}
    with pytest.raises(ValidationError, match="stands here twice"):
        police.act(operations.create_inspection, **given, inspectors="王强, 王　强（警号041267）")


def test_both_inspectors_of_the_finding_visit_are_its_finders(city: City) -> None:
    one, two, three = (officer(city.first, name) for name in ("Li Ming", "Wang Fang", "Zhao Lei"))
    enterprise = EnterpriseFactory(station=city.first)
    inspection = one.act(
        operations.create_inspection,
        enterprise_id=enterprise.pk,
        inspected_on=ago(3),
        kind="routine",
        conclusion="rectify",
        inspectors="Li Ming、 wang fang",
        hazards=[{"item": "Lock", "due_on": ahead(9)}],
    )
    (hazard,) = rows(Hazard, city.first)
    assert hazard.found_by == inspection.inspectors
    for finder in (one, two):
        with pytest.raises(WrongState):
            finder.act(operations.close_hazard, id=hazard.pk)
    with pytest.raises(ValidationError) as refused:  # nor after taking off the own name
        two.act(operations.correct_hazard, id=hazard.pk, version=1, reason="So", found_by="Li Ming")
    assert list(refused.value.error_dict) == ["found_by"]
    three.act(operations.close_hazard, id=hazard.pk)


def test_whoever_pressed_submit_does_not_accept(city: City) -> None:
    presser, other = officer(city.first), officer(city.first)
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(9), due_on=ahead(3))
    for missing in ({}, {"submitted_by": " "}, {"submitted_by": "x" * 81}):
        with pytest.raises(ValidationError) as refused:
            presser.act(operations.rectify_hazard, id=hazard.pk, **missing)
        assert list(refused.value.error_dict) == ["submitted_by"]
    answer = presser.post(
        "inspections:hazard_rectify", hazard.pk, version=1, rectified_on=ago(1), submitted_by="Manager Ma"
    )
    assert answer.status_code == 302
    now = fresh(hazard)
    assert (now.submitted_by, now.submitted_by_id) == ("Manager Ma", presser.user.pk)
    assert "Manager Ma" in other.get("inspections:hazard", hazard.pk).content.decode()
    with pytest.raises(WrongState):
        presser.act(operations.close_hazard, id=hazard.pk)
    with pytest.raises(ValidationError):  # nor by a correction
        presser.act(operations.correct_hazard, id=hazard.pk, version=2, reason="So", closed_on=today())
    other.act(operations.send_back_hazard, id=hazard.pk, reason="Still dark")
    assert (fresh(hazard).submitted_by, fresh(hazard).submitted_by_id) == ("", 0)
    presser.act(operations.close_hazard, id=hazard.pk)


@pytest.mark.parametrize("how", ["moved", "brought back"])
def test_whoever_pressed_submit_does_not_accept_after_a_colleague_corrected_a_step(
    how: str, city: City
) -> None:
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(20), due_on=ahead(5), found_by="Li")
    presser, colleague, again, other = (officer(city.first) for _number in range(4))
    presser.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(3), submitted_by="Zhao, gatekeeper")
    if how == "brought back":
        colleague.act(operations.send_back_hazard, id=hazard.pk, reason="Of another hazard")
    step = rows(FactStep, city.first)[-1]
    said = {"model": Hazard, "id": hazard.pk, "version": None, "step": step.pk, "reason": "Read wrongly"}
    said |= {"permission": Permission.CORRECT_HAZARDS}
    if how == "moved":
        colleague.act(correct_step, on=ago(4), **said)
        again.act(correct_step, on=ago(5), **said)
    else:
        colleague.act(correct_step, never=True, **said)
    for each in (presser, colleague, *([again] if how == "moved" else [])):
        with pytest.raises(WrongState, match="recorded the submission"):
            each.act(operations.close_hazard, id=hazard.pk)
    other.act(operations.close_hazard, id=hazard.pk)


@pytest.mark.parametrize("how", ["another day", "never", "record"])
def test_what_was_accepted_is_not_moved_by_who_reported_it(how: str, city: City) -> None:
    finder, boss, other = officer(city.first, "Finder Fan"), chief(city.first), officer(city.first)
    hazard = found(finder, city, found_on=ago(40), due_on=ago(20))
    if how == "record":  # of an import that knew the day
        with station_scope(boss.actor.scope()):
            Hazard.objects.filter(pk=hazard.pk).update(rectified_on=ago(5))
    else:
        finder.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(5), submitted_by="Manager Ma")
    boss.act(operations.close_hazard, id=hazard.pk)
    step = next((each for each in rows(FactStep, city.first) if each.act == "rectify"), None)
    said = {"model": Hazard, "id": hazard.pk, "version": None, "reason": "Read wrongly"}
    said |= {"permission": Permission.CORRECT_HAZARDS, "step": step and step.pk}

    def move(person: Person) -> None:
        if how == "record":
            person.act(
                operations.correct_hazard, id=hazard.pk, version=None, reason="So", rectified_on=ago(30)
            )
        else:
            day = {"never": True} if how == "never" else {"on": ago(30)}
            person.act(correct_step, **said | day)

    with pytest.raises((WrongState, ValidationError), match="somebody else decides"):
        move(finder)
    with pytest.raises((WrongState, ValidationError), match=f"somebody else corrects the day: {other.user}"):
        move(boss)  # accepted what they would then have reported
    assert fresh(hazard).rectified_on == ago(5)
    move(other)
    assert fresh(hazard).rectified_on == (None if how == "never" else ago(30))
    told = notified(boss)
    assert [each.code for each in told] == ["hazard.correct.decider"]
    assert "you decided about" in told[0].text


def test_who_enters_the_day_of_a_submission_by_a_correction_has_submitted_it(city: City) -> None:
    person = officer(city.first)
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(9), rectified_on=ago(2))
    person.act(operations.correct_hazard, id=hazard.pk, version=1, reason="So", rectified_on=ago(1))
    with pytest.raises(WrongState):
        person.act(operations.close_hazard, id=hazard.pk)


def test_one_person_in_two_roles_does_not_accept_their_own(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = manager(enterprise)
    hazard = person.act(
        operations.create_hazard, enterprise_id=enterprise.pk, item="Lock", found_on=ago(1), due_on=ahead(9)
    )
    person.act(operations.rectify_hazard, id=hazard.pk)
    grant = RoleGrantFactory(user=person.user, role=Role.OFFICER, station=city.first)
    actor = actor_for(user=person.user, grant_id=grant.pk)
    assert actor is not None
    with station_scope(actor.scope()), pytest.raises(WrongState):
        operations.close_hazard(actor=actor, id=hazard.pk)


def test_a_station_with_one_officer_asks_its_chief_or_the_bureau(city: City) -> None:
    finder = officer(city.first)
    hazard = found(finder, city)
    with pytest.raises(WrongState) as refused:
        finder.act(operations.close_hazard, id=hazard.pk)
    assert "bureau" in str(refused.value)
    boss = chief(city.first)
    with pytest.raises(WrongState) as refused:
        finder.act(operations.close_hazard, id=hazard.pk)
    assert str(boss.user) in str(refused.value)
    manager(hazard.enterprise).act(operations.rectify_hazard, id=hazard.pk)
    assert hazard.item in boss.get("desk:today").content.decode()
    boss.act(operations.close_hazard, id=hazard.pk)


def test_imported_records_and_the_system_are_exempt(city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(9), external_key="42")
    officer(city.first).act(operations.close_hazard, id=hazard.pk)


def test_put_right_on_the_spot_is_an_outcome_of_the_visit(city: City) -> None:
    person, enterprise = officer(city.first), EnterpriseFactory(station=city.first)
    visit: dict[str, Any] = {
        "enterprise": enterprise.pk,
        "inspected_on": ago(1),
        "kind": "routine",
        "conclusion": "rectify",
        "hazards-TOTAL_FORMS": 1,
        "hazards-INITIAL_FORMS": 0,
        "hazards-0-item": "Blocked exit",
        "hazards-0-on_the_spot": "on",
    }
    refused = person.post("inspections:inspection_create", **visit)
    assert refused.status_code == 422
    assert refused.context["hazards"].forms[0].errors["on_the_spot"]
    assert rows(Hazard, city.first) == []
    visit["inspectors"] = "Li Ming, Wang Fang"
    assert person.post("inspections:inspection_create", **visit).status_code == 302
    (hazard,) = rows(Hazard, city.first)
    assert (hazard.state, hazard.rectified_on, hazard.closed_on, hazard.due_on) == (
        "closed",
        ago(1),
        ago(1),
        ago(1),
    )
    assert (hazard.on_the_spot, hazard.found_by) == (True, "Li Ming, Wang Fang")
    with pytest.raises(ValidationError) as alone:  # without the visit nobody saw it
        person.act(
            operations.create_hazard,
            enterprise_id=enterprise.pk,
            item="Lamp",
            found_on=ago(1),
            on_the_spot=True,
        )
    assert list(alone.value.error_dict) == ["on_the_spot"]
    del visit["hazards-0-on_the_spot"]
    late = person.post("inspections:inspection_create", **visit)
    assert late.context["hazards"].forms[0].errors["due_on"]


def made(noun: Any, person: Person, city: City) -> Any:
    """Return a record that a person typed into its page."""
    enterprise = EnterpriseFactory(station=city.first)
    answer = person.post(noun.create, enterprise=enterprise.pk, **noun.valid())
    assert answer.status_code == 302, answer.context["form"].errors
    return rows(noun.model, city.first)[-1]


@pytest.mark.parametrize("noun", NOUNS, ids=str)
def test_nobody_voids_what_they_reported(noun: Any, city: City) -> None:
    person, other = officer(city.first), officer(city.first)
    record = made(noun, person, city)
    answer = person.post(noun.void, record.pk, version=1, reason="Wrong")
    assert answer.status_code == 422
    assert str(other.user) in answer.content.decode()
    assert fresh(record).voided_at is None
    assert other.post(noun.void, record.pk, version=1, reason="Wrong").status_code == 302
    assert fresh(record).voided_at is not None


@pytest.mark.parametrize(
    ("model", "operation", "given", "field"),
    [
        (Dispute, settle_dispute, {"settled_on": today()}, "settled_on"),
        (Incident, verify_incident, {"verified_on": today(), "at_fault": True}, "verified_on"),
    ],
)
def test_nobody_settles_or_verifies_what_they_reported(
    model: Any, operation: Any, given: dict[str, Any], field: str, city: City
) -> None:
    noun = next(each for each in NOUNS if each.model is model)
    person, other = officer(city.first), officer(city.first)
    record = made(noun, person, city)
    with pytest.raises(WrongState) as refused:
        person.act(operation, id=record.pk, **given)
    assert str(other.user) in str(refused.value)
    pages = next(each() for each in kinds if each.model is model)
    with pytest.raises(ValidationError) as corrected:
        person.act(pages.operations.correct, id=record.pk, version=1, reason="So", **{field: today()})
    assert list(corrected.value.error_dict) == [field]
    with pytest.raises(ValidationError):
        person.act(
            pages.operations.create,
            enterprise_id=record.enterprise_id,
            **{name: getattr(record, name) for name in pages.fields} | {field: today()},
        )
    other.act(operation, id=record.pk, **given)
    assert log(city.first, action=f"{noun}.{'settle' if model is Dispute else 'verify'}")


def test_each_act_that_ends_a_record_is_by_another() -> None:
    """A life whose last act is not marked would be decided by whoever reported it."""
    for kind, life in all_lives().items():
        if kind in ("hazard", "incident", "dispute"):
            assert any(act.by_another for act in life.acts.values())
            assert life.model.decided


def test_the_same_report_of_a_day_is_refused(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person, police = manager(enterprise), officer(city.first)
    check = {"enterprise_id": enterprise.pk, "checked_on": today(), "target": "funds"}
    first = person.act(operations.create_self_check, **check)
    for again in (person, police):
        with pytest.raises(ValidationError) as refused:
            again.act(operations.create_self_check, **check, findings="Another")
        assert list(refused.value.error_dict) == ["checked_on"]
    person.act(operations.create_self_check, **{**check, "target": "vehicle"})
    other = person.act(operations.create_self_check, **{**check, "checked_on": ago(1)})
    with pytest.raises(ValidationError):
        police.act(
            operations.SELF_CHECK_WRITES.correct, id=other.pk, version=1, reason="So", checked_on=today()
        )
    police.act(operations.SELF_CHECK_WRITES.void, id=first.pk, version=1, reason="Twice")
    person.act(operations.create_self_check, **check)
    # what was recorded twice before stays, and its other fields can be corrected
    one, two = (SelfCheckFactory(enterprise=enterprise, checked_on=ago(3)) for _ in range(2))
    police.act(operations.SELF_CHECK_WRITES.correct, id=two.pk, version=1, reason="So", findings="None")
    assert fresh(one).voided_at is None

    hazard = {"enterprise_id": enterprise.pk, "item": "Lamp", "found_on": ago(1), "due_on": ahead(9)}
    person.act(operations.create_hazard, **hazard)
    with pytest.raises(ValidationError):
        person.act(operations.create_hazard, **hazard)
    police.act(operations.create_hazard, **hazard)
    police.act(operations.create_hazard, **hazard)  # the police may find two of a kind


def test_the_inspector_does_not_void_the_inspection(city: City) -> None:
    person, other = officer(city.first, "Li Ming"), officer(city.first)
    inspection = InspectionFactory(enterprise__station=city.first, inspectors="Li Ming, Wang Fang")
    with pytest.raises(WrongState):
        person.act(operations.void_inspection, id=inspection.pk, version=1, reason="So")
    other.act(operations.void_inspection, id=inspection.pk, version=1, reason="So")


def test_whoever_issued_an_invitation_does_not_use_it(city: City) -> None:
    boss, new = chief(city.first), officer(city.first)
    token = boss.act(accounts.invite_user, user_id=new.user.pk)
    typed = {"password": "river-stone-77", "again": "river-stone-77"}
    answer = boss.client.post(reverse("accounts:invitation", args=[token]), typed)
    assert answer.status_code == 422
    assert str(new.user) in answer.content.decode()
    assert Client().post(reverse("accounts:invitation", args=[token]), typed).status_code == 302
