"""An act is offered only when its operation takes it, and what it asks for it gets."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from inspections import operations
from inspections.lives import HAZARD_LIFE
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ago, ahead, chief, manager, officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db
WITHDRAW = HAZARD_LIFE.acts["withdraw"]


def offered(person: Person, hazard: Any) -> list[str]:
    page = person.get("inspections:hazard", hazard.pk)
    return [button.url.rstrip("/").rpartition("/")[2] for button in page.context["buttons"]]


def missing(person: Person, hazard: Any) -> list[str]:
    return [str(each.label) for each in person.get("inspections:hazard", hazard.pk).context["missing"]]


def test_a_submission_that_an_officer_recorded_is_not_offered_to_be_withdrawn(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    hers, ours = (HazardFactory(enterprise=enterprise, due_on=ahead(9)) for _ in "ab")
    people = manager(enterprise)
    people.act(operations.rectify_hazard, id=hers.pk)
    officer(city.first).act(operations.rectify_hazard, id=ours.pk, submitted_by="Manager Ma")

    assert "withdraw" in offered(people, hers)
    assert "withdraw" not in offered(people, ours)
    assert str(WITHDRAW.wording.label) in missing(people, ours)
    answer = people.get("inspections:hazard_withdraw", ours.pk)
    assert answer.status_code == 302  # back, with the reason


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (operations.extend_hazard, {"extended_due_on": ahead(20)}),
        (operations.mark_major, {}),
    ],
)
def test_acts_that_change_the_course_need_a_reason(operation: Any, arguments: dict, city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, due_on=ahead(9))
    with pytest.raises(ValidationError) as refused:
        chief(city.first).act(operation, id=hazard.pk, **arguments)
    assert list(refused.value.error_dict) == ["reason"]


def test_a_major_hazard_becomes_ordinary_with_a_reason(city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, due_on=ahead(9), major_from_on=ago(1))
    with pytest.raises(ValidationError) as refused:
        chief(city.first).act(operations.mark_ordinary, id=hazard.pk)
    assert list(refused.value.error_dict) == ["reason"]


def test_the_day_of_a_setback_is_its_own(city: City) -> None:
    """A withdrawal after it also replaced a day of the record."""
    enterprise = EnterpriseFactory(station=city.first)
    hazard = HazardFactory(enterprise=enterprise, found_on=ago(20), due_on=ahead(9), rectified_on=ago(9))
    people = manager(enterprise)
    boss = chief(city.first)
    boss.act(operations.send_back_hazard, id=hazard.pk, sent_back_on=ago(6), reason="Still dark")
    people.act(operations.rectify_hazard, id=hazard.pk)
    people.act(operations.withdraw_submission, id=hazard.pk, reason="Not done after all")
    setback = people.get("inspections:hazard", hazard.pk).context["setback"]
    assert (setback.act, setback.on) == ("send_back", ago(6))


def test_the_note_of_a_refusal_says_when_it_counts(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    hazard = HazardFactory(enterprise=enterprise, due_on=ahead(9))
    officer(city.first).act(operations.refuse_hazard, id=hazard.pk, reason="No money")
    text = manager(enterprise).get("inspections:hazard", hazard.pk).text
    assert "at the end of the quarter" in text
    assert "last rating" in text


def test_what_was_put_right_on_the_spot_is_told_as_closed(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    people = manager(enterprise)
    row = {"item": "Lock", "due_on": None, "on_the_spot": True}
    officer(city.first).act(
        operations.create_inspection,
        enterprise_id=enterprise.pk,
        inspected_on=ago(1),
        kind="routine",
        inspectors="Li, Wang",
        conclusion="rectify",
        hazards=[row, {"item": "Gate", "due_on": ahead(5)}],
    )
    text = people.get("accounts:inbox").text
    assert "put right on the spot and is closed: Lock" in text
    assert "The police found a hazard: Gate" in text
    assert "The police found a hazard: Lock" not in text
