"""People see where they are logged in, and end what they do not recognise; nobody sees or ends others' sessions."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from foundation.accounts import middleware
from foundation.accounts.choices import AuditAction, CauseCode
from foundation.accounts.devices import device_of
from foundation.accounts.models import RoleGrant, Session, User
from foundation.accounts.sessions import row_key_of
from foundation.inbox.models import Notification
from tests.accounts.conftest import House, house, log_of, quick_passwords  # noqa: F401
from tests.factories import PASSWORD
from tests.inbox.conftest import inbox_of

PAGE = "/people/me/sessions/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0"
)


def browser_of(name: str, agent: str = EDGE, address: str = "10.0.0.7") -> Client:
    browser = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    browser.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert browser.get("/people/me/").status_code == 200
    return browser


def row_of(browser: Client) -> Session:
    return Session.objects.get(pk=row_key_of(browser.cookies["sessionid"].value))


def ended_of(house: House) -> list[Notification]:  # noqa: F811
    return [row for row in inbox_of(house.actor("officer")) if row.code == CauseCode.SESSIONS_ENDED]


def marks(name: str) -> list[str]:
    return [each.mark for each in Session.objects.filter(user__username=name)]


def test_one_is_ended(house: House) -> None:  # noqa: F811
    here, phone = browser_of("officer"), browser_of("officer", WECHAT, "10.0.0.8")
    text = here.get(PAGE).content.decode()
    assert "Edge · Windows" in text
    assert "WeChat · Android" in text
    assert "10.0.0.8" in text
    assert phone.cookies["sessionid"].value not in text
    mark = row_of(phone).mark
    answer = here.post(PAGE, {"session": mark}, follow=True)
    assert "One session was ended." in answer.content.decode()
    assert phone.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200
    (entry,) = [each for each in log_of(house.city) if each.action == AuditAction.END_SESSION]
    assert entry.before == {"device": "WeChat · Android", "address": "10.0.0.8"}
    (row,) = ended_of(house)
    assert "logged out on other devices (1), from address 10.0.0.7" in row.text
    again = here.post(PAGE, {"session": mark}, follow=True)
    assert "already ended" in again.content.decode()


def test_all_others_end(house: House) -> None:  # noqa: F811
    here, others = browser_of("officer"), [browser_of("officer") for _ in range(2)]
    colleague = browser_of("chief")
    here.post(PAGE)
    assert here.get(PAGE).status_code == 200
    assert [each.get(PAGE).status_code for each in others] == [302, 302]
    assert [row.values["number"] for row in ended_of(house)] == ["2"]
    assert colleague.get(PAGE).status_code == 200


@pytest.mark.parametrize("one", [True, False])
def test_after_a_new_secret_key(house: House, settings: Any, one: bool) -> None:  # noqa: F811
    """A session of the earlier key goes on, so it is shown and ends like others."""
    stolen = browser_of("officer", WECHAT)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    here = browser_of("officer")
    assert "WeChat" in here.get(PAGE).content.decode()
    mark = row_of(stolen).mark
    here.post(PAGE, {"session": mark} if one else {})
    assert stolen.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200


def test_all_others_end_without_a_row(house: House) -> None:  # noqa: F811
    """As of an earlier version, whose rows have no user until their next request."""
    here, other, old = (browser_of("officer") for _ in range(3))
    Session.objects.filter(pk=row_of(old).pk).update(user=None)
    here.post(PAGE)
    assert [each.get(PAGE).status_code for each in (other, old)] == [302, 302]
    assert here.get(PAGE).status_code == 200


def test_a_new_password_does_not_undo_a_disabling(house: House, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Whoever is being disabled or reset may be changing the password at that moment, again and again."""
    thief, new = browser_of("officer"), "river-stone-77"

    def meanwhile(_user: User) -> bool:  # asked when the person is known, before the request's transaction
        return not User.objects.filter(username="officer").update(is_active=False, session_epoch=77)

    monkeypatch.setattr(middleware, "is_too_old", meanwhile)
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert thief.post("/accounts/password/change/", form).status_code == 302
    assert thief.get(PAGE).status_code == 302
    person = User.objects.get(username="officer")
    assert not person.is_active
    assert person.check_password(PASSWORD)


def test_a_cookie_that_is_never_used_again_ends_as_well(house: House, settings: Any) -> None:  # noqa: F811
    """Idleness and length count from the log-in, not from the second request."""
    for limit in ("IDLE_TIMEOUT_S", "SESSION_LENGTH_S"):
        stolen = Client()
        with time_machine.travel("2026-03-02 08:00+08:00", tick=False):
            stolen.post("/accounts/login/", {"login": "officer", "password": PASSWORD})
        later = dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=getattr(settings, limit) + 5)
        with time_machine.travel(later, tick=False):
            assert stolen.get("/people/me/").status_code == 302, limit


def test_a_foreign_session_is_neither_seen_nor_ended(house: House) -> None:  # noqa: F811
    mine, foreign = browser_of("officer"), browser_of("chief", address="10.9.9.9")
    assert "10.9.9.9" not in mine.get(PAGE).content.decode()
    mine.post(PAGE, {"session": marks("chief")[0]})
    mine.post(PAGE)
    assert foreign.get(PAGE).status_code == 200


def test_without_a_role(house: House) -> None:  # noqa: F811
    """Whoever lost the last role can still end what runs elsewhere."""
    here, other = browser_of("officer"), browser_of("officer")
    RoleGrant.objects.filter(user=house.people["officer"]).update(revoked_at=timezone.now())
    assert here.get(PAGE).status_code == 200
    here.post(PAGE)
    assert other.get(PAGE).status_code == 302


def test_sessions_that_ended_are_not_shown(house: House) -> None:  # noqa: F811
    here, before = browser_of("officer"), browser_of("officer", WECHAT)
    new = {"oldpassword": PASSWORD, "password1": "river-stone-77", "password2": "river-stone-77"}
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert before.cookies
    assert "WeChat" not in here.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("curl/8.0", "unknown device"),
        ("", "unknown device"),
    ],
)
def test_devices(agent: str, words: str) -> None:
    assert device_of(agent) == words
