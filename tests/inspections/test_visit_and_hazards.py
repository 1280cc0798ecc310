"""An inspection and the hazards it found stay together when either is corrected or voided."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from inspections.models import Hazard, Inspection
from inspections.operations import (
    close_hazard,
    correct_hazard,
    correct_inspection,
    create_hazard,
    mark_major,
    mark_ordinary,
    reopen_hazard,
    void_hazard,
    void_inspection,
)
from tests.factories import AttachmentFactory, HazardFactory, InspectionFactory
from tests.facts.people import ago, ahead, chief, fresh, log, officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def visit_with(city: City, **values: Any) -> tuple[Inspection, Hazard]:
    visit = InspectionFactory(
        enterprise__station=city.first, inspected_on=ago(20), conclusion="rectify", inspectors="Li, Wang"
    )
    given = {"found_on": ago(20), "due_on": ahead(9), "found_by": "Li, Wang"} | values
    return visit, HazardFactory(enterprise=visit.enterprise, inspection=visit, **given)


def test_hazards_found_on_its_day_move_with_an_inspection(city: City) -> None:
    visit, lock = visit_with(city, item="Lock", major_from_on=ago(20))
    spot = HazardFactory(
        enterprise=visit.enterprise,
        inspection=visit,
        found_on=ago(20),
        due_on=ago(20),
        rectified_on=ago(20),
        closed_on=ago(20),
        on_the_spot=True,
    )
    old = HazardFactory(enterprise=visit.enterprise, inspection=visit, found_on=ago(30), item="Imported")
    person = officer(city.first)

    page = person.get("inspections:inspection_correct", visit.pk)
    assert "the hazards found on it move with it: Lock" in page.text
    assert "Imported" not in page.text
    person.act(
        correct_inspection,
        id=visit.pk,
        version=1,
        reason="Read it wrongly",
        inspected_on=ago(18),
        inspectors="Li, Zhao",
    )

    assert (fresh(lock).found_on, fresh(lock).major_from_on, fresh(lock).due_on) == (
        ago(18),
        ago(18),
        ahead(9),
    )
    assert fresh(lock).found_by == "Li, Zhao"
    spot = fresh(spot)
    assert [spot.found_on, spot.due_on, spot.rectified_on, spot.closed_on] == [ago(18)] * 4
    assert spot.on_the_spot
    assert fresh(old).found_on == ago(30)
    assert {entry.reason for entry in log(city.first, action="hazard.correct")} == {"Read it wrongly"}
    assert len(log(city.first, action="hazard.correct")) == 2


def test_an_inspection_does_not_move_past_what_happened_to_its_hazard(city: City) -> None:
    visit, lock = visit_with(city, item="Lock", due_on=ago(15), closed_on=ago(17))
    with pytest.raises(ValidationError) as refused:
        officer(city.first).act(correct_inspection, id=visit.pk, version=1, reason="So", inspected_on=ago(10))
    assert list(refused.value.error_dict) == ["inspected_on"]
    assert "Lock" in refused.value.messages[0]
    assert (fresh(visit).inspected_on, fresh(lock).found_on) == (ago(20), ago(20))


def test_an_inspection_does_not_move_past_what_was_replaced(city: City) -> None:
    person = officer(city.first)
    closed, lock = visit_with(city)
    person.act(close_hazard, id=lock.pk, closed_on=ago(15))
    person.act(reopen_hazard, id=lock.pk, reopened_on=ago(12), due_on=ahead(5), reason="Again")
    major, fence = visit_with(city, major_from_on=ago(20))
    person.act(mark_ordinary, id=fence.pk, on=ago(15), reason="Less")
    person.act(mark_major, id=fence.pk, on=ago(5), reason="More")
    for visit in (closed, major):
        with pytest.raises(ValidationError) as error:
            person.act(correct_inspection, id=visit.pk, version=None, reason="So", inspected_on=ago(10))
        assert list(error.value.error_dict) == ["inspected_on"]
    person.act(correct_inspection, id=closed.pk, version=None, reason="So", inspected_on=ago(18))


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_voided_inspection_finds_no_hazard(when: str, city: City) -> None:
    visit, _lock = visit_with(city)
    chief(city.first).act(void_inspection, id=visit.pk, version=1, reason="Never took place")
    with pytest.raises(ValidationError) as error:
        officer(city.first).act(
            create_hazard,
            enterprise_id=visit.enterprise_id,
            inspection=fresh(visit) if when == "before" else visit,
            item="Door",
            found_on=ago(20),
            on_the_spot=True,
        )
    assert list(error.value.error_dict) == ["inspection"]


def test_a_hazard_is_judged_by_what_its_inspection_says_by_now(city: City) -> None:
    visit = InspectionFactory(
        enterprise__station=city.first, inspected_on=ago(3), conclusion="", inspectors="Li, Wang"
    )
    chief(city.first).act(correct_inspection, id=visit.pk, version=1, reason="So", conclusion="qualified")
    found = {"inspection": visit, "item": "Lock", "found_on": ago(3), "due_on": ahead(3), "major": True}
    with pytest.raises(ValidationError) as error:
        officer(city.first).act(create_hazard, enterprise_id=visit.enterprise_id, **found)
    assert list(error.value.error_dict) == ["major"]


def test_a_hazard_does_not_leave_the_day_of_its_inspection(city: City) -> None:
    visit, lock = visit_with(city)
    person = officer(city.first)
    with pytest.raises(ValidationError) as refused:
        person.act(correct_hazard, id=lock.pk, version=1, reason="So", found_on=ago(19))
    assert list(refused.value.error_dict) == ["found_on"]
    assert f"/inspections/{visit.pk}/" in person.get("inspections:hazard_correct", lock.pk).text
    with pytest.raises(ValidationError) as refused:
        person.act(
            create_hazard,
            enterprise_id=visit.enterprise_id,
            inspection=visit,
            item="Alarm",
            found_on=ago(3),
            due_on=ahead(9),
        )
    assert list(refused.value.error_dict) == ["found_on"]


def test_one_that_drifted_away_comes_back(city: City) -> None:
    visit, lock = visit_with(city, found_on=ago(19))
    officer(city.first).act(correct_hazard, id=lock.pk, version=1, reason="So", found_on=visit.inspected_on)
    assert fresh(lock).found_on == ago(20)


def test_the_last_hazard_is_not_voided_without_a_conclusion(city: City) -> None:
    visit, lock = visit_with(city)
    person = chief(city.first)
    with pytest.raises(ValidationError) as refused:
        person.act(void_hazard, id=lock.pk, version=1, reason="Wrong place")
    assert list(refused.value.error_dict) == ["conclusion"]
    page = person.get("inspections:hazard_void", lock.pk)
    assert "What the inspection then concludes" in page.text
    answer = person.post(
        "inspections:hazard_void", lock.pk, version=1, reason="Wrong place", conclusion="qualified"
    )
    assert answer.status_code == 302
    assert fresh(lock).is_voided
    assert fresh(visit).conclusion == "qualified"
    assert [entry.reason for entry in log(city.first, action="inspection.correct")] == ["Wrong place"]


def test_one_of_several_is_voided_as_before(city: City) -> None:
    visit, lock = visit_with(city)
    HazardFactory(enterprise=visit.enterprise, inspection=visit)
    chief(city.first).act(void_hazard, id=lock.pk, version=1, reason="Wrong place")
    assert fresh(visit).conclusion == "rectify"


def test_a_conclusion_that_asks_for_rectification_needs_a_hazard(city: City) -> None:
    visit = InspectionFactory(enterprise__station=city.first, conclusion="qualified")
    with pytest.raises(ValidationError) as refused:
        officer(city.first).act(correct_inspection, id=visit.pk, version=1, reason="So", conclusion="rectify")
    assert list(refused.value.error_dict) == ["conclusion"]


def test_the_hint_about_a_major_hazard_fits_a_correction(city: City) -> None:
    visit, _lock = visit_with(city, item="Lock", major_from_on=ago(20))
    with pytest.raises(ValidationError) as refused:
        officer(city.first).act(
            correct_inspection, id=visit.pk, version=1, reason="So", conclusion="qualified"
        )
    [words] = refused.value.messages
    assert "clear “Major hazard”" not in words
    assert "Lock" in words


def test_a_hazard_that_was_major_on_the_day_of_the_visit_keeps_it_from_being_qualified(city: City) -> None:
    person = officer(city.first)
    visit, lock = visit_with(city, item="Lock", major_from_on=ago(20))
    person.act(mark_ordinary, id=lock.pk, on=ago(10), reason="It is guarded now")
    qualify = {"id": visit.pk, "version": 1, "reason": "So", "conclusion": "qualified"}
    with pytest.raises(ValidationError) as refused:
        person.act(correct_inspection, **qualify)
    assert list(refused.value.error_dict) == ["conclusion"]
    person.act(mark_major, id=lock.pk, on=ago(5), reason="It became worse")
    with pytest.raises(ValidationError) as refused:
        person.act(correct_inspection, **qualify)
    assert list(refused.value.error_dict) == ["conclusion"]


def test_a_hazard_that_became_major_after_the_visit_does_not(city: City) -> None:
    person = officer(city.first)
    visit, lock = visit_with(city, item="Lock")
    person.act(mark_major, id=lock.pk, on=ago(5), reason="It became worse")
    person.act(correct_inspection, id=visit.pk, version=1, reason="So", conclusion="qualified")
    assert fresh(visit).conclusion == "qualified"


def test_a_voided_inspection_binds_none_of_its_hazards(city: City) -> None:
    person = officer(city.first)
    visit, lock = visit_with(city)
    chief(city.first).act(void_inspection, id=visit.pk, version=1, reason="Wrong enterprise")
    person.act(correct_hazard, id=lock.pk, version=1, reason="So", found_on=ago(19))
    person.act(correct_hazard, id=lock.pk, version=2, reason="So", origin="department")
    assert (fresh(lock).found_on, fresh(lock).origin) == (ago(19), "department")


def test_a_voided_qualified_inspection_does_not_keep_a_hazard_from_being_major(city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    visit = InspectionFactory(enterprise__station=city.first, inspected_on=ago(20), conclusion="qualified")
    one, two = (
        HazardFactory(enterprise=visit.enterprise, inspection=visit, found_on=ago(20), **more)
        for more in ({}, {"major_from_on": ago(10)})
    )
    boss.act(void_inspection, id=visit.pk, version=1, reason="Wrong enterprise")
    person.act(mark_major, id=one.pk, on=ago(20), reason="It was major")
    person.act(correct_hazard, id=two.pk, version=1, reason="So", major_from_on=ago(20))
    assert fresh(one).major_from_on == fresh(two).major_from_on == ago(20)


def test_hazards_voided_one_by_one_are_not_said_to_be_none_or_voided_with_it(city: City) -> None:
    person, (alone, lock), (gone, door) = officer(city.first), visit_with(city), visit_with(city)
    person.act(void_hazard, id=lock.pk, version=1, reason="Mistake", conclusion="")
    person.act(void_inspection, id=gone.pk, version=1, reason="Mistake")
    person.act(void_hazard, id=door.pk, version=1, reason="Mistake")
    for visit in (alone, gone):
        assert (
            "1 hazard of this inspection was voided." in person.get("inspections:inspection", visit.pk).text
        )


def test_a_voided_inspection_says_how_many_hazards_were_voided_with_it(city: City) -> None:
    boss = chief(city.first)
    visit, lock = visit_with(city)
    for _each in range(2):
        HazardFactory(enterprise=visit.enterprise, inspection=visit, found_on=ago(20))
    boss.act(void_hazard, id=lock.pk, version=1, reason="Wrong place")
    boss.act(void_inspection, id=visit.pk, version=1, reason="Wrong enterprise", hazards_too=True)
    page = boss.get("inspections:inspection", visit.pk).text
    assert "2 hazards were voided with this inspection." in page
    assert "found no hazards" not in page
    none = InspectionFactory(enterprise__station=city.first)
    assert "This inspection found no hazards." in boss.get("inspections:inspection", none.pk).text


def test_the_page_of_an_inspection_shows_the_photos_of_what_it_found(city: City) -> None:
    visit, hazard = visit_with(city)
    photos = [
        AttachmentFactory(record_id=hazard.pk, enterprise=visit.enterprise, name=f"{n}.jpg") for n in range(4)
    ]
    AttachmentFactory(record_id=hazard.pk + 1, enterprise=visit.enterprise, name="another.jpg")
    page = officer(city.first).get("inspections:inspection", visit.pk).text
    shown = [reverse("inspections:hazard_file_small", args=[hazard.pk, each.pk]) in page for each in photos]
    assert shown == [True, True, True, False]
    assert "1 more photo" in page
    assert "another.jpg" not in page
