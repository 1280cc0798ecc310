"""Time limits: who changes which, what a change leaves alone, and how a hazard's deadline is shown."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.accounts.models import AuditEntry
from foundation.contributions.time_limits import Mark, time_limits
from foundation.deadlines.models import LimitChange
from foundation.deadlines.operations import change_limit
from foundation.deadlines.selectors import limit_in_force
from inspections.choices import RECTIFY
from inspections.models import Hazard
from tests.accounts.conftest import House, house
from tests.factories import HazardFactory
from tests.fixtures import scope_of, scope_of_bureau

__all__ = ["house"]
STATUTORY = "mediation-second"
NEW: dict[str, Any] = {
    "code": RECTIFY,
    "version": 1,
    "number": 15,
    "unit": "working",
    "effective_from": dt.date(2026, 10, 8),
    "reason": "Busy",
}


@pytest.fixture(autouse=True)
def september() -> Any:
    with time_machine.travel("2026-09-23T10:00:00+08:00", tick=False):
        yield


def test_each_limit_names_its_source() -> None:
    assert {limit.rules[-1].mark for limit in time_limits} == set(Mark)
    assert all(str(limit.title) and str(rule.source) for limit in time_limits for rule in limit.rules)


def test_a_change_applies_to_what_begins_later(house: House) -> None:
    supervisor = house.actor("supervisor")
    with scope_of(house.city.first):
        running = HazardFactory(
            enterprise=house.enterprise, found_on=dt.date(2026, 9, 23), due_on=dt.date(2026, 10, 14)
        )
    with scope_of_bureau(house.city.bureau):
        change_limit(actor=supervisor, **NEW)
        assert [
            limit_in_force(supervisor, RECTIFY, day).number
            for day in (dt.date(2026, 10, 7), NEW["effective_from"])
        ] == [10, 15]
        with pytest.raises(StaleRecord):
            change_limit(actor=supervisor, **NEW | {"number": 20})
        with pytest.raises(WrongState):
            change_limit(actor=supervisor, **NEW | {"code": STATUTORY})
        with pytest.raises(NotAllowed):
            change_limit(actor=house.actor("chief"), **NEW)
        past = {
            "version": None,
            "effective_from": dt.date(2026, 9, 22),
            "number": 0,
            "unit": "",
            "reason": " ",
        }
        with pytest.raises(ValidationError) as refused:
            change_limit(actor=supervisor, **NEW | past)
        assert set(refused.value.message_dict) == {"effective_from", "number", "unit", "reason"}
        entry = AuditEntry.objects.get(action="time_limit.change")
        assert (LimitChange.objects.count(), entry.reason, entry.after["number"]) == (1, "Busy", 15)
    # another bureau keeps the default
    with scope_of_bureau(house.city.other_bureau):
        elsewhere = limit_in_force(house.actor("supervisor_elsewhere"), RECTIFY, NEW["effective_from"])
        assert (elsewhere.number, elsewhere.version) == (10, 1)
    # the clock that runs is still counted as it began; a hazard found later gets the new length
    url = reverse("inspections:hazard_deadline", args=[running.pk])
    for who in ("officer", "security_manager"):
        shown = house.client(who).get(url)
        assert (shown.context["counted"].follows_rule, shown.context["counted"].number) == (True, 10)
        marks = [cell.day.number for week in shown.context["shown"].weeks for cell in week if cell.day]
        assert (marks[0], marks[-1], len(marks)) == (None, 10, 22)
    assert house.client("officer_second").get(url).status_code == 404
    with time_machine.travel("2026-10-08T10:00:00+08:00", tick=False):
        form = house.client("officer").get(reverse("inspections:hazard_create")).context["form"]
        assert form["due_on"].value() == dt.date(2026, 10, 28)
        assert "start=2026-10-08" in form.fields["due_on"].help_text
        for wrong in ("2026-02-30", "9999-12-31", "nonsense"):
            wrong_day = house.client("officer").get(reverse("inspections:hazard_create"), {"found_on": wrong})
            assert wrong_day.context["form"]["due_on"].value() == dt.date(2026, 10, 28)


def test_the_pages_of_limits(house: House) -> None:
    supervisor, officer = house.client("supervisor"), house.client("officer")
    page, change = (reverse(f"deadlines:{name}", args=[RECTIFY]) for name in ("limit", "change"))
    hidden = {field.name: field.value() for field in supervisor.get(change).context["form"].hidden_fields()}
    typed = {"number": 5, "unit": "calendar", "effective_from": "2026-09-23", "reason": "Fire season"}
    saved = supervisor.post(change, hidden | typed)
    assert saved.status_code == 302, saved.context["form"].errors
    assert officer.get(change).status_code == 403
    shown = officer.get(f"{page}?start=2026-09-23")
    # five calendar days end on the Monday after the Mid-Autumn Festival
    assert shown.context["shown"].count.last_on == dt.date(2026, 9, 28)
    assert "Fire season" in shown.text
    assert "Fire season" not in house.client("security_manager").get(page).text
    assert officer.get(f"{page}?start=nonsense").context["shown"] is None
    assert officer.get(reverse("deadlines:limit", args=["unknown"])).status_code == 404
    listed = officer.get(reverse("deadlines:limits"))
    assert [row["limit"].pk for row in listed.context["rows"]] == [limit.code for limit in time_limits]


def test_a_year_that_no_table_knows_stops_nothing(house: House) -> None:
    """In the first days of a year whose holidays no package knows, people go on recording, and read that a day may move."""
    with time_machine.travel("2041-01-02T10:00:00+08:00", tick=False):
        officer = house.client("officer")
        form = officer.get(reverse("inspections:hazard_create")).context["form"]
        hidden = {field.name: field.value() for field in form.hidden_fields()}
        due_on = form["due_on"].value()
        assert due_on > dt.date(2041, 1, 12)
        typed = {
            "enterprise": house.enterprise.pk,
            "item": "Alarm dead",
            "found_on": "2041-01-02",
            "due_on": due_on.isoformat(),
            "origin": "police",
            "severity": "general",
            "found_by": "陈立",
        }
        answer = officer.post(reverse("inspections:hazard_create"), hidden | typed)
        assert answer.status_code == 302, answer.context["form"].errors
        with scope_of(house.city.first):
            hazard = Hazard.objects.get(found_on=dt.date(2041, 1, 2))
        shown = officer.get(reverse("inspections:hazard_deadline", args=[hazard.pk]))
        assert "count-provisional" in shown.text
        limit = officer.get(reverse("deadlines:limit", args=[RECTIFY]) + "?start=2041-01-02")
        assert "count-provisional" in limit.text
        assert officer.get(reverse("desk:today")).status_code == 200
