"""The nightly clean-up of accounts."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from config.celery import app
from foundation.accounts.models import Invitation, PasswordRequest, Session
from tests.accounts.conftest import House


def test_old_sessions_and_links_are_cleared_each_night(house: House) -> None:
    name = "foundation.accounts.tasks.clear_sessions"
    assert name in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    browser = house.client("officer")
    now, day = timezone.now(), dt.timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=now - day)
    for name_of_link, expires, used in (
        ("open", now + day, None),
        ("expired lately", now - 89 * day, None),
        ("expired long ago", now - 91 * day, None),
        ("used lately", now - 80 * day, now - 85 * day),
        ("used long ago", now - 88 * day, now - 91 * day),
    ):
        Invitation.objects.create(
            user=house.people["officer"], token_hash=name_of_link, expires_at=expires, used_at=used
        )
    person = house.people["officer"]
    for asked, done in ((now - 15 * day, now - 15 * day), (now - 15 * day, None), (now, now)):
        request = PasswordRequest.objects.create(user=person, done_at=done)
        PasswordRequest.objects.filter(pk=request.pk).update(created_at=asked)
    app.loader.import_default_modules()
    app.tasks[name].apply(throw=True)
    app.tasks[name].apply(throw=True)  # a second run does no harm
    assert not Session.objects.filter(session_key="old").exists()
    assert browser.get("/people/me/").status_code == 200, "a live session stays"
    kept = set(Invitation.objects.values_list("token_hash", flat=True))
    assert kept == {"open", "expired lately", "used lately"}
    assert PasswordRequest.objects.get().created_at == now
