"""Guessing passwords: locked by name and address, longer each time; the person learns of it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from allauth.core import context
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.accounts import operations
from foundation.inbox.models import Notification
from foundation.inbox.selectors import list_notifications
from foundation.people import lockout
from foundation.people.adapters import AccountAdapter
from foundation.people.lockout import TRIES_A_DAY
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"


def log_in(
    client: Client, username: str = "officer", password: str = PASSWORD, address: str = "10.0.0.1"
) -> Any:
    client.post("/accounts/logout/")  # keeps the cookie of the device
    return client.post(LOGIN, {"login": username, "password": password}, REMOTE_ADDR=address)


def fail(times: int, username: str = "officer", address: str = "10.0.0.1") -> Any:
    for _each in range(times):
        answer = log_in(Client(), username, "wrong", address)
    return answer


def causes(house: House, who: str = "officer") -> list[str]:
    return [row.code for row in notified(house, who)]


def notified(house: House, who: str = "officer") -> list[Notification]:
    actor = house.actor(who)
    with station_scope(actor.scope()):
        return sorted(list_notifications(actor), key=lambda row: row.pk)


def test_a_stranger_elsewhere_locks_nobody_out(house: House) -> None:
    fail(5, address="10.9.9.9")
    assert "locked" in log_in(Client(), address="10.9.9.9").content.decode()
    assert log_in(Client(), address="10.0.0.1").status_code == 302


@pytest.mark.parametrize("username", ["officer", "nobody.at.all"])
def test_the_delay_grows(house: House, username: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes in (15, 30, 60):
            fail(5, username)
            clock.shift(dt.timedelta(minutes=minutes - 1))
            assert "locked" in log_in(Client(), username).content.decode(), minutes
            clock.shift(dt.timedelta(minutes=1, seconds=1))
        assert (log_in(Client(), username).status_code == 302) is (username == "officer")


@pytest.mark.drill
def test_beyond_fifty_failures_only_a_device_that_logged_in_before(house: House) -> None:
    used = Client()
    assert log_in(used).status_code == 302
    for number in range(TRIES_A_DAY // 5 + 1):
        fail(5, address=f"10.1.0.{number}")
    refused = log_in(Client(), address="10.2.0.1")
    assert "too many failed attempts today" in refused.content.decode()
    other = Client()
    assert log_in(other, "chief", address="10.2.0.1").status_code == 302
    other.post("/accounts/logout/")
    assert "too many failed attempts today" in log_in(other).content.decode(), "somebody else's device"
    assert log_in(used).status_code == 302

    fresh = Client()
    operations.reset_password(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    house.people["officer"].set_password(PASSWORD)
    house.people["officer"].save()
    lockout.forget_failures("officer")
    assert log_in(fresh, address="10.2.0.1").status_code == 302, "a new password begins anew"


@pytest.mark.drill
def test_a_device_that_logged_in_once_does_not_guess_for_ever(house: House) -> None:
    """As that of a thief, whose password was then changed."""
    used, thief = Client(), Client()
    with time_machine.travel(timezone.now() - dt.timedelta(hours=1)):
        assert log_in(used).status_code == 302
    assert log_in(thief).status_code == 302
    for number in range(TRIES_A_DAY + 1):
        log_in(thief, password="wrong", address=f"10.1.0.{number}")
    refused = log_in(thief, address="10.2.0.1")
    assert "too many failed attempts today" in refused.content.decode()
    assert log_in(used).status_code == 302, "the person's own device goes on"


def test_failures_and_new_devices_are_told(house: House) -> None:
    first = Client()
    assert log_in(first).status_code == 302
    assert causes(house) == []
    fail(3)
    assert log_in(first).status_code == 302
    assert causes(house) == ["user.failed_logins"]
    assert notified(house)[0].values["number"] == "3"
    assert log_in(first).status_code == 302
    assert log_in(Client()).status_code == 302
    assert causes(house) == ["user.failed_logins", "user.new_device"]


def test_a_forged_device_cookie_proves_nothing(house: House) -> None:
    client = Client()
    client.cookies[lockout.DEVICE_COOKIE] = f"[{house.people['officer'].pk}]"
    house.people["officer"].last_login = timezone.now()
    house.people["officer"].save()
    assert log_in(client).status_code == 302
    assert causes(house) == ["user.new_device"]


def test_an_unknown_name_costs_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def encode(self: object, password: str, salt: str) -> str:
        hashed.append(salt)
        return f"md5${salt}${password}"

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    costs = {}
    house.people["chief"].set_unusable_password()
    house.people["chief"].save()
    for username in ("officer", "nobody.at.all", "chief", "department_officer"):
        hashed.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            log_in(Client(), username, "wrong")
        costs[username] = (len(queries), len(hashed))
    assert len(set(costs.values())) == 1, costs


def test_neighbours_lock_no_known_device(house: House, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "5/15m/key,3/5m/ip"}
    here = {"REMOTE_ADDR": "10.8.0.1"}
    used, right = Client(**here), {"login": "officer", "password": PASSWORD}
    assert used.post("/accounts/login/", right).status_code == 302
    used.post("/accounts/logout/")
    for number in range(4):
        Client(**here).post("/accounts/login/", {"login": f"nobody{number}", "password": "wrong-guess"})
    assert Client(**here).post("/accounts/login/", right).status_code == 200, "the address is locked"
    assert used.post("/accounts/login/", right).status_code == 302


def test_right_log_ins_at_once_are_no_failures(house: House, rf: RequestFactory) -> None:
    """No log-in counts as failed while its password is compared."""
    request = rf.post(LOGIN)
    with context.request_context(request):
        at_once = [AccountAdapter(request) for _each in range(16)]
        for adapter in at_once:
            adapter.pre_authenticate(request, username="officer")
        for adapter in at_once[:5]:
            adapter.authentication_failed(request, username="officer")
        with pytest.raises(ValidationError, match="locked for 15 minutes"):
            AccountAdapter(request).pre_authenticate(request, username="officer")
