"""A security manager invites colleagues of the same enterprise; the station sees it and can take it away."""

import contextlib
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections
from django.test import Client
from django.urls import reverse

from foundation.accounts import operations, selectors
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.choices import AuditAction, Role
from foundation.accounts.models import RoleGrant, User
from foundation.accounts.operations import colleagues
from foundation.accounts.operations.colleagues import MOST_COLLEAGUES
from foundation.inbox.selectors import list_notifications
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, acts_of
from tests.factories import EnterpriseFactory, RoleGrantFactory, UserFactory
from tests.waiting import patience

PAGE = "/people/colleagues/"
NEW = {"full_name": "Wang Fang", "phone": "13812345678"}


def invite(house: House, **fields: str) -> tuple[User, str]:
    actor = house.actor("security_manager")
    with station_scope(actor.scope()):
        return operations.invite_colleague(actor=actor, **NEW | fields)


def read(house: House, name: str) -> list[str]:
    actor = house.actor(name)
    with station_scope(actor.scope()):
        return [each.text for each in list_notifications(actor)]


def test_a_manager_invites_a_colleague_who_logs_in(house: House) -> None:
    client = house.client("security_manager")
    shown = client.post(f"{PAGE}new/", NEW)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    token = shown.context["link"].rstrip("/").rsplit("/", 1)[1]
    person = User.objects.get(full_name="Wang Fang")
    grant = person.grants.get()
    assert (grant.role, grant.enterprise_id) == (Role.ENTERPRISE_STAFF, house.enterprise.pk)
    assert "invited, has not set a password yet" in client.get(PAGE).content.decode()
    assert read(house, "chief") == ["Qinghe Foundry invited a colleague: Wang Fang"]
    assert read(house, "chief_second") == []
    password = {"password": "river-stone-77", "again": "river-stone-77"}
    assert Client().post(f"/people/invitation/{token}/", password).status_code == 302
    assert read(house, "security_manager") == ["Wang Fang accepted your invitation and can log in now."]
    browser = Client()
    assert browser.post("/accounts/login/", {"login": NEW["phone"], "password": "river-stone-77"}).url == "/"
    assert browser.get("/portal/").status_code == 200
    assert browser.get(PAGE).status_code == 403, "staff invite nobody"
    assert {AuditAction.CREATE_USER, AuditAction.GRANT_ROLE, AuditAction.INVITE_USER} <= set(
        acts_of(house.city)
    )


def test_names_are_made_here_and_tell_nothing(house: House) -> None:
    names = [invite(house)[0].username for _number in range(3)]
    assert names == [f"e{house.enterprise.pk}-{number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("name", ["officer", "chief", "supervisor", "enterprise_staff", "department_officer"])
def test_nobody_else_invites_here(house: House, name: str) -> None:
    actor = house.actor(name)
    with pytest.raises(NotAllowed), station_scope(actor.scope()):
        operations.invite_colleague(actor=actor, **NEW)
    assert house.client(name).get(PAGE).status_code == 403


def test_there_is_a_limit(house: House) -> None:
    for _number in range(MOST_COLLEAGUES - 1):  # the house has one already
        invite(house)
    with pytest.raises(WrongState, match="Ask your police station"):
        invite(house)
    assert f"{PAGE}new/" not in house.client("security_manager").get(PAGE).content.decode()


def test_the_manager_takes_away_only_what_they_could_give(house: House) -> None:
    client, staff = house.client("security_manager"), house.people["enterprise_staff"].grants.get()
    second = RoleGrantFactory(
        role=Role.SECURITY_MANAGER,
        station=house.city.first,
        enterprise_id=house.enterprise.pk,
        enterprise_name="x",
    )
    other = EnterpriseFactory(station=house.city.first)
    neighbour = RoleGrantFactory(
        role=Role.ENTERPRISE_STAFF, station=house.city.first, enterprise_id=other.pk, enterprise_name="y"
    )
    for grant in (second, neighbour, house.people["officer"].grants.get()):
        url = reverse("accounts:colleague_remove", args=[grant.pk])
        assert client.post(url, {"reason": "x"}).status_code == 404
    url = reverse("accounts:colleague_remove", args=[staff.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Left."}).status_code == 302
    assert RoleGrant.objects.get(pk=staff.pk).revoked_at
    assert client.post(url, {"reason": "Left."}).status_code == 404
    assert any("took the access of a colleague away" in text for text in read(house, "chief"))


def test_signs_are_no_reason_to_take_a_role_away(house: House) -> None:
    user, _token = invite(house)
    actor, grant = house.actor("security_manager"), user.grants.get()
    with station_scope(actor.scope()), pytest.raises(ValidationError, match="only signs"):
        operations.remove_colleague(actor=actor, grant_id=grant.pk, reason="...")


def test_a_link_is_renewed_only_for_an_unused_account(house: House) -> None:
    client = house.client("security_manager")
    person, _token = invite(house)
    url = reverse("accounts:colleague_renew", args=[person.grants.get().pk])
    assert client.post(url).context["link"]
    used = house.people["enterprise_staff"].grants.get()
    client.post(reverse("accounts:colleague_renew", args=[used.pk]))
    assert selectors.open_invitation(house.people["enterprise_staff"]) is None, "that would be a take-over"


@pytest.mark.parametrize("by", ["link", "log-in"])
def test_a_password_that_the_station_reset_is_not_the_managers_to_set(house: House, by: str) -> None:
    person, token = invite(house)
    if by == "link":
        operations.accept_invitation(token=token, password="river-stone-77")
    else:
        Client().force_login(person)
    link = operations.reset_password(actor=house.actor("chief"), user_id=person.pk)
    client, manager = house.client("security_manager"), house.actor("security_manager")
    grant = person.grants.get()
    with station_scope(manager.scope()), pytest.raises(WrongState, match="has already set a password"):
        operations.renew_invitation(actor=manager, grant_id=grant.pk)
    opened = selectors.invitation_for(link)
    assert opened is not None
    assert opened.is_open, "the colleague's own link still works"
    page = client.get(PAGE).content.decode()
    assert reverse("accounts:colleague_renew", args=[grant.pk]) not in page
    assert "password reset, has not set a new one yet" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("full_name", "!!"), ("phone", "x"), ("full_name", "A\x00b"), ("full_name", "a" * 200)],
)
def test_an_invitation_is_held_to_the_limits_of_a_new_person(house: House, field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        invite(house, **{field: value})
    assert list(refused.value.error_dict) == [field]


@pytest.mark.django_db(transaction=True)
def test_two_managers_invite_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real connections: the second waits for the first, and both find a free name."""
    enterprise = EnterpriseFactory()
    where = {
        "role": Role.SECURITY_MANAGER,
        "station": enterprise.station,
        "enterprise_id": enterprise.pk,
        "enterprise_name": enterprise.name,
    }
    actors = [selectors.actor_for(user=RoleGrantFactory(**where).user, grant_id=None) for _number in "12"]
    free_name, both = colleagues._free_name, threading.Barrier(2)

    def slowly(enterprise_id: int) -> str:
        name = free_name(enterprise_id)
        with contextlib.suppress(threading.BrokenBarrierError):  # nobody comes while the other waits
            both.wait(0.5)
        return name

    monkeypatch.setattr(colleagues, "_free_name", slowly)
    made: list[Any] = []

    def call(actor: Any) -> None:
        try:
            with station_scope(actor.scope()):
                made.append(operations.invite_colleague(actor=actor, **NEW)[0].username)
        except IntegrityError as error:
            made.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(60))
    assert sorted(map(str, made)) == [f"e{enterprise.pk}-1", f"e{enterprise.pk}-2"]


def test_an_account_with_another_role_is_out_of_reach(house: House) -> None:
    person = UserFactory()
    person.set_unusable_password()
    person.save()
    grant = RoleGrantFactory(
        user=person,
        role=Role.ENTERPRISE_STAFF,
        station=house.city.first,
        enterprise_id=house.enterprise.pk,
        enterprise_name="x",
    )
    RoleGrantFactory(user=person, role=Role.OFFICER, station=house.city.first)
    assert (
        house.client("security_manager")
        .post(reverse("accounts:colleague_renew", args=[grant.pk]))
        .status_code
        == 403
    )


def test_the_station_sees_and_revokes_it(house: House) -> None:
    person, _token = invite(house)
    chief = house.actor("chief")
    assert person in selectors.list_users(chief)
    operations.revoke_role(actor=chief, grant_id=person.grants.get().pk, reason="Unknown person.")
    assert person.grants.get().revoked_at
