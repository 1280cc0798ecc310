"""Through the API a department learns that an enterprise is closed, and where a merged one went."""

from typing import Any

import pytest

from enterprises.operations import hand_over, reactivate, set_inactive
from tests.factories import DepartmentFactory, EnterpriseFactory
from tests.facts.people import ago, chief
from tests.fixtures import City
from tests.rest.keys import ApiClient, api

pytestmark = pytest.mark.django_db


def read(client: ApiClient, pk: int) -> tuple[Any, Any]:
    """Return closed_on and merged_into; the list and the resource say the same."""
    one = client.get(f"/api/v1/enterprises/{pk}/").json()
    (listed,) = [row for row in client.get("/api/v1/enterprises/").json()["results"] if row["id"] == pk]
    assert listed == one
    return one["closed_on"], one["merged_into"]


def test_closed_suspended_merged_and_back(city: City) -> None:
    client, boss = api(DepartmentFactory(bureau=city.bureau)), chief(city.first)
    narrow = api(DepartmentFactory(bureau=city.bureau), stations=[city.first])
    one, heir = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.first)
    leave = {"enterprise_id": one.pk, "from_on": ago(9), "reason": "SECRET REASON"}
    assert read(client, one.pk) == (None, None)

    boss.act(set_inactive, kind="suspended", **leave)
    assert read(client, one.pk) == (None, None)
    boss.act(reactivate, enterprise_id=one.pk, on=ago(8), reason="back")

    boss.act(set_inactive, kind="closed", **leave | {"from_on": ago(7)})
    assert read(client, one.pk) == (ago(7).isoformat(), None)
    boss.act(reactivate, enterprise_id=one.pk, on=ago(6), reason="back")
    assert read(client, one.pk) == (None, None)

    boss.act(set_inactive, kind="merged", merged_into_id=heir.pk, **leave | {"from_on": ago(5)})
    assert read(client, one.pk) == read(narrow, one.pk) == (ago(5).isoformat(), heir.pk)
    assert read(client, heir.pk) == (None, None)
    assert "SECRET" not in client.get(f"/api/v1/enterprises/{one.pk}/").content.decode()

    # a key that may not read the other enterprise does not learn its id
    boss.act(hand_over, enterprise_id=heir.pk, to_station_id=city.second.pk, on=ago(1), reason="moved")
    assert read(client, one.pk) == (ago(5).isoformat(), heir.pk)
    assert read(narrow, one.pk) == (ago(5).isoformat(), None)
