"""Due on a day is not overdue at 23:59 of it and is at 00:00 of the next, in every place that says so."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from icalendar import Calendar

from desk.comparing import compare
from enterprises.grouping import GROUPINGS
from foundation.periods import Period
from foundation.tenancy.scope import Audience
from inspections.indicators.hazards import _hazards
from portal.views import OVERDUE
from tests.desk.test_calendar import address, read
from tests.exports.reading import rows_of, taken
from tests.factories import DepartmentFactory, EnterpriseFactory, HazardFactory, LiaisonFactory
from tests.facts.people import Person, fresh, manager, officer, supervisor
from tests.fixtures import City, scope_of
from tests.rest.keys import ApiClient, api

pytestmark = pytest.mark.django_db
DUE_ON = dt.date(2026, 9, 30)  # the last day of a quarter
NOON, LAST_MINUTE, MIDNIGHT = (
    f"{moment}+08:00" for moment in ("2026-09-30T12:00:00", "2026-09-30T23:59:59", "2026-10-01T00:00:00")
)
LIST, HAZARDS = "inspections:hazards", "/api/v1/hazards/"


def _word(person: Person, name: str, *args: Any, **query: Any) -> bool:
    """Return whether a page says of the hazard that it is overdue, and not that it is due today."""
    text = re.sub(r"\s+", " ", person.get(name, *args, **query).text)
    overdue, today = "1 day overdue" in text, "due today" in text
    assert overdue is not today, name
    return overdue


def _in_the_list(person: Person, **query: str) -> bool:
    return "Alarm dead" in person.get(LIST, **query).text


def _on_today(person: Person) -> bool:
    sections = {section.code for section in person.get("desk:today").context["sections"]}
    assert len(sections & {"overdue", "soon"}) == 1
    return "overdue" in sections


def _in_the_api(client: ApiClient) -> bool:
    overdue, open_ = (
        [(row["item"], row["state"]) for row in client.get(f"{HAZARDS}?state={state}").json()["results"]]
        for state in ("overdue", "open")
    )
    assert sorted([*overdue, *open_]) == [("Alarm dead", "overdue" if overdue else "open"), ("Gate", "open")]
    return bool(overdue)


def _in_the_calendar(url: str) -> bool:
    (event,) = Calendar.from_ical(read(url).content).walk("VEVENT")
    return str(event["uid"]).startswith("overdue-")


def _measured(station: Any, today: dt.date) -> bool:
    """Return whether the measure of a rating counts it, with this day as the period's last."""

    class UntilToday(Period):
        end = today  # type: ignore[assignment]  # a running quarter, read as of today

    with scope_of(station, audience=Audience.SYSTEM):
        (row,) = _hazards(UntilToday(2026, 3))
    return bool(row["hazards_overdue"])


def test_a_day_ends_at_midnight_everywhere(city: City) -> None:
    with time_machine.travel(NOON, tick=False):
        enterprise = EnterpriseFactory(station=city.first, name="Foundry")
        people = officer(city.first), manager(enterprise), supervisor(city.bureau)
        person, own, boss = people
        LiaisonFactory(enterprise=enterprise, officer=person.user)
        found_on = dt.date(2026, 9, 16)
        hazard = HazardFactory(enterprise=enterprise, item="Alarm dead", found_on=found_on, due_on=DUE_ON)
        undated = HazardFactory(enterprise=enterprise, item="Gate", found_on=found_on)
        url = address(person)
        system = api(DepartmentFactory(bureau=city.bureau), scopes=["hazards:read"])
    file = enterprise.pk
    places: dict[str, Callable[[], bool]] = {
        "record": lambda: fresh(hazard).state == "overdue",
        "tab of the list": lambda: _in_the_list(person, state="overdue"),
        "filter": lambda: _in_the_list(person, state="all", timely="overdue"),
        "portal's list": lambda: _in_the_list(own, state="overdue"),
        "page of the record": lambda: _word(person, "inspections:hazard", hazard.pk),
        "enterprise file": lambda: _word(person, "desk:file", file),
        "search": lambda: _word(person, "desk:search", q="Alarm dead"),
        "register": lambda: "1 overdue" in person.get("enterprises:list").text,
        "Today": lambda: _on_today(person),
        "Today on paper": lambda: _word(person, "desk:today_paper"),
        "calendar": lambda: _in_the_calendar(url),
        "download": lambda: (
            len(rows_of(taken(person.client, "/inspections/hazards/?state=overdue").content)) == 2
        ),
        "bureau": lambda: any(
            each.overdue for each in boss.act(compare, grouping=GROUPINGS["station"], runs=[])
        ),
        "API": lambda: _in_the_api(system),
        "to-do": lambda: bool(own.get("portal:my_tasks").context[OVERDUE]),
    }
    for moment, is_overdue in ((LAST_MINUTE, False), (MIDNIGHT, True)):
        with time_machine.travel(moment, tick=False):
            for each in people:
                each.client.force_login(each.user)
            said = {name: ask() for name, ask in places.items()}
            assert said == dict.fromkeys(places, is_overdue), moment
            assert fresh(undated).state == "open"
    for day, is_overdue in ((DUE_ON, False), (DUE_ON + dt.timedelta(days=1), True)):
        assert _measured(city.first, day) is is_overdue
