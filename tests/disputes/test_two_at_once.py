"""The task that tells the sides of a dispute, while enterprises are handed over, on real connections."""

import datetime as dt
import time
from threading import Event
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from disputes.mediation.planning import plan_session
from disputes.models import Appointment, DisputeSide
from disputes.people.sides import write_sides
from enterprises.models import Enterprise
from foundation.tenancy.scope import Audience, Scope, station_scope
from tests.factories import DisputeFactory, EnterpriseFactory, PartyFactory
from tests.facts.people import ago, ahead, numbered, officer, rows
from tests.fixtures import City
from tests.papers.test_numbers import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until_somebody_waits() -> None:
    """Return once a connection waits for a lock, or after five seconds."""
    for _again in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def test_the_task_waits_for_a_hand_over_without_holding_what_that_locks_next(city: City) -> None:
    """A hand-over of many locks enterprises in the order of their ids; the task locked the lead first, then its other sides."""
    side, lead = EnterpriseFactory(station=city.second), EnterpriseFactory(station=city.first)
    assert side.pk < lead.pk
    dispute = DisputeFactory(enterprise=lead, opened_on=ago(9))
    of = {"kind": "body", "name": side.name, "side": "respondent"}
    PartyFactory(enterprise=lead, dispute=dispute, registered_id=side.pk, of=of)
    has_begun = Event()

    def hand_over_both() -> int:
        both = Scope((city.first.pk, city.second.pk), bureau=city.bureau.pk, audience=Audience.SYSTEM)
        with transaction.atomic(), station_scope(both):
            found = 0
            for each in (side, lead):
                found += len(Enterprise.objects.filter(pk=each.pk).select_for_update(nowait=True))
                if each is side:
                    has_begun.set()
                    wait_until_somebody_waits()
            return found

    def tell() -> int:
        has_begun.wait(30)
        return write_sides(city.bureau.pk, city.first.pk, dispute.pk)

    def do(number: int) -> Any:
        return hand_over_both() if number else tell()

    assert at_once(2, do) == [2, 2]
    assert {
        each.enterprise_id for each in (*rows(DisputeSide, city.first), *rows(DisputeSide, city.second))
    } == {
        side.pk,
        lead.pk,
    }


def test_nobody_is_planned_for_two_sessions_at_once(city: City) -> None:
    """Of two disputes, which two people plan at the same moment, only one gets the officer."""
    lead = numbered(officer(city.first), "041267")
    colleague = numbered(officer(city.first), "041268")
    disputes = [DisputeFactory(enterprise__station=city.first, opened_on=ago(9)) for _number in range(4)]

    def plan(number: int) -> Any:
        return (lead, colleague)[number % 2].act(
            plan_session,
            dispute_id=disputes[number].pk,
            officer_id=lead.user.pk,
            second_id=colleague.user.pk,
            on=ahead(3),
            begins_at=dt.time(9),
            ends_at=dt.time(10),
            manner="joint",
            place="Room 2",
        )

    made = at_once(4, plan)
    assert len(rows(Appointment, city.first)) == 1, made
    assert sum(isinstance(each, ValidationError) for each in made) == 3
