"""A dispute that a breach reopened: until when it is to be settled again, and in which quarters that counts."""

import datetime as dt
from decimal import Decimal

import pytest

from disputes import tasks
from disputes.agreements import settling
from disputes.agreements.checking import Given
from disputes.models import Agreement, Dispute
from foundation.contributions.measures import sources
from foundation.periods import Period
from foundation.tenancy.scope import Audience
from tests.disputes.test_agreements import AGREED, agree_before_the_police, at, conclude, march, pay
from tests.factories import DisputeFactory, EnterpriseFactory, WayFactory
from tests.facts.people import Person, chief, fresh, log, officer
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 4, 10)  # of the instalment, in the quarter after the settlement


@pytest.fixture
def dispute(city: City) -> Dispute:
    made: Dispute = DisputeFactory(
        enterprise=EnterpriseFactory(station=city.first), opened_on=dt.date(2026, 2, 10), due_on=march(20)
    )
    return made


def april(day: int) -> dt.date:
    return dt.date(2026, 4, day)


def measured(city: City, quarter: int) -> dict[str, int]:
    """Return what disputes contribute to the rating of a quarter, what is 0 left out."""
    with scope_of(city.first, audience=Audience.SYSTEM):
        (row,) = sources["disputes"].query(Period(2026, quarter))
    return {name: value for name, value in row.items() if name.startswith("disputes") and value}


def agree(person: Person, dispute: Dispute, **more: object) -> Agreement:
    owed = {"instalments": [Given(DUE, Decimal(300))], "kind": "oral", "copies": 1}
    return conclude(person, dispute, **owed | more)


def test_it_is_settled_again_on_time_and_the_quarter_before_stays(city: City, dispute: Dispute) -> None:
    one, head = officer(city.first), chief(city.first)
    with at(AGREED):
        agree(one, dispute)
    first = measured(city, 1)
    assert first == {"disputes_opened": 1, "disputes_settled": 1, "disputes_settled_on_time": 1}
    with at(april(12)):
        tasks.find_breaches()
        now = fresh(dispute)
        assert (now.settled_on, now.due_on) == (None, dt.date(2026, 5, 12)), "thirty days, as Anqi sets them"
        assert measured(city, 2) == {"disputes_open": 1, "disputes_overdue": 1}, (
            "if it stays so until the last day"
        )
        assert f"{now.due_on}" in one.get("disputes:detail", dispute.pk).content.decode()
        pay(one, dispute, april(12), 300)
        head.act(settling.settle_as_agreed, id=dispute.pk, settled_on=april(12))
    assert measured(city, 2) == {"disputes_settled": 1, "disputes_settled_on_time": 1}
    assert measured(city, 1) == first
    assert log(city.first, action="dispute.reopen")[0].after["due_on"] == "2026-05-12"


def test_what_the_police_mediated_is_due_with_its_case(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    with at(AGREED):
        WayFactory(enterprise=dispute.enterprise, dispute=dispute, kind="police", from_on=AGREED)
        agree_before_the_police(one, dispute, instalments=[Given(DUE, Decimal(300))])
    with at(april(15)):  # found late: the case runs from the day after the instalment
        tasks.find_breaches()
        assert fresh(dispute).due_on == april(11) + dt.timedelta(days=30)
