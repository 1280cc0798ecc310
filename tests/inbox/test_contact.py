"""Whom an enterprise's people can ask stands on every page of the portal, and on its 403 and 404."""

import pytest
from django.utils import timezone

from tests.accounts.conftest import House
from tests.factories import LiaisonFactory

PAGES = (
    "/portal/",
    "/portal/tasks/",
    "/inspections/hazards/",
    "/people/inbox/",
    "/people/colleagues/",
    "/people/me/",
)
ERRORS = ("/inspections/hazards/999999/", "/enterprises/")


@pytest.mark.parametrize("url", PAGES + ERRORS)
def test_the_liaison_officer_stands_there(house: House, url: str) -> None:
    officer = house.people["officer"]
    officer.phone = "138 1234 5678"
    officer.save()
    LiaisonFactory(enterprise=house.enterprise, officer=officer)
    page = house.client("security_manager").get(url).content.decode()
    for part in ("Full officer", house.city.first.name, 'href="tel:138'):
        assert part in page


def test_the_chief_where_there_is_no_liaison_officer(house: House) -> None:
    client = house.client("security_manager")
    assert "Full chief" in client.get("/portal/tasks/").content.decode()
    house.people["chief"].grants.update(revoked_at=timezone.now())
    assert "Whom to ask" not in client.get("/portal/tasks/").content.decode()


def test_the_police_see_none(house: House) -> None:
    for url in ("/today/", "/inspections/hazards/999999/"):
        assert "Whom to ask" not in house.client("officer").get(url).content.decode()
