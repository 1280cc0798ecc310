"""A value in the address that does not exist is an error, never silently something else."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from foundation.ui.views import given_in
from foundation.ui.views.reading import NoSuchChoice
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import chief, officer, supervisor
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/warning/?quarter=2099Q9",
        "/warning/?period=2099Q9",
        "/warning/?period=2099Q1",
        "/inspections/new/?enterprise=999999999",
        "/inspections/new/?enterprise=x",
        "/inspections/hazards/new/?enterprise=0",
        "/today/?street=A&street=B",
        "/search/?q=A&q=B",
    ],
)
def test_pages_of_an_officer(address: str, city: City) -> None:
    assert officer(city.first).client.get(address).status_code == 404


LISTS = {
    "/enterprises/": ("sort=nonsense", "sort=-nonsense", "colour=red&colour=pink", "colour=pink"),
    "/inspections/hazards/": (
        "state=nonsense",
        "state=closed&state=overdue",
        "sort=nonsense",
        "q=a&q=b",
        "voided=perhaps",
    ),
    "/inspections/": ("sort=item", "since=2026-01-01&since=2026-02-01"),
    "/people/": ("sort=nonsense", "role=chief&role=nonsense"),
    "/people/inbox/": ("unread=perhaps", "unread=1&unread=0"),
    "/people/log/": ("actor=99zz", "kind=nonsense", "actor=a&actor=b"),
}


@pytest.mark.parametrize(
    "address", [f"{path}?{query}" for path, queries in LISTS.items() for query in queries]
)
def test_a_list_says_what_is_wrong_and_shows_no_rows(address: str, city: City) -> None:
    hazard = HazardFactory(enterprise__station=city.first, item="Blocked exit")
    answer = chief(city.first).client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "A filter has an invalid value" in page
    assert answer.context["invalid"]
    assert hazard.item not in page.partition('id="results"')[2]


def test_what_is_given_twice_alike_is_given_once(city: City) -> None:
    for query in ("colour=red&colour=red", "sort=name", "sort=-name", "sort=&colour="):
        answer = chief(city.first).client.get(f"/enterprises/?{query}")
        assert not answer.context["invalid"]
    for query in ("state=closed", "sort=-found_on", "sort=found_on&sort=found_on"):
        answer = chief(city.first).client.get(f"/inspections/hazards/?{query}")
        assert not answer.context["invalid"], query


def test_of_two_enterprises_none_is_taken(city: City) -> None:
    one, other = EnterpriseFactory.create_batch(2, station=city.first)
    client, form = officer(city.first).client, "/inspections/new/?enterprise="
    assert client.get(f"{form}{one.pk}&enterprise={one.pk}").status_code == 200
    assert client.get(f"{form}{one.pk}&enterprise={other.pk}").status_code == 404


def test_of_two_quarters_none_is_taken(city: City, rf: RequestFactory) -> None:
    for query in ("quarter=2026Q1&quarter=2026Q2", "quarter=2026Q1&period=2026Q2"):
        with pytest.raises(NoSuchChoice):
            given_in(rf.get(f"/?{query}"), "quarter", "period")
    assert given_in(rf.get("/?quarter=2026Q1&period=2026Q1&quarter="), "quarter", "period") == "2026Q1"


@pytest.mark.parametrize("query", ["after=x", "after=2026-01-01~nothing~7", "show=nothing"])
def test_the_timeline(query: str, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    assert officer(city.first).client.get(f"/file/{enterprise.pk}/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["before=x", "after=x"])
def test_the_audit_log(query: str, city: City) -> None:
    assert supervisor(city.bureau).client.get(f"{reverse('accounts:audit')}?{query}").status_code == 404
