"""What a penalty must say: a fine needs an aggravating fact, on an enterprise a hearing notice, within its legal basis."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from inspections.models import Penalty

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
