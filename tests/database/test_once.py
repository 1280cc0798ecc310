"""Reads and locks that are asked once, reads that share a statement, and an audit log written at once."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from disputes.filing.leading import name_lead
from facts.operations import lock_enterprise
from foundation.accounts import auditing
from foundation.accounts.auditing import written_at_once
from foundation.accounts.models import AuditEntry, User
from foundation.database.once import asking_once
from foundation.database.together import read_together
from foundation.inbox.models import Notification
from foundation.inbox.notifying import together
from foundation.tenancy.scope import station_scope
from inspections.models import CheckRecord, Hazard, Inspection
from tests.factories import CheckRecordFactory, DisputeFactory, HazardFactory, InspectionFactory
from tests.facts.people import officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def test_rows_read_together_are_those_of_their_own_statements(city: City) -> None:
    person = officer(city.first)
    visit = InspectionFactory(enterprise__station=city.first, source_values={"年": "“'\\"})
    record = CheckRecordFactory(enterprise=visit.enterprise, inspection=visit, failed=["A01", "B,2"])
    HazardFactory(enterprise=visit.enterprise, due_on=dt.date(2026, 3, 2), item="=1\n“x”")
    HazardFactory(enterprise=visit.enterprise)
    with station_scope(person.actor.scope()):
        reads = [
            Hazard.objects.order_by("-pk"),
            Inspection.objects.filter(pk=visit.pk),
            CheckRecord.objects.filter(pk=record.pk).only("failed", "lists"),
            User.objects.filter(pk=person.user.pk).defer("password"),
            Inspection.objects.filter(pk=0),
        ]
        with CaptureQueriesContext(connection) as asked:
            found = read_together(*reads)
        assert len(asked) == 1
        for rows, read in zip(found, reads, strict=True):
            assert [vars(each) | {"_state": None} for each in rows] == [
                vars(each) | {"_state": None} for each in read
            ]
        with pytest.raises(TypeError):
            read_together(Inspection.objects.select_related("enterprise"))


def test_a_lock_that_a_rollback_gave_back_is_taken_again(city: City) -> None:
    actor = officer(city.first).actor
    enterprise_id = InspectionFactory(enterprise__station=city.first).enterprise_id

    def locks() -> int:
        with CaptureQueriesContext(connection) as asked:
            lock_enterprise(actor, enterprise_id)
        return len(asked)

    with station_scope(actor.scope()), asking_once():
        with transaction.atomic():
            assert (locks(), locks()) == (1, 0)
            transaction.set_rollback(True)
        assert (locks(), locks()) == (1, 0)
        with transaction.atomic():
            assert locks() == 0
    with station_scope(actor.scope()):
        assert (locks(), locks()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_lock_of_the_transaction_before_is_none(city: City) -> None:
    actor = officer(city.first).actor
    enterprise_id = InspectionFactory(enterprise__station=city.first).enterprise_id
    with asking_once():
        for _each in range(2):
            with station_scope(actor.scope()), CaptureQueriesContext(connection) as asked:
                lock_enterprise(actor, enterprise_id)
            assert len(asked) == 1


def test_the_log_is_written_in_order_or_not_at_all(city: City) -> None:
    person = officer(city.first)
    visits = [InspectionFactory(enterprise__station=city.first) for _each in range(3)]

    mine = AuditEntry.objects.filter(action="inspection.create")

    def log() -> list[int]:
        return list(mine.order_by("id").values_list("object_id", flat=True))

    @written_at_once()
    def record_and_fail() -> float:
        auditing.record(actor=person.actor, action="inspection.create", target=visits[0])
        return 1 / 0

    with station_scope(person.actor.scope()):
        with pytest.raises(ZeroDivisionError):
            record_and_fail()
        assert log() == []
        with written_at_once():
            for each in visits:
                auditing.record(actor=person.actor, action="inspection.create", target=each)
            assert log() == []
        assert log() == [each.pk for each in visits]


def test_what_is_done_with_many_within_a_block_is_told_once_as_outside_of_it(city: City) -> None:
    """The block announces when it ends, where ``together`` has ended before: each of many would be told by itself."""
    person, lead = officer(city.first), officer(city.first)
    disputes = [DisputeFactory(enterprise__station=city.first) for _each in range(2)]

    def told() -> list[tuple[str, int]]:
        with station_scope(lead.actor.scope()):
            found = Notification.objects.filter(user=lead.user)
            return [(each.code, each.values.get("number", 1)) for each in found.order_by("pk")]

    with station_scope(person.actor.scope()), written_at_once(), together("many"):
        for each in disputes:
            name_lead(actor=person.actor, id=each.pk, version=None, officer_id=lead.user.pk)
        assert told() == []
    assert told() == [("dispute.lead.many", 2)]
