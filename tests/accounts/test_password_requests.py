"""A forgotten password: the request reaches those who may reset it, and says nothing about who exists."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation.accounts import operations, selectors
from foundation.accounts.choices import AuditAction, Role
from foundation.accounts.models import PasswordRequest
from foundation.inbox.selectors import list_notifications
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, acts_of
from tests.factories import PASSWORD, RoleGrantFactory, UserFactory

FORGOT = "/people/forgot/"
LOGIN = "/accounts/login/"


def notified(house: House) -> list[str]:
    found = []
    for name in house.people:
        actor = house.actor(name)
        with station_scope(actor.scope()):
            codes = list_notifications(actor).values_list("code", flat=True)
            found += [name for code in codes if code == "user.password_asked"]
    return sorted(found)


@pytest.mark.parametrize(
    ("who", "answered_by"),
    [
        ("officer", ["chief"]),
        ("security_manager", ["chief"]),
        ("chief", ["supervisor"]),
        ("department_officer", ["supervisor"]),
        ("supervisor", ["operator"]),
        ("officer_elsewhere", ["supervisor_elsewhere"]),
    ],
)
def test_it_reaches_the_nearest_who_may_reset(house: House, who: str, answered_by: list[str]) -> None:
    for _again in range(2):
        operations.ask_for_password(login=who)
    assert notified(house) == answered_by
    assert PasswordRequest.objects.get().user == house.people[who]
    assert acts_of(house.city).count(AuditAction.ASK_FOR_PASSWORD) <= 1


def test_a_chief_cannot_answer_for_somebody_with_a_higher_role(house: House) -> None:
    RoleGrantFactory(
        user=house.people["officer"], role=Role.SUPERVISOR, station=None, bureau=house.city.bureau
    )
    operations.ask_for_password(login="officer")
    assert notified(house) == ["supervisor"]
    assert selectors.open_password_requests(house.actor("chief")) == []


def test_requests_that_somebody_else_answers_hide_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MOST_REQUESTS", 2)
    operations.ask_for_password(login="security_manager")
    for number in range(3):
        name = f"both-{number}"
        person = UserFactory(username=name)
        RoleGrantFactory(user=person, role=Role.OFFICER, station=house.city.first)
        RoleGrantFactory(user=person, role=Role.SUPERVISOR, station=None, bureau=house.city.bureau)
        operations.ask_for_password(login=name)
    found = selectors.open_password_requests(house.actor("chief"))
    assert [each.user.username for each in found] == ["security_manager"]


def test_the_answer_is_the_same_for_every_name(house: House, django_capture_on_commit_callbacks: Any) -> None:
    answers = set()
    for login in ("officer", "nobody-at-all", "138 0000 0000", "x@example.org"):
        client = Client()
        with django_capture_on_commit_callbacks() as queued:
            sent = client.post(FORGOT, {"login": login}, REMOTE_ADDR=f"10.0.0.{len(login)}")
        assert len(queued) == 1, "the same work for every name"
        answers.add((sent.status_code, sent.url))
    assert answers == {(302, f"{FORGOT}?asked=1")}
    assert "If there is such an account" in Client().get(f"{FORGOT}?asked=1").content.decode()


def test_one_address_asks_a_limited_number_of_times(house: House) -> None:
    for _time in range(10):
        assert Client().post(FORGOT, {"login": "officer"}, REMOTE_ADDR="10.9.9.9").status_code == 302
    refused = Client().post(FORGOT, {"login": "officer"}, REMOTE_ADDR="10.9.9.9")
    assert refused.status_code == 422
    assert "Too many requests" in refused.content.decode()


@pytest.mark.parametrize("login", ["", " ", "\x00", "nobody", "@", "0", "x" * 400])
def test_nonsense_asks_for_nobody(house: House, login: str) -> None:
    assert operations.ask_for_password(login=login) is False
    assert Client().post(FORGOT, {"login": login}).status_code in (302, 422)
    assert not PasswordRequest.objects.exists()


def test_a_disabled_account_is_not_asked_for(house: House) -> None:
    house.people["officer"].is_active = False
    house.people["officer"].save()
    assert operations.ask_for_password(login="officer") is False


def test_it_stands_on_today_until_it_is_answered(house: House) -> None:
    operations.ask_for_password(login="officer")
    chief, person = house.client("chief"), house.people["officer"]
    page = reverse("accounts:user", args=[person.pk])
    assert "1 person asks for a new password" in chief.get("/today/").content.decode()
    assert "Somebody asked for a new password" in chief.get(page).content.decode()
    assert "asks for a new password" not in house.client("officer").get("/today/").content.decode()
    assert "asks for a new password" not in house.client("chief_second").get("/today/").content.decode()
    operations.reset_password(actor=house.actor("chief"), user_id=person.pk)
    assert "asks for a new password" not in chief.get("/today/").content.decode()
    assert operations.ask_for_password(login="officer"), "a new one can be made"


@pytest.mark.parametrize(
    ("who", "answers", "url"),
    [("chief", "supervisor", "/bureau/"), ("officer", "chief", "/today/")],
)
def test_it_stands_on_the_first_page_of_those_who_answer(
    house: House, who: str, answers: str, url: str
) -> None:
    operations.ask_for_password(login=who)
    client = house.client(answers)
    assert client.get("/", follow=True).request["PATH_INFO"] in (url, "/today/")
    assert f"Full {who}" in client.get(url).content.decode()


def test_it_can_be_dismissed_by_those_who_may_reset(house: House) -> None:
    operations.ask_for_password(login="officer")
    url = reverse("accounts:user_dismiss_request", args=[house.people["officer"].pk])
    for name, status in (("officer", 403), ("chief_second", 404), ("supervisor_elsewhere", 404)):
        assert house.client(name).post(url).status_code == status
    assert PasswordRequest.objects.filter(done_at=None).exists()
    assert house.client("chief").post(url).status_code == 302
    assert not PasswordRequest.objects.filter(done_at=None).exists()
    assert AuditAction.DISMISS_PASSWORD_REQUEST in acts_of(house.city)


def test_the_login_page_leads_there(house: House) -> None:
    assert FORGOT in Client().get(LOGIN).content.decode()


# --- logging in with a telephone number or an e-mail ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ({"phone": "138 1234 5678"}, "13812345678"),
        ({"phone": "0571-87654321"}, "057187654321"),
        ({"phone": "13812345678"}, "138-1234-5678"),
        ({"phone": "+86 13812345678"}, "138 1234 5678"),
        ({"phone": "13812345678"}, "+86 138 1234 5678"),
        ({"phone": "１３８１２３４５６７８"}, "13812345678"),
        ({"email": "Li.Wei@Example.org"}, " li.wei@example.ORG "),
    ],
)
def test_a_number_or_address_that_one_person_has_logs_in(house: House, stored: dict, typed: str) -> None:
    person = UserFactory(username="li", **stored)
    RoleGrantFactory(user=person, role=Role.OFFICER, station=house.city.first)
    client = Client()
    assert client.post(LOGIN, {"login": typed, "password": PASSWORD}).status_code == 302
    assert int(client.session["_auth_user_id"]) == person.pk


@pytest.mark.parametrize("typed", ["138 1234 5678", "13812345678", "O@Example.org"])
def test_a_contact_of_several_belongs_to_the_police_then_to_the_older_account(
    house: House, typed: str
) -> None:
    """Nobody proves that a number is theirs, so that entering it takes it from no one."""
    staff, officer, chief = (house.people[name] for name in ("enterprise_staff", "officer", "chief"))
    for person in (staff, UserFactory()):
        person.phone, person.email = "13812345678", "o@example.org"
        person.save()
    assert selectors.user_by_login(typed) == staff
    for person in (chief, officer):
        operations.edit_profile(
            actor=house.actor(person.username), phone="13812345678", email="o@example.org"
        )
    client = Client()
    assert client.post(LOGIN, {"login": typed, "password": PASSWORD}).status_code == 302
    assert int(client.session["_auth_user_id"]) == officer.pk
    told = [
        "does not log you in" in house.client(each.username).get(reverse("accounts:profile")).content.decode()
        for each in (officer, chief, staff)
    ]
    assert told == [False, True, True]


def test_a_user_name_comes_before_somebody_elses_number(house: House) -> None:
    owner = UserFactory(username="13812345678")
    UserFactory(username="other", phone="13812345678")
    assert selectors.user_by_login("13812345678") == owner


def test_failures_count_together_whatever_was_typed(house: House) -> None:
    person = house.people["officer"]
    person.phone, person.email = "13812345678", "o@example.org"
    person.save()
    for typed in ("officer", "13812345678", "138 1234 5678", "o@example.org", "OFFICER"):
        Client().post(LOGIN, {"login": typed, "password": "wrong"})
    for typed in ("officer", "13812345678", "o@example.org"):
        locked = Client().post(LOGIN, {"login": typed, "password": PASSWORD})
        assert "locked for 15 minutes" in locked.content.decode()
