"""What happened on one day stands in the order in which it was recorded, with the time."""

import datetime as dt

import pytest
import time_machine

from enterprises.models import Enterprise
from inspections import operations
from tests.factories import EnterpriseFactory
from tests.facts.people import ahead, officer, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_events_of_one_day_are_in_the_order_of_recording(city: City) -> None:
    enterprise: Enterprise = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    # 09:00 in China, yesterday: a session is never older than its log-in
    morning = dt.datetime.combine(today() - dt.timedelta(days=1), dt.time(1), dt.UTC)
    with time_machine.travel(morning, tick=False):
        person.act(
            operations.create_self_check, enterprise_id=enterprise.pk, checked_on=today(), target="general"
        )
    with time_machine.travel(morning + dt.timedelta(hours=1), tick=False):
        person.act(
            operations.create_hazard,
            enterprise_id=enterprise.pk,
            item="Lock",
            found_on=today(),
            due_on=ahead(3),
        )
    with time_machine.travel(morning + dt.timedelta(hours=2), tick=False):
        person.act(
            operations.create_self_check, enterprise_id=enterprise.pk, checked_on=today(), target="vehicle"
        )
    with time_machine.travel(morning + dt.timedelta(hours=3), tick=False):
        page = person.get("desk:file", enterprise.pk)
        events = page.context["time"].events
    assert [event.title.partition(":")[0] for event in events[:3]] == [
        "Self-check",
        "Hazard found",
        "Self-check",
    ]
    assert "Vehicles" in events[0].title
    assert [f"{hour}:00" in page.text for hour in ("09", "10", "11")] == [True] * 3
