"""A page that another role of the same person sees offers to switch, and tells nobody else anything."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from foundation.accounts.choices import Role
from foundation.accounts.middleware import SESSION_GRANT
from foundation.ui.views import roles
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    NotificationFactory,
    RoleGrantFactory,
)
from tests.facts.people import Person, officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db
OFFER = "Open as"


@pytest.fixture
def both(city: City) -> Person:
    """An officer of the first station, who acts there and is chief of the second one."""
    person = officer(city.first)
    RoleGrantFactory(user=person.user, role=Role.CHIEF, station=city.second)
    return person


def pages_of(city: City, station: str) -> list[str]:
    enterprise = EnterpriseFactory(station=getattr(city, station))
    return [
        reverse("desk:file", args=[enterprise.pk]),
        reverse("disputes:detail", args=[DisputeFactory(enterprise=enterprise).pk]),
        reverse("inspections:hazard", args=[HazardFactory(enterprise=enterprise).pk]),
        reverse("inspections:hazard_close", args=[HazardFactory(enterprise=enterprise).pk]),
    ]


def test_the_other_role_is_offered(city: City, both: Person) -> None:
    for url in pages_of(city, "second"):
        answer = both.client.get(f"{url}?tab=x")
        assert answer.status_code == 404
        page = answer.content.decode()
        assert f"{OFFER} Station chief · {city.second.name}" in page
        assert "You act as Officer" in page
        assert f'name="next" value="{url}?tab=x"' in page
    grant = both.user.grants.get(role=Role.CHIEF)
    switched = both.client.post(reverse("accounts:act_as"), {"grant": grant.pk, "next": url}, follow=True)
    assert switched.status_code == 200


def test_nothing_is_said_of_what_no_role_sees(city: City, both: Person) -> None:
    single = officer(city.first)
    for url in (*pages_of(city, "elsewhere"), reverse("inspections:hazard", args=[999_999])):
        assert OFFER not in both.client.get(url).content.decode()
    for url in pages_of(city, "second"):
        answer = single.client.get(url)
        assert answer.status_code == 404
        assert OFFER not in answer.content.decode()


def test_a_page_that_the_role_may_not_open_is_offered_too(city: City, both: Person) -> None:
    answer = both.client.get(reverse("accounts:audit"))
    assert answer.status_code == 403
    assert f"{OFFER} Station chief" in answer.content.decode()


def test_the_offer_writes_nothing(city: City, both: Person) -> None:
    chief = both.user.grants.get(role=Role.CHIEF)
    other = NotificationFactory(grant=chief)
    assert OFFER in both.client.get(reverse("accounts:inbox_open", args=[other.pk])).content.decode()
    client = Client()
    client.force_login(both.user)
    session = client.session
    session[SESSION_GRANT] = chief.pk
    session.save()
    assert 'bell-badge">1<' in client.get(reverse("accounts:inbox")).content.decode()


def test_a_trial_that_the_database_ends_leaves_the_refusal(
    city: City, both: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(_scope: object) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    url = pages_of(city, "second")[0]
    monkeypatch.setattr(roles, "station_scope", ends)
    answer = both.client.get(url)
    assert answer.status_code == 404
    assert OFFER not in answer.content.decode()
