"""Log-in, lock-out, idle time-out, second factor, invitations, choice of the role."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.accounts import operations, selectors
from foundation.accounts.choices import AuditAction, CauseCode, Role
from foundation.accounts.middleware import SESSION_GRANT
from foundation.accounts.models import Invitation, User
from foundation.accounts.operations.roles import end_sessions
from tests.accounts.conftest import House, acts_of, log_of, version_in
from tests.factories import PASSWORD, RoleGrantFactory, UserFactory
from tests.inbox.conftest import codes_of, inbox_of

LOGIN = "/accounts/login/"
NEW_PASSWORD = {"password": "river-stone-77", "again": "river-stone-77"}


def log_in(browser: Client, username: str = "officer", password: str = PASSWORD, **more: Any) -> Any:
    return browser.post(LOGIN, {"login": username, "password": password}, **more)


# --- log-in -------------------------------------------------------------------------------------------------------
def test_login_by_user_name_rotates_the_session_and_is_logged(house: House) -> None:
    browser = Client()
    browser.get(LOGIN)
    browser.cookies["sessionid"] = before = "chosenbyanattacker"
    answer = log_in(browser, "OFFICER", REMOTE_ADDR="10.1.2.3")
    assert answer.status_code == 302
    assert browser.cookies["sessionid"].value != before
    assert browser.get(reverse("accounts:profile")).status_code == 200
    entry = log_of(house.city)[-1]
    assert (entry.action, entry.actor_name, entry.role) == (AuditAction.LOG_IN, "Full officer", "officer")
    assert (entry.station_id, entry.address) == (house.city.first.pk, "10.1.2.3")
    assert entry.request_id
    assert browser.post(reverse("account_logout")).status_code == 302
    assert browser.get(reverse("accounts:profile")).status_code == 302
    assert log_of(house.city)[-1].action == AuditAction.LOG_OUT


@pytest.mark.parametrize(
    ("wanted", "safe"),
    [
        ("/people/me/", True),
        ("https://evil.example/", False),
        ("//evil.example", False),
        ("javascript:x", False),
    ],
)
def test_a_login_redirects_only_within_the_site(house: House, wanted: str, safe: bool) -> None:
    answer = Client().post(
        f"{LOGIN}?next={wanted}", {"login": "officer", "password": PASSWORD, "next": wanted}
    )
    assert answer.url == (wanted if safe else "/")


def test_failures_lock_the_name_and_a_new_link_unlocks_it(house: House) -> None:
    browser = Client()
    for attempt in range(5):
        answer = log_in(browser, password=f"wrong-{attempt}")
        assert "Incorrect user name or password" in answer.content.decode()
    for spelling in ("officer", "Officer", " officer ", "ｏｆｆｉｃｅｒ", "offi\u200bcer", "\u202eofficer"):
        locked = log_in(Client(), spelling)
        assert "locked for 15 minutes" in locked.content.decode(), "even with the right password"
    assert log_in(Client(), "chief").status_code == 302, "nobody else is locked out"
    acts = [entry.action for entry in log_of(house.city)]
    assert acts == [AuditAction.FAIL_LOGIN] * 5 + [AuditAction.LOCK_OUT, AuditAction.LOG_IN], (
        "one entry a lock-out"
    )
    told = [str(value) for entry in log_of(house.city) for value in vars(entry).values()]
    assert not any("wrong-" in value or PASSWORD in value for value in told)

    token = operations.reset_password(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    Client().post(reverse("accounts:invitation", args=[token]), NEW_PASSWORD)
    assert log_in(Client(), password="river-stone-77").status_code == 302


def test_each_spelling_of_a_user_name_logs_in_and_counts_as_one(house: House) -> None:
    spellings = ["ｏｆｆｉｃｅｒ", "offi\u200bcer", "\u202eofficer", " Officer "]
    for spelling in spellings:
        assert log_in(Client(), spelling).status_code == 302, spelling
    for spelling in [*spellings, "officer"]:
        log_in(Client(), spelling, password="wrong")
    assert "locked for 15 minutes" in log_in(Client()).content.decode()


def test_a_lock_ends_by_itself(house: House) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _attempt in range(6):
            log_in(Client(), password="wrong")
        assert "locked" in log_in(Client()).content.decode()
        clock.shift(dt.timedelta(minutes=15, seconds=1))
        assert log_in(Client()).status_code == 302


def test_an_unknown_name_is_not_logged(house: House) -> None:
    assert log_in(Client(), "my-secret-password").status_code == 200
    entry = log_of(house.city)[-1]
    assert (entry.action, entry.object_label, entry.bureau_id) == (AuditAction.FAIL_LOGIN, "", 0)


def test_invalid_login_input_is_no_server_error(house: House) -> None:
    for username, password in (("", ""), ("a\x00b", "x"), ("x" * 5000, "y" * 5000)):
        assert log_in(Client(), username, password).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "password/reset/",
        "password/reset/key/1-2/",
        "password/set/",
        "login/code/confirm/",
    ],
)
def test_what_needs_a_mail_server_does_not_exist(house: House, path: str) -> None:
    assert house.client("officer").get(f"/accounts/{path}").status_code == 404
    assert Client().get(f"/accounts/{path}").status_code == 404


# --- idle time-out ------------------------------------------------------------------------------------------------
def test_an_idle_session_ends(house: House, settings: Any) -> None:
    settings.IDLE_TIMEOUT_S = 600
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = house.client("officer")
        for _each in range(3):
            assert browser.get("/people/me/").status_code == 200
            clock.shift(590)
        clock.shift(20)
        answer = browser.get("/people/me/?x=1")
        assert parse_qs(urlsplit(answer.url).query)["next"] == ["/people/me/?x=1"]
        assert "after a period of inactivity" in browser.get(answer.url).content.decode()
        assert log_of(house.city)[-1].action == AuditAction.LOG_OUT
        assert browser.get("/people/me/").status_code == 302


def test_a_fragment_sends_the_whole_page_to_the_login(house: House) -> None:
    answer = Client().get(
        reverse("accounts:users"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=a"},
    )
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/people/%3Fq%3Da"


# --- second factor ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["officer", "chief", "supervisor", "security_manager", "operator"])
def test_police_need_a_second_factor_where_it_is_demanded(house: House, settings: Any, who: str) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    answer = house.client(who).get("/people/me/")
    if who != "security_manager":
        assert (answer.status_code, answer.url) == (302, reverse("mfa_activate_totp"))
        assert house.client(who).get(reverse("account_change_password")).status_code == 302, (
            "nothing else is open"
        )
        TOTP.activate(house.people[who], "JBSWY3DPEHPK3PXP")
        again = house.client(who).get("/people/me/")
        assert again.url.startswith(LOGIN), "in this session no code was typed"
    else:
        assert answer.status_code == 200


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, max(yield_hotp_counters_from_time())))


def test_ended_sessions_end_a_log_in_that_waits_for_the_second_factor(house: House) -> None:
    officer = house.people["officer"]
    RecoveryCodes.activate(officer)
    secret = generate_totp_secret()
    TOTP.activate(officer, secret)
    waiting, other = Client(), Client()
    assert log_in(waiting).url == log_in(other).url == reverse("mfa_authenticate")
    codes = Authenticator.objects.get(user=officer, type="recovery_codes").wrap().get_unused_codes()
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert other.get("/people/me/").status_code == 200
    end_sessions(officer)
    waiting.post(reverse("mfa_authenticate"), {"code": codes[1]})
    assert waiting.get("/people/me/").status_code == 302
    assert SESSION_KEY not in waiting.session


def test_setting_up_using_and_losing_the_second_factor(
    house: House, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    browser = Client()
    assert log_in(browser).status_code == 302
    activate = reverse("mfa_activate_totp")
    asked = browser.get("/people/me/", follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("account_reauthenticate"))
    browser.post(asked.redirect_chain[-1][0], {"password": PASSWORD})
    page = browser.get(activate)
    assert page.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(activate, {"code": _code(page.context["form"].secret)})
    assert done.status_code == 302
    assert browser.get("/people/me/").status_code == 200
    assert AuditAction.ADD_SECOND_FACTOR in acts_of(house.city)
    assert codes_of(house, "officer") == [CauseCode.SECOND_FACTOR_ADDED]
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert acts_of(house.city)[-1] == AuditAction.ADD_SECOND_FACTOR, "new codes replace the old ones"
    assert codes_of(house, "officer")[1:] == [CauseCode.RECOVERY_CODES_REPLACED]

    second = Client()
    answer = log_in(second)
    assert answer.url == reverse("mfa_authenticate")
    assert second.get("/people/me/").status_code == 302, "the password alone is not enough"
    second.post(answer.url, {"code": "000000"})
    second.post(answer.url, {"code": "000001"})
    assert acts_of(house.city)[-1] == AuditAction.FAIL_SECOND_FACTOR
    assert codes_of(house, "officer")[2:] == [CauseCode.SECOND_FACTOR_FAILED], "somebody has the password"

    officer = house.people["officer"]
    remove = reverse("accounts:user_remove_second_factor", args=[officer.pk])
    assert house.client("officer_second").post(remove, {"reason": "x"}).status_code in (302, 403)
    assert selectors.has_second_factor(officer)
    settings.SECOND_FACTOR_REQUIRED = False
    assert house.client("chief").post(remove, {"reason": "phone lost"}).status_code == 302
    assert not selectors.has_second_factor(officer)
    assert browser.get("/people/me/").status_code == 302, "and the sessions ended"
    assert "you were logged out everywhere" in inbox_of(house.actor("officer"))[-1].text
    assert acts_of(house.city)[-1] == AuditAction.REMOVE_SECOND_FACTOR


# --- invitations --------------------------------------------------------------------------------------------------
def test_an_invitation_works_once(house: House) -> None:
    token = operations.invite_user(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    url = reverse("accounts:invitation", args=[token])
    weak = Client().post(url, {"password": "12345", "again": "12345"})
    assert weak.status_code == 422
    assert "too short" in weak.content.decode()
    differ = Client().post(url, NEW_PASSWORD | {"again": "river-stone-78"})
    assert "The two passwords do not match" in differ.content.decode()
    assert Client().login(username="officer", password=PASSWORD), "nothing happened so far"
    assert Client().post(url, NEW_PASSWORD).status_code == 302
    for again in (
        Client().get(url),
        Client().post(url, NEW_PASSWORD | {"password": "another-one-11", "again": "another-one-11"}),
    ):
        assert again.status_code == 410
        assert "no longer works" in again.content.decode()
    assert Client().login(username="officer", password="river-stone-77")
    assert acts_of(house.city).count(AuditAction.ACCEPT_INVITATION) == 1


@pytest.mark.parametrize("why", ["expired", "replaced", "disabled", "unknown"])
def test_a_dead_link_sets_no_password(house: House, why: str) -> None:
    officer, chief = house.people["officer"], house.actor("chief")
    token = operations.invite_user(actor=chief, user_id=officer.pk)
    if why == "expired":
        assert Invitation.objects.get().expires_at > timezone.now() + dt.timedelta(days=6)
        Invitation.objects.update(expires_at=timezone.now())
    elif why == "replaced":
        operations.invite_user(actor=chief, user_id=officer.pk)
    elif why == "disabled":
        operations.disable_user(actor=chief, user_id=officer.pk, reason="left")
        operations.enable_user(actor=chief, user_id=officer.pk)
    else:
        token = "0" * 48
    assert Client().post(reverse("accounts:invitation", args=[token]), NEW_PASSWORD).status_code == 410
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)
    assert AuditAction.ACCEPT_INVITATION not in acts_of(house.city)


# --- the role -----------------------------------------------------------------------------------------------------
def test_one_role_at_a_time(house: House) -> None:
    """A chief who is also an operator has the permissions of one role at a time."""
    chief = house.people["chief"]
    second = RoleGrantFactory(user=chief, role=Role.OPERATOR, station=None, bureau=None)
    browser = Client()
    answer = log_in(browser, "chief")
    assert answer.url == "/people/act-as/?next=%2F"
    page = browser.get(answer.url).content.decode()
    assert "Station chief" in page
    assert "Platform operator" in page
    assert browser.get(reverse("accounts:bureaus")).status_code == 403
    key = browser.session.session_key
    choose = {"grant": second.pk, "next": "https://evil.example/"}
    assert browser.post(reverse("accounts:act_as"), choose).url == "/"
    assert browser.session.session_key != key
    assert browser.get(reverse("accounts:bureaus")).status_code == 200
    assert acts_of(house.city)[-1] == AuditAction.ACT_AS
    second.revoked_at = timezone.now()
    second.save()
    assert browser.get(reverse("accounts:bureaus")).status_code == 403, "taken away at once"


@pytest.mark.parametrize("onward", ["nowhere", "account_login", "?q=1", "/enterprises/"])
def test_choosing_a_role_redirects_to_a_url(house: House, onward: str) -> None:
    """``next`` is a URL, never the name of one, and never causes an error."""
    browser, own = house.client("officer"), house.people["officer"].grants.get()
    answer = browser.post(reverse("accounts:act_as"), {"grant": own.pk, "next": onward})
    assert (answer.status_code, answer.url) == (302, onward)


@pytest.mark.parametrize("grant", ["", "0", "x", "9" * 30, "9" * 5000, "somebody else's"])
def test_a_foreign_role_cannot_be_chosen(house: House, grant: str) -> None:
    browser = house.client("officer")
    number = house.people["chief"].grants.get().pk if grant.startswith("some") else grant
    assert browser.post(reverse("accounts:act_as"), {"grant": number}).url == reverse("accounts:act_as")
    assert SESSION_GRANT not in browser.session
    assert AuditAction.ACT_AS not in acts_of(house.city)


def test_without_a_role_there_is_a_page_that_says_so(house: House) -> None:
    UserFactory(username="nobody")
    browser = Client()
    answer = log_in(browser, "nobody", follow=True)
    assert "You have no role yet" in answer.content.decode()
    away = browser.get("/people/me/")
    assert (away.status_code, away.url) == (302, reverse("accounts:act_as"))


def test_the_profile(house: House) -> None:
    for who in ("security_manager", "department_officer", "operator"):
        browser = house.client(who)
        version = version_in(browser, reverse("accounts:profile"))
        data = {"full_name": f"New {who}", "phone": "55501", "email": "", "version": version}
        assert browser.post(reverse("accounts:profile"), data | {"full_name": ""}).status_code == 422
        assert browser.post(reverse("accounts:profile"), data).status_code == 302
        assert User.objects.get(username=who).full_name == f"New {who}"
        entry = log_of(house.city)[-1]
        assert (entry.action, entry.before["full_name"], entry.after["full_name"]) == (
            AuditAction.EDIT_USER,
            f"Full {who}",
            f"New {who}",
        )


# --- the first operator -------------------------------------------------------------------------------------------
def test_the_first_operator_gets_a_link(db: None, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    call_command("create_operator", "root", "First Operator", address="https://anqi.example/")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert link.startswith("https://anqi.example/people/invitation/")
    browser = Client()
    assert browser.post(urlsplit(link).path, NEW_PASSWORD).status_code == 302
    assert log_in(browser, "root", "river-stone-77").status_code == 302
    assert browser.get(reverse("accounts:bureaus")).status_code == 200
    with pytest.raises(CommandError, match="--again"):
        call_command("create_operator", "root")
    with pytest.raises(CommandError, match="There is no rooot"):
        call_command("create_operator", "rooot", again=True)
    assert not User.objects.filter(username="rooot").exists()
    with pytest.raises(CommandError, match=r"^full_name: "):
        call_command("create_operator", "second", "x" * 202)
    call_command("create_operator", "root", again=True)
    assert browser.get(reverse("accounts:bureaus")).status_code == 302, "a new link ends the sessions"


def test_a_session_ends_after_its_length_however_busy(house: House, settings: Any) -> None:
    settings.SESSION_LENGTH_S, settings.IDLE_TIMEOUT_S = 3600, 1200
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = house.client("officer")
        for _each in range(6):
            assert client.get("/people/me/").status_code == 200
            clock.shift(dt.timedelta(minutes=10))
        clock.shift(dt.timedelta(seconds=1))
        assert client.get("/people/me/").status_code == 302
