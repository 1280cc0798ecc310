"""A change of SECRET_KEY: sessions, devices and second factors survive it with the old key among the fallbacks."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from foundation.accounts.choices import Role
from tests.factories import PASSWORD, RoleGrantFactory
from tests.fixtures import City

SECRET = "JBSWY3DPEHPK3PXP"
NEW = "another-key-of-the-house-" * 3


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, max(yield_hotp_counters_from_time())))


@pytest.fixture
def officer(city: City) -> Any:
    return RoleGrantFactory(role=Role.OFFICER, station=city.first).user


def test_sessions_survive_a_change_of_the_key(officer: Any, settings: Any) -> None:
    client = Client()
    assert (
        client.post("/accounts/login/", {"login": officer.username, "password": PASSWORD}).status_code == 302
    )
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [old]
    assert client.get("/people/me/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/people/me/").status_code == 200, "its hash was renewed with the new key"
    settings.SECRET_KEY = old
    assert client.get("/people/me/").status_code == 302


def test_a_session_ends_with_a_key_that_nobody_keeps(officer: Any, settings: Any) -> None:
    client = Client()
    client.force_login(officer)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []
    assert client.get("/people/me/").status_code == 302


def test_second_factors_are_sealed_and_survive_a_change_of_the_key(officer: Any, settings: Any) -> None:
    TOTP.activate(officer, SECRET)
    codes = RecoveryCodes.activate(officer).generate_codes()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert seed.startswith("gAAAA")
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [old]
    totp = TOTP(Authenticator.objects.get(type="totp"))
    assert totp.validate_code(code())
    recovery = Authenticator.objects.get(type="recovery_codes")
    assert RecoveryCodes(recovery).generate_codes() == codes


def test_of_an_unreadable_second_factor_no_code_is_right(officer: Any, settings: Any) -> None:
    TOTP.activate(officer, SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []
    totp = TOTP(Authenticator.objects.get(type="totp"))
    assert not totp.validate_code(code())


def test_of_an_unreadable_second_factor_the_person_learns_whom_to_ask(officer: Any, settings: Any) -> None:
    TOTP.activate(officer, SECRET)
    RecoveryCodes.activate(officer)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []
    browser = Client()
    browser.post("/accounts/login/", {"login": officer.username, "password": PASSWORD})
    answer = browser.post("/accounts/2fa/authenticate/", {"code": code()}).content.decode()
    assert "can no longer be read" in answer
    assert "Incorrect code" not in answer
    browser.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "can no longer be read" in browser.get("/accounts/2fa/").content.decode()
    confirmed = browser.post("/accounts/2fa/reauthenticate/", {"code": code()})
    assert "can no longer be read" in confirmed.content.decode()
    assert browser.get("/accounts/2fa/recovery-codes/").status_code == 302
