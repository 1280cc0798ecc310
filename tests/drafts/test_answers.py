"""What the script that sends a form learns from the response: where to go, and whether the content is stored."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.facts.people import officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"X-Anqi-Form": "1"}


def send(client: Client, path: str, headers: dict[str, str], **values: Any) -> Any:
    return client.post(path, values, headers=headers)


def test_a_redirect_becomes_an_address_and_says_that_the_form_was_taken(city: City) -> None:
    person, path = officer(city.first), reverse("accounts:profile")
    version = person.client.get(path).context["form"]["version"].value()
    plain = send(person.client, path, {}, phone="13900001111", version=version)
    assert (plain.status_code, plain.headers["Anqi-Taken"]) == (302, "yes")
    version = person.client.get(path).context["form"]["version"].value()
    answer = send(person.client, path, BY_SCRIPT, phone="13900001112", version=version)
    assert answer.status_code == 200
    assert answer.json() == {"location": path}
    assert answer.headers["Anqi-Taken"] == "yes"
    assert "Location" not in answer.headers


def test_a_refused_form_is_not_taken(city: City) -> None:
    person = officer(city.first)
    answer = send(person.client, reverse("accounts:profile"), BY_SCRIPT, phone="abc")
    assert answer.status_code == 422
    assert "Anqi-Taken" not in answer.headers


@override_settings(IDLE_TIMEOUT_S=0)
def test_a_session_that_ended_leads_to_the_login_and_nothing_is_taken(city: City) -> None:
    person, path = officer(city.first), reverse("accounts:profile")
    session = person.client.session
    session["seen_at"] = 1
    session.save()
    answer = send(person.client, path, BY_SCRIPT, phone="13900001111")
    assert answer.json()["location"].startswith("/accounts/login/")
    assert "Anqi-Taken" not in answer.headers
    assert send(Client(), path, BY_SCRIPT).json()["location"].startswith("/accounts/login/")


def test_logging_in_with_a_stale_token_shows_the_form_again_and_says_why() -> None:
    client = Client(enforce_csrf_checks=True)
    login = reverse("account_login")
    stale = client.post(login, {"login": "x", "password": "y", "next": "/today/?whose=station"})
    assert (stale.status_code, stale.headers["Location"]) == (
        302,
        f"{login}?again=1&next=%2Ftoday%2F%3Fwhose%3Dstation",
    )
    again = client.get(stale.headers["Location"]).content.decode()
    assert "Please log in once more" in again
    assert 'value="/today/?whose=station"' in again
    endless = client.post(login, {"next": "/" + "x" * 10_000})
    assert endless.headers["Location"] == f"{login}?again=1", "no header of such a length"


def test_nobody_is_given_a_token_whose_cookie_could_replace_that_of_the_login_page() -> None:
    answer = Client().get(reverse("drafts:session"))
    assert (answer.json()["token"], list(answer.cookies)) == ("", [])


def test_a_stale_token_is_told_from_a_forbidden_page(city: City) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer(city.first).user)
    stale = send(client, reverse("accounts:profile"), BY_SCRIPT, phone="1")
    assert (stale.status_code, stale.headers["Anqi-Refused"]) == (403, "csrf")
    assert "is still there if the form said" in stale.content.decode()
    token = client.get(reverse("drafts:session")).json()["token"]
    again = send(client, reverse("accounts:profile"), BY_SCRIPT, phone="abc", csrfmiddlewaretoken=token)
    assert again.status_code == 422
    forbidden = officer(city.first).client.get(reverse("accounts:bureaus"))
    assert (forbidden.status_code, "Anqi-Refused" in forbidden.headers) == (403, False)
