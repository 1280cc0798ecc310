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
