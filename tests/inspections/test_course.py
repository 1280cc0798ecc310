"""The head of a hazard's page: how far it has come, whose turn it is, and by how many days it was early or late."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from foundation.deadlines.counting import Unit
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience
from inspections import operations
from inspections.reminding import remind
from inspections.staff.course import days_until
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ago, ahead, chief, fresh, manager, officer, supervisor
from tests.fixtures import City, scope_of
from tests.ui.test_statements import statements

pytestmark = pytest.mark.django_db
MOST = 25  # statements of the page with a cold cache: ten are the frame of the portal, four the log for its people


def head(person: Person, hazard: Any) -> tuple[list[tuple[str, str]], str, list[str]]:
    """Return the tone and label of each stage, whose turn it is, and the acts that stand out."""
    asked = statements(person.client, reverse("inspections:hazard", args=[hazard.pk])) or []
    assert len(asked) <= MOST, "\n".join(each[:90] for each in asked)
    page = person.get("inspections:hazard", hazard.pk)
    stages = [(each.tone, str(each.label)) for each in page.context["stages"]]
    return stages, str(page.context["turn"]), [str(each.label) for each in page.context["first_buttons"]]


def test_each_side_sees_whose_turn_it_is_and_how_late_it_was(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    hazard = HazardFactory(enterprise=enterprise, found_on=ago(20), due_on=ago(3), found_by="Wang Wei")
    people, finder, boss = manager(enterprise), officer(city.first, name="Wang Wei"), chief(city.first)

    stages, turn, acts = head(people, hazard)
    assert stages[1] == ("late", "Overdue")
    assert turn == "Your turn: put it right and submit it"
    assert acts[0] == "Submit as rectified"
    page = people.get("inspections:hazard", hazard.pk)
    assert page.context["clocks"][0].tone == "late"
    assert [label for label, _on in page.context["strip"].marks][-1] == "last day"

    people.act(operations.rectify_hazard, id=hazard.pk)
    assert head(finder, hazard)[1] == "Waiting for a colleague to re-inspect it"
    assert head(boss, hazard)[1:] == ("Your turn: re-inspect it", ["Accept and close", "Send back"])
    boss.act(operations.send_back_hazard, id=hazard.pk, reason="The other end is not lit")
    back = people.get("inspections:hazard", hazard.pk).context["stages"][1].back
    assert back == "sent back once"

    people.act(operations.rectify_hazard, id=hazard.pk)
    boss.act(operations.close_hazard, id=hazard.pk)
    stages, turn, _acts = head(people, hazard)
    assert [tone for tone, _label in stages] == ["done"] * 3
    assert turn == "This hazard is closed."
    assert fresh(hazard).days_late == 3
    assert (
        "3 days late" in people.get("inspections:hazard", hazard.pk).text
    )  # closing did not make it nothing
    boss.act(operations.reopen_hazard, id=hazard.pk, due_on=ahead(5), reopened_on=ago(0), reason="Again")
    assert fresh(hazard).days_late is None
    assert (
        reverse("inspections:hazard_deadline", args=[hazard.pk])
        in boss.get("inspections:hazard", hazard.pk).text
    )


@pytest.mark.parametrize(
    ("first", "last", "unit", "days"),
    [
        ((2026, 10, 9), (2026, 10, 12), Unit.WORKING, 2),  # Saturday is made up
        ((2026, 9, 30), (2026, 10, 8), Unit.WORKING, 1),
        ((2026, 10, 12), (2026, 10, 9), Unit.CALENDAR, -3),
    ],
)
def test_days_are_counted_in_the_unit_of_the_limit(first: Any, last: Any, unit: Unit, days: int) -> None:
    assert days_until(dt.date(*first), dt.date(*last), unit) == days


def test_what_nobody_at_the_enterprise_opened_is_called_about(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first, security_chief="Song Changlin", phone="13800001111")
    people, finder, boss = manager(enterprise), officer(city.first), chief(city.first)
    opened, unopened = (
        finder.act(
            operations.create_hazard, enterprise_id=enterprise.pk, item=item, found_on=ago(0), due_on=ahead(2)
        )
        for item in ("Exit locked", "Camera broken")
    )
    people.get("inspections:hazard", opened.pk)
    assert fresh(opened).call_from_on is None
    assert fresh(unopened).call_from_on > ago(-1)  # not tomorrow: they have a working day
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=15), tick=False):
        boss.client.force_login(boss.user)
        today = boss.get("desk:today").text
        assert reverse("inspections:hazard_call", args=[unopened.pk]) in today
        assert "Song Changlin 13800001111" in today
        assert reverse("inspections:hazard_call", args=[opened.pk]) not in today
        assert "Camera broken" in boss.get("inspections:hazard_call", unopened.pk).context["words"]
        call = reverse("inspections:hazard_call", args=[unopened.pk])
        boss.client.post(
            call, {"version": 1, "spoke_with": "Song Changlin", "said": "He opens it this afternoon."}
        )
        assert call not in boss.get("desk:today").text
        people.client.force_login(people.user)
        assert "He opens it this afternoon." in people.get("inspections:hazard", unopened.pk).text


def test_a_deadline_in_two_days_is_said_once(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    manager(enterprise)
    for days in (2, 3):
        HazardFactory(enterprise=enterprise, found_on=ago(3), due_on=ahead(days))
    bureau_id = city.first.bureau_id
    remind(bureau_id=bureau_id)
    remind(bureau_id=bureau_id)
    with scope_of(city.first, audience=Audience.SYSTEM):
        assert [each.code for each in Notification.objects.all()] == ["hazard.due_soon"]


def test_the_list_of_items_proposes_and_an_old_record_keeps_its_wording(city: City) -> None:
    bureau, boss = supervisor(city.first.bureau), chief(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    page = bureau.get("inspections:items_edit")
    lines = (
        page.context["form"]
        .initial["lines"]
        .replace("C04 | Safe not fixed | ordinary", "C04 | Safe not fixed | major | 2")
    )
    address = reverse("inspections:items_edit")
    wrong = bureau.client.post(address, {"lines": "C04 | Safe | grave\nC04 |", "reason": "x", "version": 1})
    assert "Line 1: the severity" in wrong.text
    assert "Line 2:" in wrong.text
    assert (
        bureau.client.post(address, {"lines": lines, "reason": "Burglaries", "version": 1}).status_code == 302
    )

    new = {"enterprise_id": enterprise.pk, "item": "Safe not fixed", "found_on": ago(0)}
    with pytest.raises(ValidationError, match="this item is a major hazard"):
        boss.act(operations.create_hazard, due_on=ahead(1), **new)
    with pytest.raises(ValidationError, match="later than proposed"):
        boss.act(operations.create_hazard, due_on=ahead(20), major=True, **new)
    made = boss.act(operations.create_hazard, due_on=ahead(20), due_reason="Small and empty", **new)
    assert made.item_code == "C04"

    rest = "\n".join(line for line in lines.splitlines() if not line.startswith("C04"))
    bureau.client.post(address, {"lines": rest, "reason": "No longer", "version": 2})
    assert bureau.get("inspections:items").context["list"].number == 3
    assert (fresh(made).item, fresh(made).item_code) == ("Safe not fixed", "C04")
    assert boss.act(operations.create_hazard, due_on=ahead(1), **new).item_code == ""  # free text now


def test_who_is_responsible_and_what_was_found_again_is_on_both_pages(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    people, police = manager(enterprise), officer(city.first)
    alike = {"enterprise": enterprise, "place": "Gate 2", "due_on": ahead(9)}
    first = HazardFactory(item="Window broken", item_code="C02", found_on=ago(200), **alike)
    second = HazardFactory(item="Bars damaged", item_code="C02", found_on=ago(2), **alike)
    HazardFactory(item="Window broken", item_code="C01", found_on=ago(3), **alike)  # another item of the list
    HazardFactory(
        item="Bars damaged", item_code="C02", found_on=ago(400), **alike
    )  # too long ago for the second
    panels = police.get("inspections:hazard", second.pk).context["panels"]
    (again,) = (each.values["hazards"] for each in panels if each.template == "inspections/_again.html")
    assert again == [first]
    assert reverse("inspections:hazard", args=[second.pk]) in people.get("inspections:hazard", first.pk).text

    names = {
        "enterprise_person": "Song Changlin",
        "territory_person": "",
        "department_person": "",
        "version": 1,
    }
    police.client.post(reverse("inspections:hazard_responsible", args=[second.pk]), names)
    assert fresh(second).enterprise_person == "Song Changlin"
    assert "Song Changlin" in people.get("inspections:hazard", second.pk).text
    assert (
        people.client.post(reverse("inspections:hazard_responsible", args=[second.pk]), names).status_code
        == 403
    )
