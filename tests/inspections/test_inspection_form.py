"""What the form of an inspection requires, and what happens to the hazards of a voided inspection."""

import html
import re
from typing import Any

import pytest

from foundation.deadlines.counting import Length, Limit, Unit
from inspections.items import publish_items
from inspections.models import Hazard, Inspection
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import ago, ahead, fresh, log, manager, officer, rows, supervisor, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db

ORDINARY = {"hazards-0-item": "Lock", "hazards-0-due_on": ahead(9)}
MAJOR = ORDINARY | {"hazards-0-major": "on"}


def form(city: City, **more: Any) -> dict[str, Any]:
    enterprise = EnterpriseFactory(station=city.first)
    return {
        "enterprise": enterprise.pk,
        "inspected_on": today(),
        "kind": "routine",
        "conclusion": "qualified",
        "hazards-TOTAL_FORMS": 1,
        "hazards-INITIAL_FORMS": 0,
    } | more


@pytest.mark.parametrize(
    ("conclusion", "hazards", "fits"),
    [
        ("qualified", {}, True),
        ("qualified", ORDINARY, True),
        ("qualified", MAJOR, False),
        ("rectify", {}, False),
        ("unqualified", {}, False),
        ("rectify", ORDINARY, True),
        ("unqualified", MAJOR, True),
        ("", MAJOR, True),
    ],
)
def test_the_conclusion_goes_with_what_was_found(
    conclusion: str, hazards: dict, fits: bool, city: City
) -> None:
    answer = officer(city.first).post(
        "inspections:inspection_create", **form(city, conclusion=conclusion, **hazards)
    )
    assert answer.status_code == (302 if fits else 422)
    assert len(rows(Inspection, city.first)) == int(fits)
    if not fits:
        assert list(answer.context["form"].errors) == ["conclusion"]


@pytest.mark.parametrize(
    ("names", "fits"),
    [("", True), ("Li", False), ("Li, Li", False), ("Li, Wang", True), ("李明、王强", True)],
)
def test_two_inspectors_at_least_if_any_are_named(names: str, fits: bool, city: City) -> None:
    answer = officer(city.first).post("inspections:inspection_create", **form(city, inspectors=names))
    assert answer.status_code == (302 if fits else 422)
    if not fits:
        assert list(answer.context["form"].errors) == ["inspectors"]


def test_the_prefilled_name_is_not_enough(city: City) -> None:
    """The form is prefilled with the officer's own name, which is one officer, not two."""
    person = officer(city.first)
    answer = person.post("inspections:inspection_create", **form(city, inspectors=person.actor.name))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["inspectors"]


def test_an_old_inspection_of_one_inspector_can_be_corrected(city: City) -> None:
    old = InspectionFactory(enterprise__station=city.first, inspectors="Li")
    data = {
        "inspected_on": ago(2),
        "kind": "special",
        "inspectors": "Li",
        "version": 1,
        "reason": "another kind",
    }
    assert officer(city.first).post("inspections:inspection_correct", old.pk, **data).status_code == 302


def test_a_hazard_of_the_police_needs_a_deadline(city: City) -> None:
    person = officer(city.first)
    row = person.post("inspections:inspection_create", **form(city, **{"hazards-0-item": "Lock"}))
    assert row.context["hazards"].forms[0].errors["due_on"] == ["Enter the deadline for rectification."]
    alone = person.post(
        "inspections:hazard_create",
        enterprise=EnterpriseFactory(station=city.first).pk,
        item="Lock",
        found_on=today(),
        origin="police",
    )
    assert list(alone.context["form"].errors) == ["due_on"]
    assert (row.status_code, alone.status_code) == (422, 422)
    assert rows(Hazard, city.first) == []


@pytest.mark.parametrize("too", [True, False])
def test_voiding_an_inspection_offers_to_void_its_hazards(too: bool, city: City) -> None:
    inspection = InspectionFactory(enterprise__station=city.first, inspected_on=ago(9))
    of_it = {"enterprise": inspection.enterprise, "inspection": inspection, "found_on": ago(9)}
    lock, alarm = HazardFactory(item="Lock", **of_it), HazardFactory(item="Alarm", closed_on=ago(1), **of_it)
    other = HazardFactory(enterprise=inspection.enterprise, item="Fence")
    person = officer(city.first)

    page = person.get("inspections:inspection_void", inspection.pk)

    assert page.context["form"]["hazards_too"].initial is True
    assert "<li>Lock" in page.content.decode()
    assert "<li>Alarm" in page.content.decode()  # put right since, it would keep counting
    data = {"version": 1, "reason": "Wrong enterprise"} | ({"hazards_too": "on"} if too else {})
    assert person.post("inspections:inspection_void", inspection.pk, **data).status_code == 302
    assert fresh(inspection).is_voided
    assert [fresh(each).is_voided for each in (lock, alarm, other)] == [too, too, False]
    assert fresh(lock).void_reason == ("Wrong enterprise" if too else "")
    assert len(log(city.first, action="hazard.void")) == 2 * int(too)
    again = person.get("inspections:inspection_void", inspection.pk)
    assert again.status_code == 302


def test_a_hazard_added_to_a_visit_was_found_on_its_day(city: City) -> None:
    visit = InspectionFactory(enterprise=EnterpriseFactory(station=city.first), inspected_on=ago(12))
    person = officer(city.first)
    page = person.get("inspections:inspection", visit.pk)
    [link] = re.findall(r'href="([^"]+found_on=[^"]+)"', page.text)
    form = person.client.get(html.unescape(link)).context["form"]
    assert str(form["found_on"].value()) == str(ago(12))
    assert form["inspection"].value() == str(visit.pk)


def test_a_row_that_was_removed_is_left_out(city: City) -> None:
    """The browser removes the row; the numbers of the others stay as they are."""
    left = {"hazards-2-item": "Lock", "hazards-2-due_on": ahead(9), "hazards-TOTAL_FORMS": 3}
    answer = officer(city.first).post(
        "inspections:inspection_create", **form(city, conclusion="rectify", **left)
    )
    assert answer.status_code == 302
    assert [hazard.item for hazard in rows(Hazard, city.first)] == ["Lock"]


def test_an_empty_row_asks_for_nothing_and_a_begun_one_for_its_item(city: City) -> None:
    person = officer(city.first)
    page = person.get("inspections:inspection_create").content.decode()
    row = page.split('class="hazard-row"')[1].split("</fieldset>")[0]
    assert "asteriskField" not in row
    assert "Remove hazard 1" in row
    more = person.get("inspections:inspection_create", row="1").content.decode()
    assert "asteriskField" not in more
    answer = person.post("inspections:inspection_create", **form(city, **{"hazards-0-place": "Gate"}))
    assert answer.status_code == 422
    assert answer.context["hazards"].forms[0].errors["item"] == ["This field is required."]


def test_a_hazard_put_right_on_the_spot_shows_no_deadline(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    closed = {"found_on": today(), "rectified_on": today(), "closed_on": today(), "due_on": ahead(9)}
    spot = HazardFactory(enterprise=enterprise, on_the_spot=True, **closed)
    other = HazardFactory(enterprise=enterprise, **closed)
    person = officer(city.first)
    labels = [
        {str(row["label"]) for row in person.get("inspections:hazard", each.pk).context["rows"]}
        for each in (spot, other)
    ]
    assert ["due on" in found for found in labels] == [False, True]


def test_each_finding_proposes_items_and_takes_severity_and_deadline_from_its_item(city: City) -> None:
    person = officer(city.first)
    supervisor(city.first.bureau).act(
        publish_items, number=None, lines="X1 | Vault open | major | 3\nX2 | Dust", reason="Ours"
    )
    page = person.get("inspections:inspection_create").text
    assert page.count('<datalist id="hazard-items">') == 1
    assert 'value="Vault open"' in page
    row = person.get("inspections:inspection_create", row=1, inspected_on=ago(1)).text
    assert 'list="hazard-items"' in row
    assert "<datalist" not in row

    asked = {"item": "Vault open", "day": ago(1)}
    found = person.get("inspections:hazard_proposal", **asked).json()
    days = Length(3, Unit.WORKING)
    assert found["due_on"] == Limit(ago(1), days).count().last_on.isoformat()
    assert (found["major"], found["major_by_item"]) == (True, True)
    plain = person.get("inspections:hazard_proposal", item="Dust", day=today(), major="1").json()
    assert (plain["major"], plain["major_by_item"]) == (True, False)
    assert (
        manager(EnterpriseFactory(station=city.first)).get("inspections:hazard_proposal").status_code == 403
    )

    of_item = {"hazards-0-item": "Vault open", "hazards-0-due_on": found["due_on"]}
    sent = form(city, conclusion="rectify", inspected_on=ago(1), **of_item)
    answer = person.post("inspections:inspection_create", **sent)
    assert list(answer.context["hazards"].forms[0].errors) == [
        "due_reason"
    ]  # as on the page of a single hazard
    person.post("inspections:inspection_create", **sent, **{"hazards-0-major": "on"})
    (hazard,) = rows(Hazard, city.first)
    assert (hazard.item_code, hazard.major_from_on) == ("X1", ago(1))
    assert hazard.counted_as["days"] == 3
