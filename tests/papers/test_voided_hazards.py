"""What becomes of the papers about what was voided, and in whose language the page of a paper names it."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from inspections import orders
from inspections.operations import void_hazard, void_inspection
from inspections.records import issue_record
from papers.models import Paper
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory, LetterheadFactory
from tests.facts.people import ago, ahead, chief, fresh, officer, rows
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered(city: City) -> tuple[Paper, list[int], int]:
    """Return an order about two hazards of an inspection, their ids, and that of the inspection."""
    LetterheadFactory(bureau=city.bureau, station=city.first)
    firm = EnterpriseFactory(station=city.first)
    visit = InspectionFactory(
        enterprise=firm, inspected_on=ago(3), inspectors="Li Shan", conclusion="rectify", kind="routine"
    )
    found = {"enterprise": firm, "inspection": visit, "found_on": ago(3), "due_on": ahead(9)}
    ids = [HazardFactory(**found, item=item).pk for item in ("Gate", "Lamp")]
    paper = officer(city.first).act(
        orders.issue_order,
        enterprise_id=firm.pk,
        hazard_ids=ids,
        measures={},
        officers=[orders.Officer("Li Shan")],
        inspected_on=ago(3),
    )
    return paper, ids, visit.pk


def test_an_order_ends_with_the_last_of_its_hazards(
    city: City, ordered: tuple[Paper, list[int], int]
) -> None:
    paper, (first, second), _visit = ordered
    head = chief(city.first)
    head.act(void_hazard, id=first, version=None, reason="Entered twice")
    assert fresh(paper).is_valid, "the other one is still ordered"
    page = head.get("papers:paper", paper.pk).text
    assert page.count("voided meanwhile") == 1
    head.act(void_hazard, id=second, version=None, reason="Wrong enterprise", conclusion="qualified")
    gone = fresh(paper)
    assert not gone.is_valid
    assert gone.void_reason == "Wrong enterprise"


def test_an_order_is_voided_with_the_inspection_and_its_hazards(
    city: City, ordered: tuple[Paper, list[int], int]
) -> None:
    """Found by walking: the order about a voided visit was still waiting to be served."""
    paper, _ids, visit = ordered
    head = chief(city.first)
    head.act(void_inspection, id=visit, version=None, reason="Wrong enterprise", hazards_too=True)
    assert fresh(paper).void_reason == "Wrong enterprise"


def test_what_stays_keeps_its_order(city: City, ordered: tuple[Paper, list[int], int]) -> None:
    paper, _ids, visit = ordered
    chief(city.first).act(void_inspection, id=visit, version=None, reason="Wrong day")
    assert fresh(paper).is_valid


def test_a_paper_says_what_it_is_about_in_its_readers_language(
    city: City, ordered: tuple[Paper, list[int], int]
) -> None:
    """Found by walking: "Routine inspection" on a Chinese page, as whoever issued the record reads English."""
    _paper, _ids, visit = ordered
    own = officer(city.first)
    own.act(issue_record, id=visit)
    (record,) = (each for each in rows(Paper, city.first) if each.form == "inspection-record")
    assert f"Routine inspection {ago(3)}" in own.get("papers:paper", record.pk).text
    with override("zh-hans"):
        address = reverse("papers:paper", args=[record.pk])
        page = own.client.get(address, headers={"accept-language": "zh-hans"}).text
    assert f"日常检查 {ago(3)}" in page
    assert "Routine inspection" not in page
