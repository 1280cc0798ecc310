"""The second factor: only sessions that passed it go on, only it opens its own pages, its codes work once."""

import datetime as dt
import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.accounts.choices import AuditAction, CauseCode, Role
from tests.accounts.conftest import House, acts_of
from tests.factories import PASSWORD, RoleGrantFactory
from tests.inbox.conftest import codes_of

LOGIN, MINE = "/accounts/login/", "/people/me/"
SECRET = "JBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def with_password(name: str = "officer", **more: Any) -> Client:
    browser = Client(**more)
    assert browser.post(LOGIN, {"login": name, "password": PASSWORD}).status_code == 302
    return browser


def with_factor(typed: str, **more: Any) -> Client:
    browser = with_password(**more)
    assert browser.post(reverse("mfa_authenticate"), {"code": typed}).status_code == 302
    return browser


def set_up(browser: Client) -> str:
    """Set up the second factor, and return the code that was typed."""
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    typed = code(browser.get(reverse("mfa_activate_totp")).context["form"].secret)
    assert browser.post(reverse("mfa_activate_totp"), {"code": typed}).status_code == 302
    return typed


@pytest.fixture
def officer(house: House) -> House:
    """The officer has a second factor."""
    TOTP.activate(house.people["officer"], SECRET)
    RecoveryCodes.activate(house.people["officer"])
    return house


# --- sessions -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("required", [True, False])
def test_setting_it_up_ends_the_other_sessions(house: House, settings: Any, required: bool) -> None:
    settings.SECOND_FACTOR_REQUIRED = required
    thief, owner = with_password(), with_password()
    copied = owner.cookies["sessionid"].value
    set_up(owner)
    assert owner.get(MINE).status_code == 200
    assert thief.get(MINE).status_code == 302
    thief.cookies["sessionid"] = copied
    assert thief.get(MINE).status_code == 302, "nor does a copy of the owner's cookie"


def test_a_session_without_a_code_ends_where_one_is_required(officer: House, settings: Any) -> None:
    """As one that was opened by the password alone, in an earlier version or under another role."""
    settings.SECOND_FACTOR_REQUIRED = True
    for page in (MINE, reverse("mfa_index"), reverse("account_reauthenticate"), reverse("accounts:act_as")):
        browser = officer.client("officer")
        answer = browser.get(page)
        assert answer.url.startswith(LOGIN), page
        assert "log in again, with your second factor" in browser.get(answer.url).content.decode()
    assert with_factor(code()).get(MINE).status_code == 200


def test_a_form_that_is_shown_under_a_role_that_needs_a_code_is_not_shown_without(
    house: House, settings: Any
) -> None:
    """Whoever acts for an enterprise needs no code; the form may be asked for under the same person's police role."""
    settings.SECOND_FACTOR_REQUIRED = True
    police = RoleGrantFactory(
        user=house.people["security_manager"], role=Role.OFFICER, station=house.city.first
    )
    url = reverse("enterprises:edit", args=[house.enterprise.pk])
    for htmx in (False, True):
        browser = with_password("security_manager")
        headers = {"HX-Request": "true"} if htmx else {}
        answer = browser.post(url, {"acting": police.pk, "show_as": police.pk}, headers=headers)
        set_up_first = reverse("mfa_activate_totp")
        assert answer.headers.get("HX-Redirect" if htmx else "Location") == set_up_first, htmx
        assert house.enterprise.name not in answer.content.decode()
        assert browser.get(url).url == set_up_first


# --- acts on the account's security -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "page", ["mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_generate_recovery_codes"]
)
def test_the_password_alone_opens_nothing(officer: House, page: str) -> None:
    browser = with_factor(code())
    assert browser.get(reverse(page)).url.startswith(reverse("mfa_reauthenticate"))
    asked = browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    for each in (page, "mfa_deactivate_totp"):
        assert browser.post(reverse(each)).status_code in (302, 405)
        assert browser.get(reverse(each)).status_code == 302
    assert Authenticator.objects.filter(type="totp").exists()
    assert b"password" not in browser.get(reverse("mfa_reauthenticate")).content.lower()
    session = browser.session  # an earlier version took the password
    session["account_authentication_methods"] += [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    assert browser.get(reverse(page)).status_code == 302
    browser.post(reverse("mfa_reauthenticate"), {"code": code(periods=1)})
    assert browser.get(reverse(page)).status_code == 200


def test_reading_the_recovery_codes_leaves_a_trace(officer: House) -> None:
    browser = with_factor(code())
    browser.get(reverse("mfa_view_recovery_codes"))
    assert AuditAction.SHOW_RECOVERY_CODES not in acts_of(officer.city)
    browser.post(reverse("mfa_reauthenticate"), {"code": code(periods=1)})
    for page in ("mfa_view_recovery_codes", "mfa_download_recovery_codes"):
        assert browser.get(reverse(page)).status_code == 200
    assert acts_of(officer.city).count(AuditAction.SHOW_RECOVERY_CODES) == 2
    assert codes_of(officer, "officer").count(CauseCode.RECOVERY_CODES_SHOWN) == 1, "once a day"


# --- codes --------------------------------------------------------------------------------------------------------
def test_a_code_works_once_as_long_as_it_is_valid(officer: House) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        typed = code(periods=1)
        with_factor(typed)
        for _period in range(2):
            clock.shift(dt.timedelta(seconds=30))
            cache.delete(f"allauth.mfa.totp.used?user={officer.people['officer'].pk}&code={typed}")
            again = with_password().post(reverse("mfa_authenticate"), {"code": typed})
            assert "Incorrect code" in again.content.decode()
    assert acts_of(officer.city).count(AuditAction.FAIL_SECOND_FACTOR) == 2


def test_the_code_that_set_it_up_opens_no_other_session(house: House) -> None:
    typed = set_up(with_password())
    again = with_password().post(reverse("mfa_authenticate"), {"code": typed})
    assert "Incorrect code" in again.content.decode()


def try_codes(number: int, address: str = "10.0.0.1") -> str:
    browser = with_password(REMOTE_ADDR=address)
    for _each in range(number):
        answer = browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    return answer.content.decode()


def test_wrong_codes_are_delayed_for_longer_each_time(officer: House) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes in (15, 30, 60):
            try_codes(5)
            clock.shift(dt.timedelta(minutes=minutes - 1))
            assert "Too many wrong codes. Try again in 1 minutes" in try_codes(1), minutes
            clock.shift(dt.timedelta(minutes=1, seconds=1))
        with_factor(code(), REMOTE_ADDR="10.0.0.1")
    assert AuditAction.LOCK_OUT in acts_of(officer.city)


@pytest.mark.drill
def test_beyond_fifty_wrong_codes_only_a_device_that_logged_in_before(officer: House) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        used = with_factor(code())
        used.post(reverse("account_logout"))
        for number in range(11):
            try_codes(5, f"10.1.0.{number}")
            clock.shift(dt.timedelta(minutes=16))
        assert "Too many wrong codes today" in try_codes(1, "10.2.0.1")
        used.post(LOGIN, {"login": "officer", "password": PASSWORD})
        used.post(reverse("mfa_authenticate"), {"code": code()})
        assert used.get(MINE).status_code == 200
