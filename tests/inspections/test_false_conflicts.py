"""A conflict is said only where somebody else was quicker: not after a save of one's own, nor after what a page notes by itself."""

from typing import Any

import pytest
from django.test import Client

from inspections import operations
from inspections.models import Hazard
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ago, ahead, fresh, manager, officer
from tests.fixtures import City


def opened(person: Person, hazard: Hazard) -> dict[str, Any]:
    """Return what the form of a correction holds when it is opened, as the browser would send it."""
    form = person.get("inspections:hazard_correct", hazard.pk).context["form"]
    held = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in held.items() if value not in (None, False)}


def save(client: Client, url: str, held: dict[str, Any], **typed: str) -> Any:
    return client.post(url, held | {"reason": "A slip of the pen"} | typed)


@pytest.mark.django_db
def test_one_is_not_in_conflict_with_oneself(city: City) -> None:
    police, colleague = officer(city.first), officer(city.first)
    firm = EnterpriseFactory(station=city.first)
    hazard = HazardFactory(enterprise=firm, found_on=ago(9), due_on=ahead(9), call_from_on=ago(1))
    url = police.get("inspections:hazard_correct", hazard.pk).request["PATH_INFO"]

    held = opened(police, hazard)
    manager(firm).get("inspections:hazard", hazard.pk)  # notes that it was seen
    assert save(police.client, url, held, place="Door").status_code == 302
    first = opened(police, hazard)
    assert save(police.client, url, first, place="Hall").status_code == 302
    second = opened(police, hazard)
    refused = save(police.client, url, second, found_on=ahead(1).isoformat())
    assert refused.status_code == 422
    assert "after you opened it" not in refused.text
    shown = refused.context["form"]
    again = {name: shown[name].value() for name in shown.fields if shown[name].value() not in (None, False)}
    assert save(police.client, url, again, found_on=ago(9).isoformat(), place="Yard").status_code == 302
    assert fresh(hazard).place == "Yard"

    manager(firm).act(operations.rectify_hazard, id=hazard.pk)
    third = opened(police, hazard)
    police.get("inspections:hazard", hazard.pk)  # notes that what was submitted was opened
    colleague.get("inspections:hazard", hazard.pk)
    assert save(police.client, url, third, place="Gate").status_code == 302

    stale = save(police.client, url, second, place="Roof")
    assert stale.status_code == 422, "the tab from before the own save"
    assert "after you opened it" in stale.text
    assert fresh(hazard).place == "Gate"
