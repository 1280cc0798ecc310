"""What an inspection came to is seen without opening anything, by the police and by the enterprise."""

import re

import pytest
from django.urls import reverse

from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import ago, chief, manager, numbered, officer
from tests.fixtures import City
from tests.papers.test_records import visit_of

pytestmark = pytest.mark.django_db


def test_a_section_with_what_failed_stands_open_and_says_so(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    page = one.get("inspections:inspection", visit_of(one, other, city).pk).text
    sections = re.findall(r'<details class="answered-section"( open)?>(.*?)</details>', page, re.DOTALL)
    assert len(sections) > 1
    for is_open, section in sections:
        assert bool(is_open) == ('data-answer="fail"' in section) == ("Failed 1" in section), section[:200]
    assert [bool(is_open) for is_open, _section in sections].count(True) == 1


def test_the_enterprise_sees_conclusion_and_state_by_colour_and_word(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    visit = InspectionFactory(enterprise=enterprise, conclusion="unqualified", inspected_on=ago(2))
    HazardFactory(enterprise=enterprise, inspection=visit, found_on=visit.inspected_on)
    theirs = manager(enterprise)
    conclusion = '<span class="badge bg-red-lt">Not qualified</span>'
    assert conclusion in theirs.get("inspections:own_inspections").text
    page = theirs.client.get(reverse("inspections:own_inspection", args=[visit.pk])).text
    assert conclusion in page
    assert re.search(r'<span class="badge bg-\w+-lt">Open</span>', page)
