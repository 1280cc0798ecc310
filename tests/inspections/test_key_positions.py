"""Key positions: added, renamed and ended by the station or the enterprise; hazards are recorded and found again at one."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from foundation.accounts.access import NotAllowed, StaleRecord, WrongState
from foundation.contributions.file import address_of
from foundation.periods import Period
from inspections import operations
from inspections.indicators.hazards import _repeated
from inspections.models import Hazard, KeyPosition
from inspections.positions import (
    add_key_position,
    change_key_position,
    end_key_position,
    resume_key_position,
)
from inspections.selectors import same_again
from inspections.sheets import _link_places
from tests.factories import EnterpriseFactory, HazardFactory, KeyPositionFactory
from tests.facts.people import Person, ago, ahead, fresh, log, manager, officer, rows, supervisor
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db


def test_the_security_manager_adds_renames_and_ends_one_and_the_station_sees_it(city: City) -> None:
    firm = EnterpriseFactory(station=city.first)
    people, police, staff = manager(firm), officer(city.first), Person("enterprise_staff", enterprise=firm)
    own = reverse("inspections:key_positions")
    assert "No key positions yet" in people.client.get(own).text
    answer = people.post("inspections:key_position_add", firm.pk, name=" Vault 1 ", kind="vault")
    assert answer.url == own
    (position,) = rows(KeyPosition, city.first)
    assert (position.name, position.kind) == ("Vault 1", "vault")
    again = people.post("inspections:key_position_add", firm.pk, name="Vault 1", kind="store")
    assert again.context["form"].errors["name"] == ["The enterprise has a key position of this name."]

    page = police.get("desk:file_tab", firm.pk, "positions")
    assert "Vault 1" in page.text
    change = {"name": "Vault", "kind": "vault"}
    answer = police.post("inspections:key_position_change", position.pk, version=1, **change)
    assert answer.url == address_of(firm.pk, "positions")
    with pytest.raises(StaleRecord):
        people.act(change_key_position, id=position.pk, version=1, name="Safe", kind="vault")
    people.post("inspections:key_position_end", position.pk, version=2, ended_on=ago(1))
    assert (fresh(position).name, fresh(position).ended_on) == ("Vault", ago(1))
    again = people.post("inspections:key_position_add", firm.pk, name="Vault", kind="store")
    assert "Take its end back" in again.context["form"].errors["name"][0], "with its hazards"
    other = KeyPositionFactory(enterprise=firm, name="Vault", kind="cash")
    with pytest.raises(WrongState, match="Another key position in use is called “Vault”"):
        people.act(resume_key_position, id=position.pk)
    with scope_of(city.first):
        KeyPosition.objects.filter(pk=other.pk).update(ended_on=ago(1))
    people.post("inspections:key_position_resume", position.pk)
    assert fresh(position).ended_on is None
    with pytest.raises(ValidationError, match="future"):
        police.act(end_key_position, id=position.pk, version=None, ended_on=ahead(1))
    acts = [each.action for each in log(city.first, object_type="key_position")]
    assert acts == [f"key_position.{each}" for each in ("add", "change", "end", "resume")]

    for person in (staff, supervisor(city.first.bureau)):
        with pytest.raises(NotAllowed):
            person.act(add_key_position, enterprise_id=firm.pk, name="Gate", kind="gate")
    assert "Vault" in staff.client.get(own).text
    assert "Rename" not in staff.client.get(own).text


def test_a_hazard_is_at_the_position_that_is_called_as_its_place_is(city: City) -> None:
    firm, police = EnterpriseFactory(station=city.first), officer(city.first)
    position = KeyPositionFactory(enterprise=firm, name="Vault", kind="vault")
    KeyPositionFactory(enterprise=EnterpriseFactory(station=city.first), name="Gate")
    found = {"enterprise_id": firm.pk, "found_on": ago(3), "due_on": ahead(2), "item": "Lock"}
    at = police.act(operations.create_hazard, place="Vault", **found)
    free = police.act(operations.create_hazard, place="Gate", **found)
    assert (at.key_position_id, free.key_position_id) == (position.pk, 0)
    correct = {"id": free.pk, "version": 1, "reason": "Looked again"}
    moved = police.act(operations.correct_hazard, **correct, place="Vault")
    assert moved.key_position_id == position.pk
    found = police.get("inspections:pick_place", q="va", beside=firm.pk).json()["found"]
    assert [each["value"] for each in found] == ["Vault"]
    by_own = manager(firm).get("inspections:pick_place_at", firm.pk, q="").json()["found"]
    assert [each["note"] for each in by_own] == ["Vault or safe"]

    # one that has ended takes what was found before, and nothing after
    police.act(end_key_position, id=position.pk, version=None, ended_on=ago(2))
    late = police.act(operations.create_hazard, place="Vault", **found_on(firm.pk, 1))
    early = HazardFactory(enterprise=firm, place="Vault", found_on=ago(4))
    with scope_of(city.first):
        _link_places(police.actor, {firm.pk})  # what an import does at its end
    assert (late.key_position_id, fresh(early).key_position_id) == (0, position.pk)
    assert fresh(early).place == "Vault"


def found_on(enterprise_id: int, days_ago: int) -> dict:
    return {"enterprise_id": enterprise_id, "found_on": ago(days_ago), "due_on": ahead(2), "item": "Lock"}


def test_a_typed_place_becomes_one_in_one_act_and_is_found_again_under_its_new_name(city: City) -> None:
    firm, police = EnterpriseFactory(station=city.first), officer(city.first)
    old, twin, other = (
        HazardFactory(enterprise=firm, item="Lock", place=place, found_on=ago(9))
        for place in ("Cashier's office", "Cashier's office", "Roof")
    )
    page = reverse("inspections:hazard_position", args=[old.pk])
    assert page in police.get("inspections:hazard", old.pk).text
    assert police.client.get(page).context["form"].initial["kind"] == "cash"
    police.client.post(page, {"kind": "cash"})
    (position,) = rows(KeyPosition, city.first)
    numbers = [fresh(each).key_position_id for each in (old, twin, other)]
    assert numbers == [position.pk, position.pk, 0]
    assert fresh(old).version == old.version
    assert log(city.first, action="key_position.add")[0].after["hazards"] == 2
    police.act(change_key_position, id=position.pk, version=1, name="Finance", kind="cash")
    new = police.act(operations.create_hazard, place="Finance", **found_on(firm.pk, 1))

    shown = police.get("inspections:hazard", old.pk).text
    assert page not in shown
    assert "Finance" in shown
    assert fresh(old).place == "Cashier's office"
    assert police.act(same_again, hazard=fresh(new)) == [fresh(twin), fresh(old)]
    again = police.get("inspections:hazard", new.pk).text
    assert all(f"/inspections/hazards/{each.pk}/" in again for each in (old, twin)), "under both names"
    with scope_of(city.first):
        quarter = Period.of(new.found_on)
        (row,) = _repeated(quarter)
        Hazard.objects.filter(pk__in=[old.pk, twin.pk]).update(key_position_id=position.pk + 1)
        Hazard.objects.filter(pk=new.pk).update(place="Cashier's office")
        assert list(_repeated(quarter)) == []  # two positions of one name are two places
    assert row["hazards_repeated"] == 1
