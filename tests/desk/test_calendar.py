"""Open work in a person's own calendar program: whole days, no names, nothing under an address that ended."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from foundation.accounts.access import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.operations import revoke_role
from tests.factories import EnterpriseFactory, HazardFactory, LiaisonFactory
from tests.facts.people import Person, ahead, chief, manager, officer, supervisor
from tests.fixtures import City
from tests.rest.keys import within_one_minute

pytestmark = pytest.mark.django_db


def address(person: Person) -> str:
    assert person.post("desk:calendar_make").status_code == 302
    found = re.search(r'value="http://testserver(/calendar/[^"]+\.ics)"', person.get("desk:calendar").text)
    assert found
    return found[1]


def read(url: str) -> Any:
    """Return the answer to a calendar program, which is logged in nowhere."""
    return Client().get(url)


def test_a_program_reads_whole_days_without_names(city: City) -> None:
    person = officer(city.first)
    mine, foreign = (
        EnterpriseFactory(station=station, name="Secret Works") for station in (city.first, city.second)
    )
    LiaisonFactory(enterprise=mine, officer=person.user)
    hazard = HazardFactory(enterprise=mine, due_on=ahead(3))
    HazardFactory(enterprise=foreign, due_on=ahead(3))
    url = address(person)
    answer = read(url)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert b"DTSTART;VALUE=DATE:" in answer.content
    assert b"Secret" not in answer.content
    assert hazard.item.encode() not in answer.content
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == ahead(3)
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(days=1)
    assert str(event["summary"]) == "Hazard"
    assert str(event["url"]).endswith(f"/inspections/hazards/{hazard.pk}/")


def test_an_address_ends_with_a_new_one_with_revoking_and_with_the_role(city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    first = address(person)
    second = address(person)
    assert (read(first).status_code, read(second).status_code) == (404, 200)
    person.post("desk:calendar_revoke")
    assert read(second).status_code == 404
    third = address(person)
    for forged in (third.replace(".ics", "x.ics"), "/calendar/1.0~x.ics", "/calendar/~.ics"):
        assert read(forged).status_code == 404
    grant = RoleGrant.objects.get(user=person.user, role=Role.OFFICER)
    boss.act(revoke_role, grant_id=grant.pk, reason="Left the station")
    assert read(third).status_code == 404


def test_who_has_no_today_has_no_calendar(city: City) -> None:
    for person in (supervisor(city.bureau), manager(EnterpriseFactory(station=city.first))):
        assert person.get("desk:calendar").status_code == 403
        assert person.post("desk:calendar_make").status_code == 403


def test_reading_is_limited_for_an_address(
    city: City, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading, too: allauth's limits, which counted here, pass every GET. A whole station reads from one address."""
    within_one_minute(monkeypatch)
    settings.CALENDARS_PER_MINUTE = 2
    for _colleague in range(3):
        mine = address(officer(city.first))
        assert Client().get(mine, REMOTE_ADDR="203.0.113.8").status_code == 200
    answers = [Client().get("/calendar/1.x~y.ics", REMOTE_ADDR="203.0.113.8") for _again in range(3)]
    assert [each.status_code for each in answers] == [404, 404, 429]
    assert int(answers[-1]["Retry-After"]) <= 60
    again = [Client().get(mine, REMOTE_ADDR="203.0.113.8").status_code for _again in range(2)]
    assert again == [200, 429]  # one calendar is limited for itself
