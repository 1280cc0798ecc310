"""A correction does not do what the acts refuse, and cannot be used to evade them."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from disputes.models import Dispute
from disputes.operations import settle_dispute
from facts.staff.pages import kinds
from incidents.models import Incident
from inspections import operations
from inspections.models import Hazard, Inspection
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
)
from tests.facts.people import HAZARD, Person, ago, ahead, chief, fresh, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def hazard_of(city: City, **fields: Any) -> Hazard:
    return HazardFactory(enterprise__station=city.first, **{"found_on": ago(40), "due_on": ago(10)} | fields)


def found_by_visit(person: Person, city: City) -> Hazard:
    """An overdue hazard that an inspection found."""
    person.act(
        operations.create_inspection,
        enterprise_id=EnterpriseFactory(station=city.first).pk,
        inspected_on=ago(40),
        kind="routine",
        conclusion="rectify",
        inspectors=f"{person.user}, Wang Fang",
        hazards=[{"item": "Lock", "due_on": ago(10)}],
    )
    return rows(Hazard, city.first)[-1]  # type: ignore[no-any-return]


def faults_of(person: Person, record: Any, **values: Any) -> set[str]:
    """Return the fields at which a correction is refused; it must not change anything then."""
    pages = next(kind() for kind in kinds if kind.model is type(record))
    before = fresh(record)
    try:
        person.act(pages.operations.correct, id=record.pk, version=None, reason="So", **values)
    except ValidationError as error:
        assert fresh(record).version == before.version
        return set(error.error_dict)
    return set()


WHAT_ACTS_WRITE: list[tuple[str, Any]] = [
    ("rectified_on", ago(2)),
    ("closed_on", ago(2)),
    ("refused_on", ago(2)),
    ("major_from_on", ago(2)),
    ("major_until_on", ago(2)),
    ("extension_granted_on", ago(20)),
    ("extended_due_on", ahead(9)),
    ("extension_requested_on", ago(20)),
    ("extension_asked_on", ago(2)),
    ("extension_wanted_on", ahead(9)),
]


def test_each_column_that_an_act_writes_is_tried() -> None:
    # no form and no sheet has the day of a suspension
    assert {name for name, _value in WHAT_ACTS_WRITE} == set(Hazard.acted) - {"suspended_on"}
    assert set(Hazard.acted) == {name for group in Hazard.stepped for name in group} - {"due_on"}


@pytest.mark.parametrize(("name", "value"), WHAT_ACTS_WRITE)
def test_a_correction_enters_nothing_that_an_act_writes(name: str, value: dt.date, city: City) -> None:
    for person in (officer(city.first), chief(city.first)):
        assert name in faults_of(person, hazard_of(city), **{name: value})
    # what an import brought can be corrected, and did not happen after all
    brought = {
        "rectified_on": ago(3),
        "closed_on": ago(2),
        "refused_on": ago(4),
        "major_from_on": ago(9),
        "major_until_on": ago(8),
        "extended_due_on": ago(5),
        "extension_granted_on": ago(30),
    }
    if name not in brought:  # no import brings what the enterprise asks for
        return
    person = officer(city.first)
    moved = brought[name] + dt.timedelta(days=-1)
    assert faults_of(person, hazard_of(city, **brought), **{name: moved}) == set()
    if name not in ("major_from_on", "extended_due_on", "extension_granted_on"):  # one of a pair
        assert faults_of(person, hazard_of(city, **brought), **{name: None}) == set()


def test_the_form_of_a_correction_shows_only_what_it_can_change(city: City) -> None:
    person, hazard = officer(city.first), hazard_of(city, refused_on=ago(20))
    shown = person.get(HAZARD.correct, hazard.pk).context["form"].fields
    assert set(shown) & set(Hazard.acted) == {"refused_on"}
    person.act(operations.rectify_hazard, id=hazard.pk, rectified_on=ago(5), submitted_by="Ma")
    shown = person.get(HAZARD.correct, hazard.pk).context["form"].fields
    assert set(shown) & set(Hazard.acted) == {"refused_on"}
    assert faults_of(person, hazard, rectified_on=ago(6)) == {"rectified_on"}  # that step is corrected


def test_days_of_acts_stay_in_order(city: City) -> None:
    hazard = hazard_of(city, refused_on=ago(20), rectified_on=ago(15))
    assert faults_of(officer(city.first), hazard, refused_on=ago(9)) == {"rectified_on"}


def test_a_deadline_is_not_taken_off_by_a_correction(city: City) -> None:
    finder, boss = officer(city.first), chief(city.first)
    hazard = found_by_visit(finder, city)
    assert faults_of(finder, hazard, due_on=None) == {"due_on"}
    assert faults_of(boss, hazard, due_on=None) == {"due_on"}
    assert faults_of(finder, hazard, due_on=ahead(9)) == {"due_on"}  # it has passed: somebody else moves it
    assert fresh(hazard).state == "overdue"
    assert faults_of(finder, hazard, due_on=ago(20)) == set()
    assert faults_of(boss, hazard, due_on=ago(9)) == set()
    assert faults_of(boss, hazard_of(city, due_on=None), place="Hall") == set()  # as it was imported
    dispute = DisputeFactory(
        enterprise__station=city.first, opened_on=ago(40), due_on=ago(5), recorded_by_id=finder.user.pk
    )
    for later in (None, ahead(5)):
        assert faults_of(finder, dispute, due_on=later) == {"due_on"}
    assert faults_of(boss, dispute, due_on=ago(4)) == set()


def test_a_hazard_of_an_inspection_stays_found_by_the_police(city: City) -> None:
    finder, boss = officer(city.first), chief(city.first)
    hazard = found_by_visit(finder, city)
    for person in (finder, boss):
        assert faults_of(person, hazard, origin="self") == {"origin"}
    assert "origin" not in boss.get(HAZARD.correct, hazard.pk).context["form"].fields
    alone = finder.act(
        operations.create_hazard,
        enterprise_id=hazard.enterprise_id,
        item="Lamp",
        found_on=ago(4),
        due_on=ahead(3),
    )
    assert faults_of(finder, alone, origin="self") == {"origin"}  # it excuses: for somebody else to say
    assert faults_of(boss, alone, origin="self", found_by="") == set()
    assert faults_of(boss, alone, origin="police") == {"found_by"}


def test_finders_are_not_taken_off_by_one_of_them_or_all(city: City) -> None:
    finder, boss = officer(city.first), chief(city.first)
    hazard = found_by_visit(finder, city)
    assert faults_of(finder, hazard, found_by="Somebody Else") == {"found_by"}
    assert faults_of(finder, hazard, found_by=str(finder.user)) == {"found_by"}
    assert faults_of(boss, hazard, found_by="") == {"found_by"}
    assert faults_of(boss, rows(Inspection, city.first)[-1], inspectors="") == {"inspectors"}
    assert faults_of(boss, hazard, found_by=f"{finder.user}, Zhao Min") == set()
    assert faults_of(boss, hazard, found_by=hazard.found_by, origin="police", item="Door") == set()


def test_inspectors_are_not_taken_off_by_one_of_them_or_all(city: City) -> None:
    finder, boss = officer(city.first), chief(city.first)
    hazard = found_by_visit(finder, city)  # by the finder and Wang Fang
    visit = rows(Inspection, city.first)[-1]
    for inspectors in (f"{finder.user}, Zhao Min", str(finder.user), "Zhao Min, Qian Bo", ""):
        assert faults_of(finder, visit, inspectors=inspectors) == {"inspectors"}
    for inspectors in ("Wang Fang", "Wang Fang, wang fang", ""):
        assert faults_of(boss, visit, inspectors=inspectors) == {"inspectors"}
    assert fresh(hazard).found_by == visit.inspectors
    assert faults_of(finder, visit, inspectors=f"{visit.inspectors}, Zhao Min") == set()
    assert faults_of(boss, visit, inspectors=f"{finder.user}, Zhao Min") == set()
    assert fresh(hazard).found_by == f"{finder.user}, Zhao Min"
    alone = InspectionFactory(enterprise__station=city.first, inspectors="Li, Wang")
    assert faults_of(boss, alone, inspectors="") == {"inspectors"}  # also without a hazard


def test_everything_at_once_is_refused_at_every_field(city: City) -> None:
    hazard = found_by_visit(officer(city.first), city)
    all_in_one = {"due_on": None, "origin": "self", "closed_on": today(), "found_by": ""}
    assert faults_of(chief(city.first), hazard, **all_in_one) == {"due_on", "origin", "closed_on"}


def test_put_right_on_the_spot_stays_on_the_day_of_the_visit(city: City) -> None:
    hazard = hazard_of(
        city, found_on=ago(9), due_on=ago(9), rectified_on=ago(9), closed_on=ago(9), on_the_spot=True
    )
    assert faults_of(officer(city.first), hazard, closed_on=ago(1)) == {"closed_on"}


def test_incidents_and_disputes_are_decided_by_their_acts(city: City) -> None:
    person = officer(city.first)
    incident = IncidentFactory(enterprise__station=city.first, occurred_on=ago(9), verified_on=None)
    assert faults_of(person, incident, verified_on=ago(1)) == {"verified_on"}
    assert faults_of(person, incident, at_fault=True) == {"at_fault"}
    verified = IncidentFactory(
        enterprise__station=city.first, occurred_on=ago(9), verified_on=ago(5), at_fault=True
    )
    assert faults_of(person, verified, at_fault=None) == {"at_fault"}
    assert faults_of(person, verified, at_fault=False, verified_on=ago(4)) == set()
    assert faults_of(person, verified, duty_fulfilled=True) == set()
    assert fresh(verified).at_fault is False
    assert isinstance(verified, Incident)

    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(9), due_on=ahead(3))
    assert isinstance(dispute, Dispute)
    assert faults_of(person, dispute, settled_on=ago(1)) == {"settled_on"}
    person.act(settle_dispute, id=dispute.pk, settled_on=ago(2))
    assert faults_of(person, dispute, settled_on=ago(1)) == {"settled_on"}
