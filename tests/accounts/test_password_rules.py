"""A new password is none of the last ones, and by setting not too old."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from foundation.accounts import operations
from foundation.accounts.choices import AuditAction, CauseCode
from foundation.accounts.models import FormerPassword
from tests.accounts.conftest import House, acts_of
from tests.factories import PASSWORD
from tests.inbox.conftest import codes_of


def change(client: Any, old: str, new: str) -> int:
    cache.clear()  # allauth takes five changes a minute
    data = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), data).status_code


def test_the_last_passwords_are_not_accepted_again(house: House, settings: Any) -> None:
    settings.PASSWORD_HISTORY = 2
    client = house.client("officer")
    assert change(client, PASSWORD, PASSWORD) == 200, "the present one, though nothing is kept of it yet"
    assert change(client, PASSWORD, "river-stone-77") == 302
    assert change(client, "river-stone-77", "lotus-tea-house-8") == 302
    assert change(client, "lotus-tea-house-8", "river-stone-77") == 200
    assert change(client, "lotus-tea-house-8", "harbour-light-9") == 302
    assert change(client, "harbour-light-9", "river-stone-77") == 302
    assert FormerPassword.objects.filter(user=house.people["officer"]).count() == 2


def test_a_stolen_session_does_not_try_every_password(house: House, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"change_password": "100/m/user"}
    client, new = house.client("officer"), {"password1": "river-stone-77", "password2": "river-stone-77"}
    for old in [*(f"wrong-guess-{number}" for number in range(5)), PASSWORD]:
        answer = client.post(reverse("account_change_password"), {"oldpassword": old, **new})
        assert answer.status_code == 200, old
    assert "locked" in answer.content.decode(), "as the log-in is"
    assert acts_of(house.city).count(AuditAction.FAIL_LOGIN) == 5


def test_a_reset_does_not_bring_the_old_one_back(house: House) -> None:
    client = house.client("officer")
    assert change(client, PASSWORD, "river-stone-77") == 302
    assert codes_of(house, "officer") == [CauseCode.PASSWORD_CHANGED]
    token = operations.reset_password(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    with pytest.raises(ValidationError):
        operations.accept_invitation(token=token, password="river-stone-77")
    with pytest.raises(ValidationError):
        operations.accept_invitation(token=token, password="password1234")
    operations.accept_invitation(token=token, password="lotus-tea-house-8")


def test_by_setting_a_password_must_be_changed_in_time(house: House, settings: Any) -> None:
    settings.PASSWORD_DAYS = 90
    client = house.client("officer")
    assert change(client, PASSWORD, "river-stone-77") == 302
    assert client.get("/people/me/").status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=91)):
        late = house.client("officer")
        house.people["officer"].refresh_from_db()
        late.force_login(house.people["officer"])
        answer: Any = late.get("/people/me/")
        assert (answer.status_code, answer.url) == (302, reverse("account_change_password"))
        assert late.get(answer.url).status_code == 200
        assert change(late, "river-stone-77", "lotus-tea-house-8") == 302
        assert late.get("/people/me/").status_code == 200
