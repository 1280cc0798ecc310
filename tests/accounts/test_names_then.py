"""An entry of the log names what it points to as it was called then, whatever was corrected since."""

import pytest
from django.urls import reverse

from enterprises import operations as register
from inspections import operations
from tests.factories import EnterpriseFactory
from tests.facts.people import ago, ahead, chief, officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_an_inspection_keeps_the_day_it_had_when_the_entry_was_written(city: City) -> None:
    person, boss, enterprise = officer(city.first), chief(city.first), EnterpriseFactory(station=city.first)
    visit = boss.act(
        operations.create_inspection,
        enterprise_id=enterprise.pk,
        inspected_on=ago(9),
        kind="routine",
        conclusion="",
        inspectors="Li Ming、Wang Fang",
    )
    first = {"item": "First", "found_on": ago(9), "due_on": ahead(9), "inspection": visit}
    person.act(operations.create_hazard, enterprise_id=enterprise.pk, **first)
    for day in (ago(8), ago(7)):
        moved = {"id": visit.pk, "version": None, "reason": "Misread", "inspected_on": day}
        boss.act(operations.correct_inspection, **moved)
    second = {"item": "Second", "found_on": ago(7), "due_on": ahead(9), "inspection": visit}
    person.act(operations.create_hazard, enterprise_id=enterprise.pk, **second)
    rows = boss.client.get(reverse("accounts:audit"), {"action": "hazard.create"}).context["rows"]
    shown = {
        each["object"]: [change.after for change in each["changes"] if change.label == "Inspection"]
        for each in rows
    }
    assert shown == {
        "First": [f"Routine inspection {ago(9)}"],
        "Second": [f"Routine inspection {ago(7)}"],
    }


def test_what_was_renamed_since_is_named_as_it_was_called(city: City) -> None:
    boss = chief(city.first)
    old, heir = (EnterpriseFactory(station=city.first, name=name) for name in ("Old Mill", "River Works"))
    merge = {"kind": "merged", "from_on": ago(2), "reason": "Merger", "merged_into_id": heir.pk}
    boss.act(register.set_inactive, enterprise_id=old.pk, **merge)
    for version, name in enumerate(("Harbour Works", "Dock Works"), heir.version):
        boss.act(register.edit_enterprise, enterprise_id=heir.pk, version=version, name=name)
    (row,) = boss.client.get(reverse("accounts:audit"), {"action": "enterprise.set_inactive"}).context["rows"]
    assert {each.label: each.after for each in row["changes"]}["Merged into"] == "River Works"
