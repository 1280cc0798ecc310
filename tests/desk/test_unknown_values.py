"""A value in the address that does not exist is an error, never silently something else."""

import pytest
from django.urls import reverse

from tests.factories import EnterpriseFactory
from tests.facts.people import officer, supervisor
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/warning/?quarter=2099Q9",
        "/warning/?period=2099Q9",
        "/warning/?period=2099Q1",
        "/enterprises/?sort=nonsense",
        "/inspections/new/?enterprise=999999999",
        "/inspections/new/?enterprise=x",
        "/inspections/hazards/new/?enterprise=0",
    ],
)
def test_pages_of_an_officer(address: str, city: City) -> None:
    assert officer(city.first).client.get(address).status_code == 404


@pytest.mark.parametrize("query", ["after=x", "after=2026-01-01~nothing~7", "show=nothing"])
def test_the_timeline(query: str, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    assert officer(city.first).client.get(f"/file/{enterprise.pk}/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["before=x", "after=x"])
def test_the_audit_log(query: str, city: City) -> None:
    assert supervisor(city.bureau).client.get(f"{reverse('accounts:audit')}?{query}").status_code == 404
