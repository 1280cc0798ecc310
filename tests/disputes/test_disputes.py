"""Disputes: settled once, on time or late."""

import pytest

from disputes.models import Dispute
from tests.factories import DisputeFactory, EnterpriseFactory
from tests.facts.people import ago, ahead, fresh, log, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_a_dispute_is_settled_once(city: City) -> None:
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(9), due_on=ago(1))
    person = officer(city.first)
    for day in (ago(10), ahead(1)):
        assert person.post("disputes:settle", dispute.pk, version=1, settled_on=day).status_code == 422
    assert fresh(dispute).settled_on is None
    assert person.post("disputes:settle", dispute.pk, version=1, settled_on=today()).status_code == 302
    again = person.post("disputes:settle", dispute.pk, version=2, settled_on=ago(2))
    assert (again.status_code, again.url) == (302, f"/disputes/{dispute.pk}/")
    assert fresh(dispute).settled_on == today()
    assert [entry.action for entry in log(city.first)] == ["dispute.settle"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "-1"),
        ("amount", "123456789012345.00"),
        ("people", "-4"),
        ("people", "99999999999"),
        ("due_on", str(ago(40))),
        ("kind", "love"),
        ("summary", "x" * 201),
        ("summary", ""),
    ],
)
def test_wrong_figures_are_refused_at_their_field(field: str, value: str, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    data = {
        "enterprise": enterprise.pk,
        "kind": "land",
        "summary": "Parking",
        "opened_on": ago(3),
        field: value,
    }
    answer = officer(city.first).post("disputes:create", **data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert rows(Dispute, city.first) == []


def test_the_list_distinguishes_open_overdue_and_settled(city: City) -> None:
    late = DisputeFactory(enterprise__station=city.first, opened_on=ago(9), due_on=ago(1))
    done = DisputeFactory(enterprise__station=city.first, opened_on=ago(9), settled_on=ago(1))
    person = officer(city.first)
    seen = {
        state: {
            each.pk
            for each in (late, done)
            if f"/{each.pk}/" in person.get("disputes:list", state=state).content.decode()
        }
        for state in ("open", "overdue", "settled")
    }
    assert seen == {"open": {late.pk}, "overdue": {late.pk}, "settled": {done.pk}}
