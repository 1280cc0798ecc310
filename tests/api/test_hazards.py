"""Hazards as departments' systems read them: what is in an answer, every filter, what was changed since."""

import datetime as dt
from typing import Any

import time_machine

from inspections.hazard_operations import close_hazard, void_hazard
from tests.api.world import World, hazard
from tests.facts.people import officer
from tests.rest.keys import ApiClient

ADDRESS = "/api/v1/hazards/"
TODAY = "2026-09-16T12:00:00+08:00"
SHOWN = {
    *("id", "enterprise", "item", "item_code", "place", "origin", "found_on", "reported_on", "due_on"),
    *("extended_due_on", "suspended_on", "rectified_on", "on_the_spot", "refused_on", "closed_on"),
    *("severity", "deadline_on", "state", "changed_at"),
}


def found(client: ApiClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_filters_of_hazards(world: World) -> None:
    first, second = world.first, world.second
    days = {name: dt.date(2026, 9, number) for name, number in (("found_on", 1), ("due_on", 10))}
    with time_machine.travel(TODAY, tick=False):
        made = {
            "overdue": hazard(first[0], item="Exit", **days),
            "open": hazard(first[1], **days, extended_due_on="2026-09-30", extension_granted_on="2026-09-08"),
            "refused": hazard(first[1], **days, refused_on="2026-09-05"),
            "submitted": hazard(second[0], **days, rectified_on="2026-09-09", origin="superior"),
            "closed": hazard(second[1], **days, closed_on="2026-09-12", major_from_on="2026-09-02"),
        }
        client = world.client(scopes=["hazards:read"])
        names = {row.pk: name for name, row in made.items()}
        old = {row.pk for row in world.hazards}  # found in February, without a deadline

        def told(**query: Any) -> list[str]:
            rows = [row for row in found(client, **query) if row["id"] not in old]
            return [names[row["id"]] for row in rows]

        for state in made:
            assert [row["state"] for row in found(client, state=state) if row["id"] not in old] == [state]
            assert told(state=state) == [state]
        assert told(severity="major") == ["closed"]
        assert "closed" not in told(severity="ordinary")
        assert told(severity="ordinary", state="closed") == []
        assert told(due_from="2026-09-11") == told(due_from="2026-09-30") == ["open"]  # the one in force
        assert set(told(due_to="2026-09-10")) == set(made) - {"open"}
        assert {row["id"] for row in found(client, found_to="2026-08-31")} == old
        assert set(told(found_from="2026-09-01", found_to="2026-09-01")) == set(made)
        assert told(found_from="2026-09-02") == []
        assert told(enterprise=first[1].pk) == ["open", "refused"]
        assert told(station=world.city.second.code) == ["submitted", "closed"]
        assert found(client, enterprise=world.elsewhere[0].pk) == []
        row = found(client, state="open", due_from="2026-09-11")[0]
    assert set(row) == SHOWN
    expected = {
        "enterprise": first[1].pk,
        "place": "Gate 2",
        "origin": "police",
        "severity": "ordinary",
        "due_on": "2026-09-10",
        "extended_due_on": "2026-09-30",
        "deadline_on": "2026-09-30",
    }
    assert {name: row[name] for name in expected} == expected
    for parameter, value in (("due_to", "soon"), ("changed_since", "2026-09-01T08:00 08:00"), ("note", "x")):
        errors = client.get(ADDRESS, {parameter: value}).json()["errors"]
        assert [each["parameter"] for each in errors] == [parameter]


def test_what_was_changed_since_and_voided(world: World) -> None:
    """A system asks again with the last moment it has read, and learns of voiding because the record is gone."""
    client = world.client()
    mine, other = world.hazards
    last = max(row["changed_at"] for row in found(client))
    assert mine.pk in {row["id"] for row in found(client)}
    mark = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": mark}).status_code == 304
    person = officer(world.city.first)
    person.act(close_hazard, id=mine.pk, closed_on=dt.date(2026, 3, 1))
    assert client.get(ADDRESS, headers={"If-None-Match": mark}).status_code == 200
    (row,) = [row for row in found(client, changed_since=last) if row["id"] != other.pk]
    assert (row["id"], row["state"], row["closed_on"]) == (mine.pk, "closed", "2026-03-01")
    later = dt.datetime.fromisoformat(row["changed_at"]) + dt.timedelta(microseconds=1)
    assert found(client, changed_since=later.isoformat()) == []
    person.act(void_hazard, id=mine.pk, version=None, reason="Recorded twice")
    assert [each["id"] for each in found(client)] == [other.pk]
