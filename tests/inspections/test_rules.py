"""The rules of inspections hold in the operations: whoever calls them, page, API, import or task, is refused alike."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from inspections.models import Inspection
from inspections.operations import correct_inspection, create_hazard, create_inspection, mark_major
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import ago, ahead, officer, rows
from tests.fixtures import City

pytestmark = pytest.mark.django_db
MAJOR = {"item": "Lock", "due_on": None, "major": True}


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"inspectors": "Li"}, "inspectors"),
        ({"inspectors": "Li, Li"}, "inspectors"),
        ({"conclusion": "qualified", "hazards": [MAJOR]}, "conclusion"),
        ({"conclusion": "rectify"}, "conclusion"),
        ({"conclusion": "unqualified", "hazards": []}, "conclusion"),
    ],
)
def test_a_new_inspection_that_contradicts_itself(values: dict[str, Any], at: str, city: City) -> None:
    person = officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    given = {"inspected_on": ago(1), "kind": "routine", "inspectors": "Li, Wang"} | values
    given["hazards"] = [{**each, "due_on": ahead(9)} for each in given.get("hazards", [])]
    with pytest.raises(ValidationError) as refused:
        person.act(create_inspection, enterprise_id=enterprise.pk, **given)
    assert list(refused.value.error_dict) == [at]
    assert rows(Inspection, city.first) == []


def test_a_qualified_inspection_gets_no_major_hazard_afterwards(city: City) -> None:
    person = officer(city.first)
    inspection = InspectionFactory(
        enterprise__station=city.first, conclusion="qualified", inspected_on=ago(5)
    )
    hazard = {
        "enterprise_id": inspection.enterprise_id,
        "item": "Lock",
        "found_on": ago(5),
        "due_on": ahead(9),
    }
    with pytest.raises(ValidationError) as refused:
        person.act(create_hazard, **hazard, major=True, inspection=inspection)
    assert list(refused.value.error_dict) == ["major"]
    found = person.act(create_hazard, **hazard, inspection=inspection)
    with pytest.raises(ValidationError) as refused:
        person.act(mark_major, id=found.pk, reason="So", on=ago(5))
    assert list(refused.value.error_dict) == ["on"]
    person.act(mark_major, id=found.pk, reason="So", on=ago(2))  # it became worse since


def test_a_correction_is_asked_for_what_it_changes(city: City) -> None:
    person = officer(city.first)
    old = InspectionFactory(
        enterprise__station=city.first, inspectors="Li", conclusion="rectify", inspected_on=ago(3)
    )
    HazardFactory(enterprise=old.enterprise, inspection=old, found_on=ago(3), major_from_on=ago(3))
    for wrong in ({"inspectors": "Wang"}, {"conclusion": "qualified"}):
        with pytest.raises(ValidationError) as refused:
            person.act(correct_inspection, id=old.pk, version=1, reason="So", **wrong)
        assert list(refused.value.error_dict) == list(wrong)
    person.act(correct_inspection, id=old.pk, version=1, reason="So", kind="special", inspectors="Li")
