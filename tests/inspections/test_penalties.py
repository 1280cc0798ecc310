"""What a penalty must say: a fine needs an aggravating fact, on an enterprise a hearing notice, within its legal basis."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from inspections.models import Penalty
from inspections.operations import void_hazard
from tests.factories import EnterpriseFactory, HazardFactory, PenaltyFactory
from tests.facts.people import ago, fresh, log, manager, officer
from tests.fixtures import City

DAY = dt.date(2026, 3, 2)
FINE = {
    "kind": "fine",
    "amount": Decimal(20_000),
    "aggravation": "A guard was hurt",
    "hearing_noticed_on": DAY,
}


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"kind": "warning"}, set()),
        ({"kind": "warning", "amount": Decimal(1)}, {"amount"}),
        (FINE, set()),
        (FINE | {"amount": None}, {"amount"}),
        (FINE | {"aggravation": " "}, {"aggravation"}),
        (FINE | {"hearing_noticed_on": None}, {"hearing_noticed_on"}),
        (FINE | {"hearing_noticed_on": DAY + dt.timedelta(days=1)}, {"decided_on"}),
        (FINE | {"amount": Decimal(9_999)}, {"amount"}),
        (FINE | {"target": "head"}, {"amount"}),
        (FINE | {"target": "person", "amount": Decimal(500), "hearing_noticed_on": None}, set()),
        (
            FINE | {"basis": "other", "amount": Decimal(300), "aggravation": "", "hearing_noticed_on": None},
            set(),
        ),
        (
            FINE | {"basis": "other", "amount": Decimal(10_000), "hearing_noticed_on": None},
            {"hearing_noticed_on"},
        ),
    ],
)
def test_what_a_penalty_must_say(fields: dict[str, Any], faults: set[str]) -> None:
    penalty = Penalty(decided_on=DAY, number="No. 1", **fields)
    if not faults:
        penalty.clean()
        return
    with pytest.raises(ValidationError) as error:
        penalty.clean()
    assert set(error.value.message_dict) == faults


@pytest.mark.django_db
def test_a_penalty_is_linked_to_its_hazard_later(city: City) -> None:
    firm, police = EnterpriseFactory(station=city.first), officer(city.first)
    penalty = PenaltyFactory(enterprise=firm, decided_on=ago(2))
    lock, later, other = (
        HazardFactory(enterprise=of, item=item, found_on=ago(days))
        for of, item, days in (
            (firm, "Lock", 9),
            (firm, "Later", 1),
            (EnterpriseFactory(station=city.first), "Theirs", 9),
        )
    )
    page = police.get("inspections:penalty_link", penalty.pk)
    assert [value for value, _words in page.context["form"].fields["hazard"].choices] == ["", lock.pk]
    for wrong in (later, other):
        refused = police.post("inspections:penalty_link", penalty.pk, version=1, hazard=wrong.pk)
        assert list(refused.context["form"].errors) == ["hazard"]
    police.post("inspections:penalty_link", penalty.pk, version=1, hazard=lock.pk)
    assert fresh(penalty).hazard_id == lock.pk
    (entry,) = log(city.first, action="penalty.link")
    assert (entry.before["hazard_id"], entry.after["hazard_id"]) == (0, lock.pk)
    assert str(penalty) in police.get("inspections:hazard", lock.pk).text
    police.act(void_hazard, id=lock.pk, version=None, reason="Entered twice")
    form = police.get("inspections:penalty_link", penalty.pk).context["form"]
    assert form["hazard"].value() in [value for value, _words in form.fields["hazard"].choices]


@pytest.mark.django_db
def test_an_enterprise_finds_its_penalties_from_each_page(city: City) -> None:
    firm = EnterpriseFactory(station=city.first)
    PenaltyFactory(enterprise=firm, number="东公罚决字〔2026〕7号")
    people, address = manager(firm), reverse("inspections:penalties")
    assert address in people.get("inspections:hazards").text
    assert "东公罚决字〔2026〕7号" in people.client.get(address).text
