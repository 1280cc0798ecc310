"""Operators run the platform and come to no casework; the police manage the police."""

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from foundation.accounts import access, operations, reach, selectors
from foundation.accounts.choices import AuditAction, Role
from foundation.accounts.models import Bureau, Invitation, RoleGrant, User
from foundation.inbox.selectors import list_notifications
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, acts_of, log_of
from tests.factories import PASSWORD, RoleGrantFactory, UserFactory

NEW_PASSWORD = {"password": "river-stone-77", "again": "river-stone-77"}
ADDED = {"username": "first", "full_name": "First Supervisor", "phone": "", "email": ""}


@pytest.fixture
def fresh(house: House) -> Bureau:
    """A bureau without anybody."""
    return Bureau.objects.create(code="NEW", name="New Bureau")


def invite(client: Client, bureau: Bureau, **changes: Any) -> Any:
    data = ADDED | {"role": Role.SUPERVISOR, "bureau": bureau.pk} | changes
    return client.post(reverse("accounts:user_create"), data)


def link_in(answer: Any) -> str:
    found = re.search(r"/people/invitation/[0-9a-f]+/", answer.content.decode())
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.SUPERVISOR, "bureau_id"),
        (Role.CHIEF, "station_id"),
        (Role.OFFICER, "station_id"),
        (Role.DEPARTMENT_OFFICER, "department_id"),
    ],
)
def test_operators_give_no_role_in_a_bureau_that_has_a_supervisor(
    house: House, role: str, where: str
) -> None:
    places = {
        "bureau_id": house.city.bureau.pk,
        "station_id": house.city.first.pk,
        "department_id": house.department.pk,
    }
    operator = house.actor("operator")
    given: dict[str, Any] = {"role": role, where: places[where]}
    with pytest.raises((access.NotAllowed, access.WrongState)):
        operations.create_user(actor=operator, username="mole", full_name="Mole", **given)
    for person in (house.people["security_manager"], house.people["officer"]):
        with pytest.raises((access.NotAllowed, access.WrongState, User.DoesNotExist)):
            operations.grant_role(actor=operator, user_id=person.pk, **given)
    assert not User.objects.filter(username="mole").exists()


@pytest.mark.parametrize(
    "who", ["officer", "chief", "supervisor", "department_officer", "security_manager", "enterprise_staff"]
)
def test_operators_take_over_no_account_of_a_bureau(house: House, who: str) -> None:
    client, person = house.client("operator"), house.people[who]
    for path in (
        reverse("accounts:user_reset", args=[person.pk]),
        reverse("accounts:user_invite", args=[person.pk]),
        reverse("accounts:user_edit", args=[person.pk]),
        reverse("accounts:user_enable", args=[person.pk]),
        reverse("accounts:user_remove_second_factor", args=[person.pk]),
    ):
        answer = client.post(path, {"reason": "mine"}, follow=True)
        assert answer.status_code == 403 or "cannot manage this account" in answer.content.decode(), path
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not Invitation.objects.filter(user=person).exists()


def test_operators_still_end_access(house: House) -> None:
    """A stolen account must not wait for the bureau."""
    client, chief = house.client("operator"), house.people["chief"]
    state = reverse("accounts:user_disable", args=[chief.pk])
    assert "only disable it" in client.get(reverse("accounts:user", args=[chief.pk])).content.decode()
    assert client.post(state, {"reason": "stolen"}).status_code == 302
    chief.refresh_from_db()
    assert not chief.is_active
    grant = house.people["officer"].grants.get()
    revoke = reverse("accounts:user_role_revoke", args=[grant.user_id, grant.pk])
    assert client.post(revoke, {"reason": "stolen"}).status_code == 302


def test_the_first_supervisor_is_invited_once(house: House, fresh: Bureau) -> None:
    operator = house.client("operator")
    answer = invite(operator, fresh)
    assert answer.status_code == 200
    path = link_in(answer)
    first = User.objects.get(username="first")
    second = invite(operator, fresh, username="second")
    assert "already been invited" in second.content.decode()
    for name in ("user_invite", "user_reset"):
        again = operator.post(reverse(f"accounts:{name}", args=[first.pk]), follow=True)
        assert "is shown once" in again.content.decode()
    assert Invitation.objects.filter(user=first).count() == 1
    assert AuditAction.INVITE_USER in acts_of(house.city)

    assert Client().post(path, NEW_PASSWORD).status_code == 302
    third = invite(operator, fresh, username="third")
    assert "has, or had, a supervisor" in third.content.decode()
    assert operator.post(reverse("accounts:user_reset", args=[first.pk])).status_code == 403
    grant = first.grants.get()
    operations.revoke_role(actor=house.actor("operator"), grant_id=grant.pk, reason="gone")
    assert "has, or had, a supervisor" in invite(operator, fresh, username="third").content.decode()


def test_an_invited_person_who_never_came_is_replaced(house: House, fresh: Bureau) -> None:
    operator = house.client("operator")
    invite(operator, fresh)
    grant = RoleGrant.objects.get(user__username="first")
    operations.revoke_role(actor=house.actor("operator"), grant_id=grant.pk, reason="moved")
    assert invite(operator, fresh, username="second").status_code == 200


def test_a_link_that_was_opened_says_so(house: House, fresh: Bureau) -> None:
    path = link_in(invite(house.client("operator"), fresh))
    assert "first opened" not in Client().get(path).content.decode()
    assert "This link was first opened at" in Client().get(path).content.decode()


def test_a_link_does_not_warn_of_the_own_click(house: House, fresh: Bureau) -> None:
    path = link_in(invite(house.client("operator"), fresh))
    own = Client()
    for answer in (own.get(path), own.post(path, {"password": "short"}), own.get(path)):
        assert "first opened" not in answer.content.decode()
    assert "This link was first opened at" in Client().post(path, {"password": "short"}).content.decode()
    Client().post(path, NEW_PASSWORD)
    with_system = Bureau.objects.get(pk=fresh.pk)
    assert reach.has_had_supervisor(with_system.pk)


def test_supervisors_manage_each_other_and_the_person_is_told(house: House) -> None:
    UserFactory(username="other")
    other = User.objects.get(username="other")
    RoleGrantFactory(user=other, role=Role.SUPERVISOR, station=None, bureau=house.city.bureau)
    client = house.client("supervisor")
    assert client.post(reverse("accounts:user_reset", args=[other.pk])).status_code == 200
    other.refresh_from_db()
    assert not other.has_usable_password()
    assert log_of(house.city)[-1].action == AuditAction.RESET_PASSWORD
    actor = selectors.actor_for(user=other, grant_id=None)
    assert actor is not None
    with station_scope(actor.scope()):
        assert AuditAction.RESET_PASSWORD in [row.code for row in list_notifications(actor)]
    assert house.client("chief").post(reverse("accounts:user_reset", args=[other.pk])).status_code == 404


# --- the command for a bureau that lost its only supervisor ---


def test_the_only_supervisor_is_restored_on_the_machine(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    bureau, person = house.city.bureau, house.people["supervisor"]
    call_command(
        "restore_supervisor", bureau.code, person.username, reason="phone lost", address="https://a/"
    )
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert link.startswith("https://a/people/invitation/")
    person.refresh_from_db()
    assert not person.has_usable_password()
    entry = log_of(house.city)[-1]
    assert (entry.action, entry.role, entry.reason) == (AuditAction.RESET_PASSWORD, "system", "phone lost")
    assert Client().post(link.removeprefix("https://a"), NEW_PASSWORD).status_code == 302

    with pytest.raises(CommandError, match="has another supervisor"):
        call_command("restore_supervisor", bureau.code, "new.one", reason="x")
    RoleGrant.objects.filter(user=person).update(revoked_at="2026-01-01T00:00Z")
    call_command("restore_supervisor", bureau.code, "new.one", "New One", reason="left")
    assert User.objects.get(username="new.one").grants.get().role == Role.SUPERVISOR
    with pytest.raises(CommandError, match="no bureau"):
        call_command("restore_supervisor", "NOWHERE", "x", reason="x")


# --- second factor ---


@pytest.mark.parametrize("who", ["operator", "department_officer", "officer", "supervisor"])
def test_these_roles_need_a_second_factor(house: House, settings: Any, who: str) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    answer: Any = house.client(who).get("/people/me/")
    assert (answer.status_code, answer.url) == (302, reverse("mfa_activate_totp"))


def test_enterprises_need_none(house: House, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert house.client("security_manager").get("/people/me/").status_code == 200
