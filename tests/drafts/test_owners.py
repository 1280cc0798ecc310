"""Whose text it is: a person in a role at an organisation, as the pages tell the browser."""

import json
import re
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from foundation.accounts.choices import Role
from tests import factories
from tests.facts.people import Person, manager, officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db
OTHER_SECRET = "x" * 50


def about(page: Any) -> dict[str, Any]:
    found = re.search(
        r'<script id="anqi-drafts" type="application/json">(.*?)</script>', page.content.decode()
    )
    assert found, "the page does not say whose text it is"
    return json.loads(found[1])


def owners(client: Client, path: str = "/people/me/") -> list[list[str]]:
    return about(client.get(path))["owners"]


def test_a_person_has_one_owner_for_each_role_and_nobody_shares_it(city: City) -> None:
    enterprise = factories.EnterpriseFactory(station=city.first)
    people = [officer(city.first), officer(city.first), officer(city.second), manager(enterprise)]
    both = officer(city.first)
    second = factories.RoleGrantFactory(user=both.user, role=Role.CHIEF, station=city.first)
    found = [owners(person.client) for person in (*people, both)]
    first = found[-1]
    both.client.post(reverse("accounts:act_as"), {"grant": second.pk})
    found.append(owners(both.client))
    assert [len(each) for each in found] == [1] * 6
    assert len({name for ((name, _key),) in found}) == len({key for ((_name, key),) in found}) == 6
    both.client.post(reverse("accounts:act_as"), {"grant": both.actor.grant_id})
    assert owners(both.client) == first, "the same role again opens the same texts"


def test_a_text_is_still_read_after_the_secret_key_changed(city: City, settings: Any) -> None:
    person = officer(city.first)
    (before,) = owners(person.client)
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY=OTHER_SECRET, SECRET_KEY_FALLBACKS=[old]):
        new, earlier = owners(person.client)
    assert earlier == before
    assert new != before


def test_pages_before_the_login_know_nobody(city: City) -> None:
    page = about(Client().get("/accounts/login/"))
    assert (page["owners"], page["person"]) == ([], "")
    assert about(Client().get("/nowhere/"))["owners"] == []


def test_an_error_page_knows_who_is_logged_in(city: City) -> None:
    person = officer(city.first)
    assert about(person.client.get("/nowhere/"))["owners"] == owners(person.client)


def test_the_session_says_who_is_logged_in_now(city: City) -> None:
    person, path = officer(city.first), reverse("drafts:session")
    nobody = Client().get(path)
    assert (nobody.json()["owner"], nobody.json()["person"]) == ("", "")
    answer = person.client.get(path)
    ((owner, _key),) = owners(person.client)
    assert answer.json()["owner"] == owner
    assert answer.json()["person"] == about(person.client.get("/people/me/"))["person"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert person.client.post(path).status_code in (200, 405)


def test_a_person_without_a_role_has_an_owner_too() -> None:
    user = factories.UserFactory()
    client = Client()
    client.force_login(user)
    assert len(owners(client, reverse("drafts:kept"))) == 1


def test_the_list_of_unsaved_texts_is_for_whoever_is_logged_in(city: City) -> None:
    assert Client().get(reverse("drafts:kept")).status_code == 302
    enterprise = factories.EnterpriseFactory(station=city.first)
    for person in (officer(city.first), manager(enterprise)):
        assert isinstance(person, Person)
        page = person.client.get(reverse("drafts:kept"))
        assert page.status_code == 200
        assert "Unsaved texts" in page.content.decode()
