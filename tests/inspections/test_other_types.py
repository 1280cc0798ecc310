"""What a program sends in another type than an operation declares is refused at its name, before anything is done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from inspections import items, major, moving, positions, recheck_hand_over, rechecks
from papers.operations import issuing, serving
from tests.facts.people import chief
from tests.fixtures import City

WRONG: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (serving.serve_paper, {"id": 1, "way": "direct", "served_on": None}, "served_on"),
    (serving.serve_paper, {"id": 1, "way": "direct", "served_on": "2026-03-02"}, "served_on"),
    (issuing.void_paper, {"id": 2**70, "reason": "wrong"}, "id"),
    (rechecks.record_recheck, {"id": 1, "version": "1", "outcome": "again", "note": "x"}, "version"),
    (recheck_hand_over.hand_over_recheck, {"id": 1, "to": None, "reason": "x"}, "to"),
    (positions.add_key_position, {"enterprise_id": 1, "name": None, "kind": "store"}, "name"),
    (positions.end_key_position, {"id": 1, "version": 1, "ended_on": "today"}, "ended_on"),
    (moving.move_hazard, {"id": 1, "version": 1, "enterprise_id": 2, "reason": 3}, "reason"),
    (major.lift_supervision, {"id": 1, "version": 1, "reason": "x", "lifted_on": "today"}, "lifted_on"),
    (items.publish_items, {"number": "1", "lines": "", "reason": "x"}, "number"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "given", "field"), WRONG, ids=[f"{each[0].__name__}" for each in WRONG]
)
def test_it_is_refused_at_its_name(
    city: City, operation: Callable[..., Any], given: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        chief(city.first).act(operation, **given)
    assert field in refused.value.message_dict
