"""The pages of users: who may do what to whom, each allowed case beside its refusals."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from foundation.accounts.access import NotAllowed
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import AuditAction, Role
from foundation.accounts.models import Invitation, RoleGrant, User
from foundation.accounts.operations import edit_profile
from foundation.accounts.password_rules import NotUsedBefore
from tests.accounts.conftest import House, acts_of, log_of, version_in
from tests.factories import PASSWORD, EnterpriseFactory, RoleGrantFactory, UserFactory

NEW = {"username": "li.na", "full_name": "Li Na", "phone": "13800000000", "email": ""}


def link_in(response: Any) -> str:
    """Return the path of the invitation link on a page."""
    found = re.search(r'value="http://[^/]+(/[^"]*invitation/[0-9a-f]+/)"', response.content.decode())
    assert found, "the page shows the link"
    return found[1]


def create(house: House, who: str, **data: Any) -> tuple[int, Client]:
    client = house.client(who)
    response = client.post(reverse("accounts:user_create"), NEW | data)
    return response, client


@pytest.mark.parametrize(
    ("who", "role", "where"),
    [
        ("chief", "officer", ""),
        ("chief", "security_manager", "enterprise"),
        ("chief", "enterprise_staff", "enterprise"),
        ("supervisor", "officer", "station"),
        ("supervisor", "chief", "station"),
        ("supervisor", "department_officer", "department"),
        ("supervisor", "supervisor", "bureau"),
        ("operator", "operator", ""),
    ],
)
def test_a_person_is_added_invited_and_logs_in(house: House, who: str, role: str, where: str) -> None:
    ids = {
        "station": house.city.second.pk,
        "bureau": house.city.bureau.pk,
        "department": house.department.pk,
        "enterprise": house.enterprise.pk,
    }
    response, _client = create(house, who, role=role, **({where: ids[where]} if where else {}))
    assert response.status_code == 200
    person = User.objects.get(username="li.na")
    grant = person.grants.get()
    assert grant.role == role
    assert (grant.station_id, grant.enterprise_id) == {
        "": (None if role == "operator" else house.city.first.pk, None),
        "enterprise": (house.city.first.pk, house.enterprise.pk),
        "station": (house.city.second.pk, None),
    }.get(where, (None, None))
    assert acts_of(house.city)[-3:] == [
        AuditAction.GRANT_ROLE,
        AuditAction.CREATE_USER,
        AuditAction.INVITE_USER,
    ]

    browser = Client()
    path = link_in(response)
    token = path.rstrip("/").rpartition("/")[2]
    assert token not in str([list(row) for row in Invitation.objects.values_list()]), "only the hash is kept"
    assert "li.na" in browser.get(path).content.decode()
    answer = browser.post(path, {"password": "river-stone-77", "again": "river-stone-77"})
    assert answer.status_code == 302
    assert browser.login(username="li.na", password="river-stone-77")
    assert [entry.action for entry in log_of(house.city)][-2:] == [
        AuditAction.ACCEPT_INVITATION,
        AuditAction.LOG_IN,
    ]


def test_a_link_does_not_judge_passwords_without_end(house: House, monkeypatch: Any) -> None:
    response, _client = create(house, "chief", role="officer")
    compared = []
    monkeypatch.setattr(NotUsedBefore, "validate", lambda *arguments: compared.append(arguments))
    path, good = link_in(response), {"password": "river-stone-77", "again": "river-stone-77"}
    for _number in range(10):
        assert Client().post(path, good | {"again": "other"}).status_code == 422
    answer = Client().post(path, good)
    assert answer.status_code == 422
    assert "Too many tries with this link" in answer.content.decode()
    assert compared == []
    cache.clear()
    assert Client().post(path, good).status_code == 302
    assert len(compared) == 1


def test_a_link_is_opened_also_by_whoever_only_sends_the_form(house: House) -> None:
    response, _client = create(house, "chief", role="officer")
    Client().post(link_in(response), {"password": "river-stone-77", "again": "other"})
    assert Invitation.objects.get().opened_at is not None
    assert acts_of(house.city)[-1] == AuditAction.OPEN_INVITATION


@pytest.mark.parametrize(
    ("who", "role", "where"),
    [
        ("chief", "chief", "station"),
        ("chief", "supervisor", "bureau"),
        ("chief", "operator", ""),
        ("chief", "security_manager", "enterprise"),
        ("supervisor", "operator", ""),
        ("supervisor", "officer", "station"),
        ("supervisor", "security_manager", "enterprise"),
        ("operator", "chief", "station"),
        ("operator", "supervisor", "bureau"),
        ("operator", "security_manager", "enterprise"),
    ],
)
def test_nobody_grants_a_role_above_their_own_or_elsewhere(
    house: House, who: str, role: str, where: str
) -> None:
    """The same form, with a role above one's own or another organisation."""
    foreign = EnterpriseFactory(station=house.city.elsewhere, name="Foreign Works")
    ids = {
        "station": house.city.elsewhere.pk,
        "bureau": house.city.bureau.pk,
        "enterprise": foreign.pk,
    }
    response, _client = create(house, who, role=role, **({where: ids[where]} if where else {}))
    assert response.status_code == 422
    assert NEW["full_name"] in response.content.decode(), "nothing typed is lost"
    assert not User.objects.filter(username="li.na").exists()
    assert acts_of(house.city) == []


@pytest.mark.parametrize("who", ["officer", "security_manager", "enterprise_staff", "department_officer"])
def test_other_roles_add_nobody(house: House, who: str) -> None:
    response, _client = create(house, who, role="officer", station=house.city.first.pk)
    assert response.status_code == 403
    assert not User.objects.filter(username="li.na").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": ""}, "This field is required"),
        ({"username": "bad name!"}, "Enter a valid username"),
        ({"username": "OFFICER"}, "This user name is taken"),
        ({"username": "x" * 65}, "at most 64"),
        ({"full_name": "x" * 81}, "at most 80"),
        ({"email": "no mail"}, "valid email"),
        ({"username": "a\x00b"}, "Null characters"),
        ({"role": "emperor"}, "emperor"),
    ],
)
def test_invalid_input_is_reported_at_the_field(house: House, change: dict, words: str) -> None:
    response, _client = create(house, "chief", **{"role": "officer", **change})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert acts_of(house.city) == []


REACH = [  # who → whose accounts they may manage
    ("chief", {"officer", "security_manager", "enterprise_staff"}),
    (
        "supervisor",
        {
            "officer",
            "chief",
            "officer_second",
            "chief_second",
            "security_manager",
            "enterprise_staff",
            "department_officer",
        },
    ),
    ("operator", set()),
]


@pytest.mark.parametrize(("who", "reach"), REACH)
def test_accounts_are_managed_within_reach_only(house: House, who: str, reach: set[str]) -> None:
    client = house.client(who)
    for name, person in house.people.items():
        seen = client.get(reverse("accounts:user", args=[person.pk])).status_code
        answer = client.post(reverse("accounts:user_reset", args=[person.pk]))
        person.refresh_from_db()
        if name in reach:
            assert (seen, answer.status_code) == (200, 200), name
            assert not person.has_usable_password(), name
            assert log_of(house.city)[-1].object_label == f"Full {name}"
        else:
            assert answer.status_code in (403, 404), name
            assert answer.status_code == 403 if seen == 200 else answer.status_code == 404, name
            assert person.has_usable_password(), name


def test_a_foreign_role_puts_the_account_out_of_reach(house: House) -> None:
    """For example an officer of the station who also supervises a bureau; the chief could take that role over."""
    officer = house.people["officer"]
    client = house.client("chief")
    state = reverse("accounts:user_disable", args=[officer.pk])
    RoleGrantFactory(user=officer, role=Role.SUPERVISOR, station=None, bureau=house.city.other_bureau)
    assert client.post(state, {"reason": "left"}).status_code == 403
    assert (
        "You cannot manage this account"
        in client.get(reverse("accounts:user", args=[officer.pk])).content.decode()
    )
    officer.grants.filter(role=Role.SUPERVISOR).update(revoked_at="2026-01-01T00:00Z")
    assert client.post(state, {"reason": "left"}).status_code == 302
    officer.refresh_from_db()
    assert not officer.is_active


@pytest.mark.parametrize("name", ["user_reset", "user_edit", "user_role_grant"])
@pytest.mark.parametrize("who", ["chief", "supervisor", "operator"])
def test_nobody_manages_their_own_account(house: House, who: str, name: str) -> None:
    client, me = house.client(who), house.people[who]
    assert client.post(reverse(f"accounts:{name}", args=[me.pk])).status_code == 403
    grant = me.grants.get()
    client.post(reverse("accounts:user_role_revoke", args=[me.pk, grant.pk]), {"reason": "enough"})
    grant.refresh_from_db()
    assert grant.revoked_at is None


def test_a_role_is_granted_and_revoked(house: House) -> None:
    officer, client = house.people["officer"], house.client("supervisor")
    give = reverse("accounts:user_role_grant", args=[officer.pk])
    data = {"role": "chief", "station": house.city.second.pk}
    assert client.post(give, data).status_code == 302
    assert acts_of(house.city)[-1] == AuditAction.GRANT_ROLE
    again = client.post(give, data)
    assert again.status_code == 422
    assert "already holds this role there" in again.content.decode()

    grant = officer.grants.get(role="chief")
    take = reverse("accounts:user_role_revoke", args=[officer.pk, grant.pk])
    assert house.client("chief").post(take, {"reason": "no"}).status_code == 404, "of another station"
    assert client.post(take, {"reason": ""}).status_code == 422
    assert client.post(take, {"reason": "moved on"}).status_code == 302
    grant.refresh_from_db()
    assert grant.revoked_at is not None
    assert (log_of(house.city)[-1].action, log_of(house.city)[-1].reason) == (
        AuditAction.REVOKE_ROLE,
        "moved on",
    )
    assert client.post(take, {"reason": "twice"}).status_code == 404


def test_revoking_the_last_role_leaves_the_person_in_reach(house: House) -> None:
    officer, client = house.people["officer"], house.client("chief")
    take = reverse("accounts:user_role_revoke", args=[officer.pk, officer.grants.get().pk])
    assert client.post(take, {"reason": "leave"}).status_code == 302
    assert "No role at present" in client.get(reverse("accounts:user", args=[officer.pk])).content.decode()
    away = house.client("officer").get("/people/me/")
    assert (away.status_code, away.url) == (302, reverse("accounts:act_as")), "without a role no page"
    assert (
        client.post(reverse("accounts:user_role_grant", args=[officer.pk]), {"role": "officer"}).status_code
        == 302
    )
    assert officer.grants.filter(revoked_at=None).count() == 1


def test_a_disabled_person_is_out_at_once_and_stays_out(house: House) -> None:
    officer, chief = house.people["officer"], house.client("chief")
    browser = house.client("officer")
    profile = reverse("accounts:profile")
    assert browser.get(profile).status_code == 200
    state = reverse("accounts:user_disable", args=[officer.pk])
    assert chief.post(state, {"reason": ""}).status_code == 422
    assert chief.post(state, {"reason": "left the force"}).status_code == 302
    assert browser.get(profile).status_code == 302
    assert not Client().login(username="officer", password=PASSWORD)
    assert chief.post(reverse("accounts:user_enable", args=[officer.pk])).status_code == 302
    assert browser.get(profile).status_code == 302, "the old session does not come back to life"
    assert Client().login(username="officer", password=PASSWORD)
    assert [act for act in acts_of(house.city) if act.endswith("able")] == [
        AuditAction.DISABLE_USER,
        AuditAction.ENABLE_USER,
    ]


def test_a_reset_ends_password_and_sessions(house: House) -> None:
    officer, browser = house.people["officer"], house.client("officer")
    response = house.client("chief").post(reverse("accounts:user_reset", args=[officer.pk]))
    assert browser.get(reverse("accounts:profile")).status_code == 302
    assert not Client().login(username="officer", password=PASSWORD)
    path = link_in(response)
    assert Client().post(path, {"password": "river-stone-77", "again": "river-stone-77"}).status_code == 302
    assert Client().login(username="officer", password="river-stone-77")


def test_two_editors_at_once(house: House) -> None:
    officer, chief = house.people["officer"], house.client("chief")
    url = reverse("accounts:user_edit", args=[officer.pk])
    data = {"full_name": "New Name", "phone": "55501", "email": "", "version": version_in(chief, url)}
    assert house.client("supervisor").post(url, data).status_code == 302
    stale = chief.post(url, data | {"full_name": "Other Name"})
    assert stale.status_code == 422
    assert "changed this in the meantime" in stale.content.decode()
    assert "Other Name" in stale.content.decode()
    officer.refresh_from_db()
    assert officer.full_name == "New Name"


def test_the_list_shows_people_within_reach_with_constant_queries(
    house: House, django_assert_max_num_queries: Any
) -> None:
    url = reverse("accounts:users")
    for who, unseen in (("chief", "officer_second"), ("supervisor", "officer_elsewhere"), ("operator", "")):
        text = house.client(who).get(url).content.decode()
        assert "Full officer" in text
        assert not unseen or f"Full {unseen}<" not in text
    client = house.client("chief")
    assert "Full officer" not in client.get(url, {"role": "security_manager"}).content.decode()
    assert "Full security_manager" in client.get(url, {"role": "security_manager"}).content.decode()
    assert (
        client.get(url, {"q": "x\x00", "state": "zzz", "page": "9" * 40, "sort": "nothing"}).status_code
        == 200
    )
    for _each in range(60):
        RoleGrantFactory(user=UserFactory(), station=house.city.first)
    for who in ("chief", "supervisor", "operator"):
        client = house.client(who)
        client.get(url)  # the first page of a session also saves it
        with django_assert_max_num_queries(12):
            client.get(url)


def test_choosing_an_enterprise(house: House) -> None:
    EnterpriseFactory(station=house.city.first, name="Qinghe Mill")
    EnterpriseFactory(station=house.city.second, name="Qinghe Depot")
    client = house.client("chief")
    options = client.get(reverse("enterprises:pick_enterprise"), {"q": "qinghe"}).content.decode()
    assert "Qinghe Foundry" in options
    assert "Qinghe Depot" not in options
    ambiguous = client.post(
        reverse("accounts:user_create"), NEW | {"role": "security_manager", "enterprise": "qinghe"}
    )
    assert "Several enterprises match" in ambiguous.content.decode()
    page = client.get(reverse("accounts:user_create"), {"enterprise": house.enterprise.pk}).content.decode()
    assert f'name="enterprise" value="{house.enterprise.pk}"' in page
    assert "Qinghe Foundry" in page
    assert (
        'name="station"'
        not in client.get(reverse("accounts:role_fields"), {"role": "officer"}).content.decode()
    )


def test_the_database_refuses_an_enterprise_of_another_station(house: House) -> None:
    """The system names station and enterprise without seeing the register; a pair that does not match is refused."""
    from foundation.accounts import access, operations

    who = {
        "actor": system_actor(bureau_id=house.city.bureau.pk),
        "user_id": house.people["officer"].pk,
        "role": "security_manager",
    }
    what = {"enterprise_id": house.enterprise.pk, "enterprise_name": house.enterprise.name}
    with pytest.raises(access.WrongState):
        operations.grant_role(**who, **what, station_id=house.city.second.pk)
    assert acts_of(house.city) == []
    grant = operations.grant_role(**who, **what, station_id=house.city.first.pk)
    assert RoleGrant.objects.get(pk=grant.pk).bureau == house.city.bureau


@pytest.mark.parametrize("who", ["officer", "chief", "supervisor"])
def test_the_police_keep_the_name_they_sign_with(house: House, who: str) -> None:
    client, url = house.client(who), reverse("accounts:profile")
    field = client.get(url).context["form"].fields["full_name"]
    assert field.disabled
    data = {
        "full_name": "Full chief_second",
        "phone": "13900000000",
        "email": "",
        "version": version_in(client, url),
    }
    assert client.post(url, data).status_code == 302
    person = User.objects.get(pk=house.people[who].pk)
    assert (person.full_name, person.phone) == (f"Full {who}", "13900000000")
    with pytest.raises(NotAllowed):
        edit_profile(actor=house.actor(who), full_name="Full chief_second")
    if who != "supervisor":
        edit = reverse("accounts:user_edit", args=[person.pk])
        boss = house.client("supervisor")
        data = {"full_name": "New Name", "phone": "", "email": "", "version": version_in(boss, edit)}
        assert boss.post(edit, data).status_code == 302
        person.refresh_from_db()
        assert person.full_name == "New Name"


def test_an_additional_enterprise_role_does_not_make_the_name_editable(house: House) -> None:
    officer, enterprise = house.people["officer"], house.enterprise
    RoleGrantFactory(
        user=officer, role=Role.SECURITY_MANAGER, station=house.city.first, enterprise_id=enterprise.pk
    )
    manager = house.client("security_manager")
    data = {"full_name": "Other", "phone": "", "email": ""}
    url = reverse("accounts:profile")
    browser = house.client("officer")
    browser.post(reverse("accounts:act_as"), {"grant": officer.grants.get(role=Role.SECURITY_MANAGER).pk})
    for each in (browser, manager):
        assert each.post(url, data | {"version": version_in(each, url)}).status_code == 302
    assert User.objects.get(pk=officer.pk).full_name == "Full officer"
    assert User.objects.get(username="security_manager").full_name == "Other"


@pytest.mark.parametrize("act", ["", "edit/", "disable/", "remove-second-factor/", "enable/", "invite/"])
def test_a_number_of_thousands_of_digits_is_nobody(house: House, act: str) -> None:
    client, path = house.client("chief"), f"/people/{'9' * 4301}/{act}"
    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]
