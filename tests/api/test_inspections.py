"""Inspections as departments' systems read them: answers as they stand, and none of what was voided."""

from typing import Any

from inspections.checklists.correcting import correct_answer
from inspections.operations import void_inspection
from tests.api.world import World
from tests.factories import CheckedItemFactory, CheckRecordFactory, InspectionFactory
from tests.facts.people import officer

ADDRESS = "/api/v1/inspections/"


def test_answers_as_they_stand_and_none_of_what_was_voided(world: World) -> None:
    visit = InspectionFactory(enterprise=world.first[0])
    of = {"enterprise": visit.enterprise, "inspection": visit}
    CheckRecordFactory(
        **of,
        lists=[{"kind": "ordinary", "number": 1}],
        officers=[{"id": 1, "name": "SECRET", "police_number": "041201"}],
        left_reason="SECRET",
        failed=["A01"],
        weight_asked=1,
    )
    CheckedItemFactory(**of, answer="fail", note="SECRET")
    client = world.client(scopes=["inspections:read"])

    def read() -> dict[str, Any]:
        answer = client.get(f"{ADDRESS}{visit.pk}/")
        assert answer.status_code == 200
        assert "SECRET" not in answer.content.decode()
        return answer.json()

    before = read()
    assert [each["answer"] for each in before["answers"]] == ["fail"]
    assert (before["items_passed"], before["items_failed"]) == (0, 1)
    third = officer(world.city.first)
    third.act(
        correct_answer,
        id=visit.pk,
        version=None,
        code="A01",
        answer="pass",
        note="SECRET",
        reason="The other door",
    )
    after = read()
    assert [each["answer"] for each in after["answers"]] == ["pass"]
    assert (after["items_passed"], after["items_failed"]) == (1, 0)
    assert after["changed_at"] > before["changed_at"]
    assert set(after["answers"][0]) == set(before["answers"][0]), "nothing tells what stood there, or why"
    since = {"changed_since": after["changed_at"]}
    assert [each["id"] for each in client.get(ADDRESS, since).json()["results"]] == [visit.pk]

    third.act(void_inspection, id=visit.pk, version=None, reason="Entered twice")
    assert client.get(f"{ADDRESS}{visit.pk}/").status_code == 404
    assert client.get(ADDRESS, since).json()["results"] == []
    assert visit.pk not in [each["id"] for each in client.get(ADDRESS).json()["results"]]
