"""The permission table of this app: every page × every role."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from foundation.accounts import access
from foundation.accounts.checks import project_views
from foundation.accounts.models import ApiKey, User
from tests.accounts.conftest import House
from tests.factories import (
    ApiKeyFactory,
    BulkRunFactory,
    ExportFactory,
    NotificationFactory,
    RoleGrantFactory,
    SavedViewFactory,
)
from tests.suite import mostly

PEOPLE = {"chief", "supervisor", "operator"}
OPERATOR = {"operator"}
KEYS = {"supervisor", "operator", "department_officer"}
ALL = {
    "officer",
    "chief",
    "supervisor",
    "security_manager",
    "enterprise_staff",
    "department_officer",
    "operator",
}
TABLE = {
    "users": PEOPLE,
    "user_create": PEOPLE,
    "invite_new": PEOPLE,
    "role_fields": PEOPLE,
    "user": PEOPLE,
    "user_edit": PEOPLE,
    "user_role_grant": PEOPLE,
    "user_role_revoke": PEOPLE,
    "user_hand_over": PEOPLE,
    "left": PEOPLE,
    "user_invite": PEOPLE,
    "user_reset": PEOPLE,
    "user_enable": PEOPLE,
    "user_disable": PEOPLE,
    "user_remove_second_factor": PEOPLE,
    "user_dismiss_request": PEOPLE,
    "colleagues": {"security_manager"},
    "colleague_invite": {"security_manager"},
    "colleague_renew": {"security_manager"},
    "colleague_remove": {"security_manager"},
    "inbox": ALL,
    "inbox_open": ALL,
    "inbox_read": ALL,
    "download": ALL,
    "download_progress": ALL,
    "download_file": ALL,
    "bulk_run": {"officer", "chief"},
    "bulk_progress": {"officer", "chief"},
    "audit": PEOPLE,
    "pick_person": PEOPLE,
    "bureaus": OPERATOR,
    "bureau_create": OPERATOR,
    "bureau": OPERATOR,
    "bureau_edit": OPERATOR,
    "station_create": OPERATOR,
    "station_edit": OPERATOR,
    "department_create": OPERATOR,
    "department_edit": OPERATOR,
    "view_save": ALL - {"security_manager", "enterprise_staff"},
    "view_remove": ALL,
    "keys": KEYS,
    "key_issue": {"supervisor"},
    "key_rotate": KEYS - OPERATOR,
    "key_revoke": KEYS,
    "act_as": ALL,
    "profile": ALL,
    "sessions": ALL,
    "invitation": ALL,
    "forgot_password": ALL,
}
PUBLIC = {"invitation": 410, "forgot_password": 200}


def address(house: House, name: str, role: str = "officer") -> str:
    officer = house.people["officer"]
    if role == "operator":  # operators manage operators
        officer, _is_new = User.objects.get_or_create(
            username="colleague", defaults={"full_name": "Colleague"}
        )
        if _is_new:
            RoleGrantFactory(user=officer, role=role, station=None, bureau=None)
    if name == "inbox_open":
        grant = house.people[role].grants.get()
        return reverse(f"accounts:{name}", args=[NotificationFactory(grant=grant).pk])
    if name == "view_save":
        lists = {"officer": "enterprises:list", "department_officer": "accounts:keys"}
        return f"{reverse('accounts:view_save')}?list={reverse(lists.get(role, 'accounts:audit'))}"
    if name == "view_remove":
        view = SavedViewFactory(grant=house.people[role].grants.get(), path=reverse("accounts:inbox"))
        return reverse("accounts:view_remove", args=[view.pk])
    if name.startswith("download"):
        grant = house.people[role].grants.get()
        return reverse(
            f"accounts:{name}", args=[ExportFactory(grant=grant, path=reverse("accounts:inbox")).pk]
        )
    if name.startswith("bulk_"):
        return reverse(f"accounts:{name}", args=[BulkRunFactory(grant=house.people[role].grants.get()).pk])
    if name in ("colleague_renew", "colleague_remove"):
        return reverse(f"accounts:{name}", args=[house.people["enterprise_staff"].grants.get().pk])
    arguments = {
        "user_hand_over": [officer.pk],
        "user_role_revoke": [officer.pk, officer.grants.get().pk],
        "station_edit": [house.city.first.pk],
        "department_edit": [house.department.pk],
        "invitation": ["0" * 48],
    }
    if name in arguments:
        return reverse(f"accounts:{name}", args=arguments[name])
    if name in ("key_rotate", "key_revoke"):
        key = ApiKey.objects.filter(department=house.department).first()
        return reverse(f"accounts:{name}", args=[(key or ApiKeyFactory(department=house.department)).pk])
    if (name.startswith("user_") and name != "user_create") or name == "user":
        return reverse(f"accounts:{name}", args=[officer.pk])
    if name in ("bureau", "bureau_edit", "station_create", "department_create"):
        return reverse(f"accounts:{name}", args=[house.city.bureau.pk])
    return reverse(f"accounts:{name}")


def test_the_table_is_complete() -> None:
    names = {pattern.name for _route, pattern in project_views(get_resolver("foundation.people.urls"))}
    assert names == set(TABLE)


@pytest.mark.parametrize("role", mostly(sorted(ALL), {"chief", "officer"}))
def test_role_by_page(house: House, role: str) -> None:
    client = house.client(role)
    for name, roles in TABLE.items():
        for method in (client.get, client.post):
            status = method(address(house, name, role)).status_code
            if role in roles:
                assert status not in (403, 404, 500), (name, status)
            else:  # whether a role may see its own run depends on the act
                only_read = name.startswith("bulk_") and method == client.post
                assert status == (405 if only_read else 403), (name, status)


def test_strangers_are_sent_to_the_login(house: House) -> None:
    for name in TABLE:
        answer = Client().get(address(house, name))
        if name in PUBLIC:
            assert answer.status_code == PUBLIC[name]
        elif answer.status_code != 405:  # accepts only POST
            assert answer.url.startswith("/accounts/login/"), name


def test_undeclared_means_refused(house: House) -> None:
    for name in house.people:
        assert not access.allows(house.actor(name), "accounts:no_such_thing")
    assert not access.allows(None, access.SIGNED_IN)
