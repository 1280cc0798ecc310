"""The board of hazards: figures that add up and are filters, lanes in order, acceptance of many by each one's own rules."""

import itertools
import re
from typing import Any

import pytest
from django.urls import reverse

from enterprises.models import Enterprise, Liaison
from foundation.inbox.models import Notification
from foundation.inbox.notifying import system_scope
from foundation.tenancy.scope import station_scope
from inspections import operations
from inspections.choices import HazardState
from inspections.models import Hazard
from tests.factories import EnterpriseFactory, HazardFactory, InactivityFactory, LiaisonFactory
from tests.facts.people import Person, ago, ahead, fresh, log, officer, supervisor, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
BOARD, LIST = "inspections:hazard_board", "inspections:hazards"
STATES: dict[str, dict[str, Any]] = {
    "waits": {},
    "refused": {"refused_on": ago(2)},
    "submitted": {"rectified_on": ago(1), "submitted_by": "Manager Ma"},
    "closed": {"rectified_on": ago(3), "closed_on": ago(1)},
}


def board_of(person: Person, **query: Any) -> Any:
    context = person.get(BOARD, **query).context_data
    context["counts"] = {str(each.label): each for each in (*context["figures"], *context["flags"])}
    return context


def found_at(person: Person, url: str, **query: Any) -> int:
    """Return how many rows the list at an address has."""
    count: int = person.client.get(url, query or None).context_data["table"].page.paginator.count
    return count


def test_figures_add_up_and_each_is_what_the_list_shows_for_it(city: City) -> None:
    """One hazard of each state × deadline × major × officer, and one of an enterprise that is not on the register."""
    person, other = officer(city.first), officer(city.first)
    firms: list[Enterprise] = EnterpriseFactory.create_batch(4, station=city.first)
    LiaisonFactory(enterprise=firms[0], officer=person.user, from_on=ago(30))
    LiaisonFactory(enterprise=firms[1], officer=other.user, from_on=ago(30))
    InactivityFactory(enterprise=firms[3], from_on=ago(5))
    days = {"past": ago(4), "to come": ahead(4), "none": None}
    for number, (state, day, firm, major) in enumerate(
        itertools.product(STATES.values(), days.values(), firms, (None, ago(9)))
    ):
        HazardFactory(
            enterprise=firm,
            item=f"Hazard {number}",
            found_on=ago(20),
            due_on=day,
            major_from_on=major,
            **state,
        )
    HazardFactory(enterprise=firms[2], item="Lamp broken", description="In the cellar", due_on=ahead(9))
    followed: list[dict[str, Any]] = [{}, {"liaison": "me", "severity": "major"}]
    others: list[dict[str, Any]] = [
        {"timely": "no_deadline", "liaison": "none"},
        {"severity": "major", "severity_not": "1", "q": firms[0].name},
        {"item": "lamp"},
        {"words": "cellar"},
    ]
    for query in (*followed, *others):
        shown = board_of(person, **query)
        counts = {label: each.count for label, each in shown["counts"].items()}
        assert counts["Open"] == counts["Overdue"] + counts["Not yet due"] + counts["No deadline"], query
        lanes = {lane.code: lane.count for lane in shown["lanes"]}
        assert sum(lanes.values()) - lanes["away"] == found_at(person, reverse(LIST), **query)
        for lane in shown["lanes"] if query in followed else ():
            assert found_at(person, lane.list_url) == lane.count, (query, lane.code)
        for label, figure in shown["counts"].items() if query in followed else ():
            if not figure.is_on:  # else its address lifts the filter
                assert found_at(person, figure.url.replace("board/", "")) == figure.count, (query, label)
    assert {label: each.count for label, each in board_of(person)["counts"].items()} == {
        "Open": 55,
        "Overdue": 12,  # waits or is refused, past its deadline, at three enterprises
        "Not yet due": 25,
        "No deadline": 18,
        "Mine": 18,
        "No officer": 19,
        "Major": 27,
    }
    assert "Mine" not in board_of(supervisor(city.bureau))["counts"]


def test_a_lane_shows_five_and_loads_the_rest_in_its_place(city: City) -> None:
    person = officer(city.first)
    at = {"enterprise": EnterpriseFactory(station=city.first), "found_on": ago(30), "place": ""}
    first, *_others = (HazardFactory(item=f"Late {n}", due_on=ago(20 - n), **at) for n in range(7))
    HazardFactory(item="Soon", due_on=ahead(2), **at)
    HazardFactory(item="Some day", due_on=None, **at)
    HazardFactory(item="Later", due_on=ahead(9), **at)
    lanes = {lane.code: lane for lane in board_of(person)["lanes"]}
    assert [each.label for each in lanes["overdue"].tickets] == [f"Late {number}" for number in range(5)]
    assert [each.label for each in lanes["open"].tickets] == ["Soon", "Later", "Some day"]
    assert [each.mark for each in lanes["open"].tickets] == ["soon", "", ""]
    assert (lanes["overdue"].rest, lanes["open"].rest) == (2, 0)
    person.act(operations.close_hazard, id=first.pk)  # what leaves the lane shifts nothing
    more = person.client.get(lanes["overdue"].more_url, headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r">(Late \d)<", more) == ["Late 5", "Late 6"]
    assert "lane-more" not in more


def post(person: Person, page: str, act: str, rows: list[Hazard], **fields: Any) -> Any:
    return person.post(page, bulk=act, picking="1", pick=[row.pk for row in rows], **fields)


def test_of_five_three_are_accepted_and_two_are_listed_with_the_reason(city: City) -> None:
    """One was found by the officer, one was never submitted; a day before the submission refuses the third."""
    person, colleague = officer(city.first, "Li Shan"), officer(city.first)
    firm = EnterpriseFactory(station=city.first)
    LiaisonFactory(enterprise=firm, officer=colleague.user, from_on=ago(30))
    fields = {"enterprise": firm, "found_on": ago(20), "due_on": ahead(5)}
    rows = [HazardFactory(**fields, **STATES["submitted"]) for _number in range(3)]
    own = HazardFactory(**fields, **STATES["submitted"], item="Gate open", found_by="Li Shan")
    waiting = HazardFactory(**fields, item="Lock gone")
    picked = [*rows, own, waiting]

    preview = post(person, BOARD, "accept", picked).content.decode()
    assert "Accept 3 hazards<" in preview
    refused = re.findall(r'<li><a href="([^"]+)">[^<]*</a><div class="quiet">([^<]+)', preview)
    assert dict(refused) == {
        reverse("inspections:hazard", args=[own.pk]): (
            "You found or reported it yourself, so somebody else decides about it."
        ),
        reverse("inspections:hazard", args=[waiting.pk]): "It has not been submitted as rectified.",
    }
    assert all(fresh(each).closed_on is None for each in picked)

    early = post(person, BOARD, "accept", picked, step="judge", closed_on=ago(2)).content.decode()
    assert early.count("The closing date cannot be before the rectification date.") == 3

    seen = re.search(r'name="seen" value="(\w+)"', preview)
    assert seen
    done = post(person, BOARD, "accept", picked, step="do", closed_on=today(), seen=seen[1])
    page = " ".join(person.client.get(done["Location"]).content.decode().split())
    assert "3 hazards accepted." in page
    assert re.findall(r'name="pick" value="(\d+)" checked', page) == [str(own.pk), str(waiting.pk)]
    assert [fresh(each).state for each in picked] == [
        *[HazardState.CLOSED] * 3,
        HazardState.SUBMITTED,
        HazardState.OPEN,
    ]
    assert {entry.object_id for entry in log(city.first, action="hazard.close")} == {row.pk for row in rows}
    with station_scope(system_scope(city.bureau.pk)):
        told = Notification.objects.filter(user=colleague.user, code__startswith="hazard.close")
        assert [(each.code, each.values["number"]) for each in told] == [("hazard.close.many", 3)]


def test_what_was_sent_back_since_the_preview_is_not_closed(city: City) -> None:
    """Closing at once is possible for what was not submitted, but nobody has asked for it here."""
    person = officer(city.first)
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(9), **STATES["submitted"])
    preview = post(person, LIST, "accept", [hazard]).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', preview)
    assert seen
    other = officer(city.first)
    assert (
        other.post("inspections:hazard_send_back", hazard.pk, reason="Still open", version=1).status_code
        == 302
    )
    answer = post(person, LIST, "accept", [hazard], step="do", closed_on=today(), seen=seen[1])
    assert answer.status_code == 422
    assert fresh(hazard).closed_on is None


def test_an_officer_is_assigned_to_the_enterprises_of_hazards(city: City) -> None:
    person, new = officer(city.first), officer(city.first)
    firms = EnterpriseFactory.create_batch(2, station=city.first)
    LiaisonFactory(enterprise=firms[1], officer=new.user, from_on=ago(9))
    rows = [HazardFactory(enterprise=firm) for firm in (firms[0], firms[0], firms[1])]
    typed = {"officer": new.user.pk, "kind": "main", "on": today()}
    preview = post(person, BOARD, "assign", rows, step="judge", **typed).content.decode()
    assert "Assign the enterprises of 2 hazards<" in preview
    assert "The enterprise of 1 hazard already has this officer." in preview
    seen = re.search(r'name="seen" value="(\w+)"', preview)
    assert seen
    assert post(person, BOARD, "assign", rows, step="do", seen=seen[1], **typed).status_code == 302
    with scope_of(city.first):
        served = Liaison.objects.filter(until_on=None).values_list("enterprise_id", "officer_id")
        assert sorted(served) == [(firm.pk, new.user.pk) for firm in firms]
