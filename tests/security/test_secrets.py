"""Secrets are in no log, no audit entry, no error, and no response except the one that shows them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from config.logs import LOGGING
from deliveries.operations import rotate_secret
from foundation.accounts import operations
from foundation.accounts.models import Session
from foundation.accounts.operations import issue_key, rotate_key
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, house, log_of, quick_passwords  # noqa: F401
from tests.factories import PASSWORD, SubscriptionFactory

LOGIN = "/accounts/login/"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return everything the process logs, at the lowest level, through the formatter of production."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    logging.config.dictConfig(
        LOGGING | {"handlers": {"stderr": {"class": "logging.NullHandler", "formatter": "structured"}}}
    )
    handler.setFormatter(next(each.formatter for each in logging.getLogger().handlers if each.formatter))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)
    logging.config.dictConfig(LOGGING)


def test_secrets_are_logged_nowhere(house: House, log: io.StringIO, rf: RequestFactory) -> None:  # noqa: F811
    secrets: list[str] = [PASSWORD, "a-wrong-password-1", "river-stone-77", "river-stone-78"]
    browser = Client(raise_request_exception=False)
    browser.post(LOGIN, {"login": "officer", "password": "a-wrong-password-1"})
    browser.post(LOGIN, {"login": "officer", "password": PASSWORD})
    secrets += [browser.cookies["sessionid"].value, browser.cookies["csrftoken"].value]

    token = operations.invite_user(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    secrets.append(token)
    invited = Client(raise_request_exception=False)
    url = reverse("accounts:invitation", args=[token])
    invited.get(url)
    invited.post(url, {"password": "river-stone-77", "again": "river-stone-78"})
    invited.post(url, {"password": "river-stone-77", "again": "river-stone-77"})
    invited.get(url)  # accepted before

    supervisor, officer = house.actor("supervisor"), house.actor("department_officer")
    with station_scope(supervisor.scope()):
        key, text = issue_key(
            actor=supervisor,
            department_id=house.department.pk,
            title="K",
            scopes=["ratings:read"],
            whole_bureau=True,
            expires_on=timezone.localdate(),
        )
        _new, next_text = rotate_key(actor=supervisor, key_id=key.pk)
    subscription = SubscriptionFactory(department=house.department)
    with station_scope(officer.scope()):
        webhook = rotate_secret(actor=officer, subscription_id=subscription.pk)
    for each in (text, next_text, f"anqi_{'a' * 8}_{'b' * 48}"):
        answer = Client(raise_request_exception=False).get(
            f"/api/v1/ratings/?key={each}", headers={"authorization": f"Bearer {each}"}
        )
        assert each not in answer.content.decode()
        secrets.append(each.rpartition("_")[2])
    secrets += [webhook, webhook.removeprefix("whsec_")]

    written = log.getvalue()
    assert "login" in written, "the log was listened to"
    audit = json.dumps(
        [{name: str(value) for name, value in vars(entry).items()} for entry in log_of(house.city)]
    )
    for secret in secrets:
        assert len(secret) >= 10
        assert secret not in written
        assert secret not in audit
    assert not Session.objects.filter(session_data__contains=PASSWORD).exists()


def test_an_error_shows_no_variables(house: House, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """An exception in the middle of a form with a password."""

    def broken(*_arguments: object, **_named: object) -> None:
        local = "whsec_local-variable-of-a-frame"
        raise RuntimeError(local)

    browser = Client(raise_request_exception=False)
    browser.force_login(house.people["officer"])
    monkeypatch.setattr("foundation.accounts.selectors.grants_of", broken)
    page = browser.get("/enterprises/")
    assert page.status_code == 500
    for hint in ("whsec_", "Traceback", "RuntimeError", "/work", ".py", "SECRET"):
        assert hint not in page.content.decode()
