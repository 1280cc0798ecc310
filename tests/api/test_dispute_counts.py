"""How many disputes an enterprise has, as departments' systems read it: numbers, and not a word more."""

from tests.api.world import World
from tests.factories import DisputeFactory
from tests.facts.people import ago

ADDRESS = "/api/v1/dispute-counts/"


def test_numbers_and_nothing_else(world: World) -> None:
    first, second, third = world.first[0], world.second[0], world.elsewhere[0]
    for enterprise in (first, second, third):
        DisputeFactory(enterprise=enterprise, summary="SECRET", opened_on=ago(400), due_on=ago(9))
    DisputeFactory(enterprise=first, place="SECRET", note="SECRET", opened_on=ago(30), settled_on=ago(2))
    DisputeFactory(enterprise=first, opened_on=ago(3), voided_at="2026-01-01T00:00Z", void_reason="SECRET")
    client = world.client(scopes=["dispute_counts:read"])
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert "SECRET" not in answer.content.decode()
    rows = {each["enterprise"]: each for each in answer.json()["results"]}
    assert rows[first.pk] == {"enterprise": first.pk, "opened": 2, "open": 1, "overdue": 1, "settled": 1}
    assert rows[second.pk]["opened"] == 1
    assert rows[world.first[1].pk]["opened"] == 0
    assert third.pk not in rows

    recent = client.get(ADDRESS, {"enterprise": first.pk, "opened_from": ago(100).isoformat()}).json()
    assert recent["results"] == [{"enterprise": first.pk, "opened": 1, "open": 0, "overdue": 0, "settled": 1}]
    assert client.get(ADDRESS, {"enterprise": third.pk}).json()["results"] == []
    assert client.get(ADDRESS, {"kind": "wages"}).status_code == 400
    turned = {"opened_from": ago(3).isoformat(), "opened_to": ago(9).isoformat()}
    assert client.get(ADDRESS, turned).status_code == 400
    whole = [each["enterprise"] for each in client.get(ADDRESS).json()["results"]]
    page, walked = client.get(ADDRESS, {"page_size": 1}).json(), []
    while True:
        walked += [each["enterprise"] for each in page["results"]]
        if not page["next"]:
            break
        page = client.get(page["next"]).json()
    assert walked == whole
