"""How many statements the page of a hazard takes, with a cold cache, and that what is rare is still on it."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspections import operations, orders
from inspections.models import Hazard
from tests import factories
from tests.facts.people import Person, ago, ahead, manager, officer
from tests.fixtures import City

MOST = 18
APART = ("SAVEPOINT", "RELEASE", 'UPDATE "accounts_session"')


def page_of(person: Person, hazard: Hazard) -> tuple[str, int]:
    """Return the page with a cold cache, and how many statements it takes when it is opened for the second time."""
    person.get("inspections:hazard", hazard.pk)
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = person.get("inspections:hazard", hazard.pk)
    assert answer.status_code == 200
    return answer.text, len([each for each in queries if not each["sql"].startswith(APART)])


@pytest.mark.django_db
def test_a_major_hazard_that_was_ordered_and_submitted(city: City) -> None:
    factories.LetterheadFactory(bureau=city.bureau, station=city.first)
    firm = factories.EnterpriseFactory(station=city.first)
    visit = factories.InspectionFactory(enterprise=firm, inspected_on=ago(3))
    found = {"found_on": ago(3), "due_on": ahead(9), "item": "Gate", "place": "Hall"}
    hazard = factories.HazardFactory(enterprise=firm, **found, inspection=visit, major_from_on=ago(3))
    finder, reader = officer(city.first), officer(city.first)
    finder.act(
        orders.issue_order,
        enterprise_id=firm.pk,
        hazard_ids=[hazard.pk],
        measures={},
        officers=[orders.Officer("Li Shan")],
        inspected_on=ago(3),
    )
    assert page_of(reader, hazard)[1] <= MOST
    manager(firm).act(operations.rectify_hazard, id=hazard.pk)
    assert page_of(reader, hazard)[1] <= MOST

    earlier = factories.HazardFactory(
        enterprise=firm, **found | {"found_on": ago(40), "due_on": ago(31)}, closed_on=ago(30)
    )
    factories.PenaltyFactory(enterprise=firm, hazard_id=hazard.pk, number="罚字第 7 号")
    factories.ForgeryFactory(
        enterprise=firm, about_kind="hazard", about_id=hazard.pk, what="A picture of another gate"
    )
    page, statements = page_of(reader, hazard)
    assert statements <= MOST + 3, "one for each of what is rare"
    assert f"/inspections/hazards/{earlier.pk}/" in page
    assert "罚字第 7 号" in page
    assert "/inspections/forgeries/" in page
