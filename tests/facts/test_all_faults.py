"""A refused form tells every fault of all its parts, and of the operation's rules, in one answer."""

import html
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from disputes.models import Dispute
from enterprises.models import Enterprise
from incidents.models import Incident
from inspections.models import Hazard, Inspection
from inspections.operations import rectify_hazard
from service.models import Activity
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
)
from tests.facts.people import ago, ahead, chief, fresh, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db
CODE = "91110000600037341L"
ROW = {"hazards-TOTAL_FORMS": 2, "hazards-INITIAL_FORMS": 0}


def faults(answer: Any) -> set[str]:
    """The ids to which the summary links."""
    assert answer.status_code == 422
    summary = re.search(r'<div class="form-errors".*?</ul>', answer.text, re.DOTALL)
    assert summary
    found = set(re.findall(r'href="#([^"]+)"', summary[0]))
    assert all(re.search(rf'\bid="{html.escape(each)}', answer.text) for each in found)
    return found


def test_an_inspection_and_its_hazards(city: City) -> None:
    person = officer(city.first)
    answer = person.post(
        "inspections:inspection_create",
        **ROW,
        **{
            "inspected_on": ahead(2),  # a fault of the model
            "kind": "nonsense",  # of the form
            "conclusion": "qualified",  # of the operation, because of the second hazard
            "inspectors": "Li",  # implausible
            "hazards-0-item": "Lock",  # without deadline: of the other operation
            "hazards-0-on_the_spot": "",
            "hazards-1-place": "Gate",  # without item: of the part
            "hazards-1-major": "on",
            "hazards-1-due_on": ahead(9),
        },
    )
    assert faults(answer) == {
        "id_enterprise",
        "id_inspected_on",
        "id_kind",
        "id_conclusion",
        "id_inspectors",
        "id_hazards-0-due_on",
        "id_hazards-1-item",
    }
    assert "Hazard 1 · To be rectified by" in answer.text
    assert rows(Inspection, city.first) == rows(Hazard, city.first) == []


def test_faults_of_hazards_alone_are_in_the_summary(city: City) -> None:
    answer = officer(city.first).post(
        "inspections:inspection_create",
        enterprise=EnterpriseFactory(station=city.first).pk,
        inspected_on=today(),
        kind="routine",
        conclusion="rectify",
        **ROW,
        **{"hazards-0-item": "Lock", "hazards-1-item": "Alarm", "hazards-1-on_the_spot": "on"},
    )
    assert faults(answer) == {"id_hazards-0-due_on", "id_hazards-1-on_the_spot"}
    assert rows(Inspection, city.first) == []


@pytest.mark.parametrize(
    ("page", "model", "values", "expected"),
    [
        (
            "disputes:create",
            Dispute,
            {"opened_on": ahead(3), "due_on": ago(9), "people": 99999999, "summary": ""},
            {"id_enterprise", "id_opened_on", "id_due_on", "id_people", "id_summary"},
        ),
        (
            "incidents:create",
            Incident,
            {"occurred_on": ahead(3), "kind": ""},
            {"id_enterprise", "id_occurred_on", "id_kind"},
        ),
        (
            "service:activity_create",
            Activity,
            {"held_on": ahead(3), "kind": "", "attendance": 99999},
            {"id_enterprise", "id_held_on", "id_kind", "id_attendance"},
        ),
        (
            "inspections:hazard_create",
            Hazard,
            {"item": "", "found_on": ahead(3), "due_on": "", "origin": "police"},
            {"id_enterprise", "id_item", "id_found_on", "id_due_on"},
        ),
    ],
)
def test_new_records(page: str, model: Any, values: dict[str, Any], expected: set[str], city: City) -> None:
    assert faults(officer(city.first).post(page, **values)) >= expected
    assert rows(model, city.first) == []


def test_a_new_enterprise(city: City) -> None:
    before = len(rows(Enterprise, city.first))
    answer = officer(city.first).post(
        "enterprises:create",
        name="",
        credit_code="123",
        phone="abc###",
        legal_representative="?",
        category="general",
    )
    assert faults(answer) >= {
        "id_name",
        "id_credit_code",
        "id_phone",
        "id_legal_representative",
        "id_since_0",
    }
    assert len(rows(Enterprise, city.first)) == before


def test_a_taken_code_is_told_with_the_rest(city: City) -> None:
    there = EnterpriseFactory(station=city.first, credit_code=CODE)
    answer = officer(city.first).post(
        "enterprises:create",
        name="New works",
        credit_code=there.credit_code,
        phone="abc###",
        since="always",
        category="general",
    )
    assert faults(answer) == {"id_credit_code", "id_phone"}


def test_corrections_and_acts(city: City) -> None:
    person = officer(city.first)
    visit = InspectionFactory(enterprise__station=city.first, conclusion="rectify", inspectors="Li, Wang")
    HazardFactory(
        enterprise=visit.enterprise,
        inspection=visit,
        found_on=visit.inspected_on,
        major_from_on=visit.inspected_on,
    )
    answer = person.post(
        "inspections:inspection_correct",
        visit.pk,
        inspected_on=ahead(2),
        kind="routine",
        inspectors="Zhao",
        conclusion="qualified",
        version=1,
        reason="",
    )
    assert faults(answer) == {"id_inspected_on", "id_inspectors", "id_conclusion", "id_reason"}

    dispute = DisputeFactory(enterprise__station=city.first, settled_on=ago(1))
    answer = person.post(
        "disputes:reopen", dispute.pk, reopened_on=ago(2), due_on=ago(5), version=1, reason=""
    )
    assert faults(answer) == {"id_due_on", "id_reason"}

    numbers = {"people": 0, "amount": "-5", "opened_on": ahead(2), "due_on": ago(9), "kind": "wages"}
    answer = person.post("disputes:create", enterprise=dispute.enterprise_id, summary="Pay", **numbers)
    assert faults(answer) == {"id_people", "id_amount", "id_opened_on", "id_due_on"}

    with pytest.raises(ValidationError) as refused:  # days and pairs alike
        Hazard(item="Lock", found_on=ahead(2), extended_due_on=ago(1)).clean()
    assert set(refused.value.error_dict) == {"found_on", "due_on"}


@pytest.mark.parametrize(
    ("page", "values", "expected"),
    [
        ("hand_over", {"on": ahead(3)}, {"id_to_station", "id_on", "id_reason"}),
        ("inactivity", {"from_on": ahead(3), "kind": ""}, {"id_kind_0", "id_from_on", "id_reason"}),
    ],
)
def test_acts_on_an_enterprise(page: str, values: dict[str, Any], expected: set[str], city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    assert faults(chief(city.first).post(f"enterprises:{page}", enterprise.pk, **values)) == expected


def test_the_correction_of_a_step(city: City) -> None:
    person, hazard = officer(city.first), HazardFactory(enterprise__station=city.first, found_on=ago(9))
    person.act(rectify_hazard, id=hazard.pk, rectified_on=ago(5), submitted_by="Zhang Wei")
    page = "inspections:hazard_correct_step"
    (step,) = [
        choice for choice, _words in person.get(page, hazard.pk).context["form"].fields["step"].choices
    ]
    for typed, expected in (
        ({"on": ahead(2)}, {"id_step", "id_on", "id_reason"}),
        ({"on": "", "reason": "…!"}, {"id_step", "id_on", "id_reason"}),
        ({"on": "soon", "step": step}, {"id_on", "id_reason"}),
        ({"on": ago(20), "step": step}, {"id_on", "id_reason"}),  # before it was found: of the record
        ({"on": ago(4), "never": "on", "step": step + 1, "reason": "So"}, {"id_step", "id_on"}),
    ):
        answer = person.post(page, hazard.pk, **{"version": 2, "reason": ""} | typed)
        assert faults(answer) == expected
        assert answer.text.count("This date is in the future.") <= 2  # in the summary and at its field
    assert fresh(hazard).rectified_on == ago(5)


def test_the_last_hazard_of_an_inspection_is_voided(city: City) -> None:
    visit = InspectionFactory(enterprise__station=city.first, conclusion="rectify", inspectors="Li, Wang")
    hazard = HazardFactory(enterprise=visit.enterprise, inspection=visit, found_on=visit.inspected_on)
    answer = officer(city.first).post("inspections:hazard_void", hazard.pk, version=1, reason="…!")
    assert faults(answer) == {"id_conclusion_0", "id_reason"}
