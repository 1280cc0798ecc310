"""Sessions: a chosen id is not accepted, and a change of password or role ends earlier sessions."""

import hashlib
import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends import db
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.crypto import salted_hmac

from foundation.accounts import operations
from foundation.accounts.models import Session, User
from tests.accounts.conftest import House, house, quick_passwords  # noqa: F401
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"
MINE = "/people/me/"


def log_in(browser: Client, name: str = "officer") -> None:
    assert browser.post(LOGIN, {"login": name, "password": PASSWORD}).status_code == 302


def test_the_session_from_before_the_login_is_invalid_after_it(house: House) -> None:  # noqa: F811
    """Fixation with an id that the server itself issued: the attacker's copy stays anonymous."""
    victim, attacker = Client(), Client()
    session = victim.session
    session["something"] = "an anonymous visit"
    session.save()
    attacker.cookies["sessionid"] = session.session_key
    log_in(victim)
    assert victim.cookies["sessionid"].value != session.session_key
    assert not session.exists(session.session_key)
    assert victim.get(MINE).status_code == 200
    assert attacker.get(MINE).status_code == 302


def test_logging_out_ends_the_session_on_the_server(house: House) -> None:  # noqa: F811
    browser = Client()
    log_in(browser)
    copy = Client()
    copy.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert copy.get(MINE).status_code == 200
    browser.post(reverse("account_logout"))
    assert copy.get(MINE).status_code == 302
    assert not Session.objects.exists()


@pytest.mark.parametrize("act", ["password", "reset", "disable"])
def test_other_sessions_end(house: House, act: str) -> None:  # noqa: F811
    here, stolen = Client(), Client()
    log_in(here)
    log_in(stolen)
    officer, chief = house.people["officer"], house.actor("chief")
    if act == "password":
        data = {"oldpassword": PASSWORD, "password1": "river-stone-77", "password2": "river-stone-77"}
        assert here.post(reverse("account_change_password"), data).status_code == 302
    elif act == "reset":
        operations.reset_password(actor=chief, user_id=officer.pk)
    else:
        operations.disable_user(actor=chief, user_id=officer.pk, reason="left")
    assert stolen.get(MINE).status_code == 302


def test_a_session_opens_no_api_and_a_key_opens_no_page(house: House) -> None:  # noqa: F811
    browser = Client()
    log_in(browser, "department_officer")
    assert browser.get("/api/v1/subscriptions/").status_code == 401
    stranger = Client(headers={"authorization": f"Bearer anqi_{'a' * 8}_{'b' * 48}"})
    assert stranger.get(MINE).status_code == 302


def test_a_session_of_an_earlier_version_goes_on_and_ends_with_a_new_password(house: House) -> None:  # noqa: F811
    """Its hash was made of the password's; now it is made of ``session_epoch`` alone."""
    officer = house.people["officer"]

    def from_before() -> Client:
        browser = Client()
        log_in(browser)
        session = browser.session
        earlier = f"{officer.password}:{User.objects.get(pk=officer.pk).session_epoch}"
        session[HASH_SESSION_KEY] = salted_hmac(
            "accounts.User.session", earlier, algorithm="sha256"
        ).hexdigest()
        session.save()
        return browser

    kept, stolen = from_before(), from_before()
    assert kept.get(MINE).status_code == 200
    operations.reset_password(actor=house.actor("chief"), user_id=officer.pk)
    assert kept.get(MINE).status_code == 302
    assert stolen.get(MINE).status_code == 302


def test_comparing_a_password_leaves_unsaved_changes_alone(house: House) -> None:  # noqa: F811
    """The hash is read with a query of its own, which must not read everything else again."""
    person = User.objects.get(username="officer")
    person.full_name = "Changed"
    assert person.check_password(PASSWORD)
    assert person.full_name == "Changed"
    person.refresh_from_db()
    assert person.full_name != "Changed"


def test_whoever_reads_the_table_cannot_open_a_session(house: House) -> None:  # noqa: F811
    """Neither the cookie nor what the session carries, such as the secret of a second factor, stands in it."""
    browser, thief = Client(), Client()
    log_in(browser)
    session = browser.session
    session["mfa.totp.secret"] = "JBSWY3DPEHPK3PXP"
    session.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key, session_data FROM accounts_session")
        ((key, data),) = cursor.fetchall()
    assert browser.cookies["sessionid"].value not in key + data
    assert "JBSWY3DPEHPK3PXP" not in json.dumps(signing_of(data))
    thief.cookies["sessionid"] = key
    assert thief.get(MINE).status_code == 302
    assert browser.get(MINE).status_code == 200
    assert browser.session["mfa.totp.secret"] == "JBSWY3DPEHPK3PXP"


def signing_of(data: str) -> object:
    """Return what anybody can read of Django's own session data, or the text if it is sealed."""
    try:
        return signing.loads(data, salt="django.contrib.sessions.SessionStore")
    except signing.BadSignature:
        return data


def test_the_data_of_a_session_open_nothing_under_another_key(house: House) -> None:  # noqa: F811
    """Whoever writes to the table, but cannot seal, plants the copy of a live session under a key of their own."""
    browser, thief = Client(), Client()
    log_in(browser)
    row = Session.objects.get()
    thief.cookies["sessionid"] = own = "a" * 32
    for row.session_key in (own, hashlib.sha256(own.encode()).hexdigest()[:40]):
        row.save(force_insert=True)
    assert thief.get(MINE).status_code == 302
    assert browser.get(MINE).status_code == 200


def test_sessions_of_before_the_upgrade_go_on(house: House) -> None:  # noqa: F811
    browser = Client()
    log_in(browser)
    key, row, data = browser.cookies["sessionid"].value, Session.objects.get(), dict(browser.session.items())
    earlier = {"expire_date": row.expire_date, "user_id": row.user_id}
    Session.objects.all().delete()
    for name, written in ((key, db.SessionStore().encode(data)), ("b" * 32, "damaged")):
        Session.objects.create(session_key=name, session_data=written, **earlier)
    migration = import_module("foundation.accounts.migrations.0019_sealed_sessions")
    migration._seal(apps, SimpleNamespace(connection=connection))
    assert browser.get(MINE).status_code == 200
    assert Session.objects.get().pk not in (key, "b" * 32), "a damaged one has ended"
