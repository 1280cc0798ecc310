"""Overdue hazards go on to the liaison officer, the chief, the bureau, into listed supervision: once, and none is lost."""

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from foundation.inbox.models import Notification
from foundation.tenancy.scope import station_scope
from inspections import escalating, operations, tasks
from inspections.models import Escalation, Hazard
from tests.factories import BureauFactory, EnterpriseFactory, HazardFactory, StationFactory
from tests.facts.people import Person, chief, fresh, log, manager, officer, rows, supervisor
from tests.fixtures import City
from tests.waiting import patience

pytestmark = pytest.mark.django_db
FRIDAY = dt.date(2026, 3, 6)  # a deadline: the next working day is Monday the 9th


def at(day: dt.date) -> time_machine.travel:
    return time_machine.travel(
        dt.datetime.combine(day, dt.time(9), timezone.get_current_timezone()), tick=False
    )


def march(day: int) -> dt.date:
    return dt.date(2026, 3, day)


def told(person: Person) -> list[str]:
    with station_scope(person.actor.scope()):
        rows = Notification.objects.filter(user=person.user, code__startswith="hazard.escalate")
        return [each.code for each in rows.order_by("pk")]


def steps(city: City, hazard: Hazard) -> list[tuple[str, dt.date]]:
    return [(each.step, each.due_on) for each in rows(Escalation, city.first) if each.record_id == hazard.pk]


def test_each_step_is_written_once_and_told_to_whom_it_concerns(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    finder, head, above = officer(city.first, name="Li Shan"), chief(city.first), supervisor(city.bureau)
    stranger = chief(city.second)
    found = {"enterprise": enterprise, "found_on": march(2), "found_by": "Li Shan"}
    hazard = HazardFactory(**found, due_on=FRIDAY)
    HazardFactory(**found, due_on=None)
    HazardFactory(**found, due_on=None, suspended_on=march(4))
    HazardFactory(**found, due_on=march(2), rectified_on=march(2))
    with at(march(7)):  # overdue, but no working day has passed
        tasks.escalate()
        assert rows(Escalation, city.first) == []
    with at(march(9)):
        tasks.escalate()
        assert steps(city, hazard) == [("liaison", march(9))]
        assert told(finder) == ["hazard.escalate_liaison"]
        assert told(head) == []
    with at(march(13)):  # no worker ran on the 11th, when the chief was due
        tasks.escalate()
        tasks.escalate()
        reached = [("liaison", march(9)), ("chief", march(11)), ("bureau", march(13))]
        assert steps(city, hazard) == reached
        assert len(rows(Escalation, city.first)) == 3
        assert told(head) == ["hazard.escalate_chief"]
        assert told(above) == ["hazard.escalate_bureau"]
        assert told(stranger) == []
        assert len(told(finder)) == 1
        acts = [each.action for each in log(city.first, object_id=hazard.pk)]
        assert acts == [f"hazard.escalate_{step}" for step in ("liaison", "chief", "bureau")]
        head.client.force_login(head.user)
        page = head.get("inspections:hazard", hazard.pk)
        assert [(str(each.step), each.is_made) for each in page.context["rungs"]] == [
            ("liaison", True),
            ("chief", True),
            ("bureau", True),
            ("listing", False),
        ]
        assert "Overdue hazards before the chief or the bureau" in head.get("desk:today").text
        own = manager(enterprise)
        assert all(each.is_made for each in own.get("inspections:hazard", hazard.pk).context["rungs"])
    with at(march(20)):
        tasks.escalate()
        assert steps(city, hazard)[-1] == ("listing", march(20))
        assert told(above)[-1] == "hazard.escalate_listing"


def test_what_was_closed_before_the_worker_ran_is_kept_and_nobody_is_told(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    head = chief(city.first)
    late = HazardFactory(enterprise=enterprise, found_on=march(2), due_on=FRIDAY, closed_on=march(12))
    for _number in range(2):
        HazardFactory(enterprise=enterprise, found_on=march(2), due_on=FRIDAY)
    with at(march(13)):
        tasks.escalate()
        assert steps(city, late) == [("liaison", march(9)), ("chief", march(11))]
        assert log(city.first, object_id=late.pk) == []
        assert "hazard.escalate_chief.many" in told(head)  # two hazards, one notification


def test_days_of_waiting_for_the_police_do_not_count(city: City) -> None:
    """Submitted at once and sent back after seven working days: it goes on from there, and skips nobody."""
    enterprise = EnterpriseFactory(station=city.first)
    finder, head, above = officer(city.first, name="Li Shan"), chief(city.first), supervisor(city.bureau)
    hazard = HazardFactory(enterprise=enterprise, found_on=march(2), found_by="Li Shan", due_on=FRIDAY)
    with at(march(9)):
        manager(enterprise).act(operations.rectify_hazard, id=hazard.pk)
    with at(march(18)):
        tasks.escalate()
        assert steps(city, hazard) == []
        head.act(operations.send_back_hazard, id=hazard.pk, reason="Not lit")
        (next_one,) = head.act(escalating.rungs_of, hazard=fresh(hazard))
        assert (str(next_one.step), next_one.on, next_one.is_made) == ("liaison", march(18), False)
    with at(march(31)):  # as after an upgrade: everything is due in one run
        tasks.escalate()
        days = [("liaison", march(18)), ("chief", march(20)), ("bureau", march(24)), ("listing", march(31))]
        assert steps(city, hazard) == days
        codes = [told(person) for person in (finder, head, above)]
        assert codes == [[f"hazard.escalate_{step}"] for step in ("liaison", "chief", "listing")]


def test_a_deadline_that_was_over_when_it_came_into_force_skips_no_step(city: City) -> None:
    late = {"due_on": "2026-03-30", "extended_due_on": None, "extension_granted_on": None}
    earlier = [late | {"extension_requested_on": None, "suspended_on": None, "until": "2026-03-18"}]
    hazard = HazardFactory(
        enterprise__station=city.first,
        found_on=march(2),
        due_on=FRIDAY,
        earlier=earlier,
        earlier_until_on=march(18),
    )
    with at(march(18)):
        tasks.escalate()
        assert steps(city, hazard) == [(step, march(18)) for step in ("liaison", "chief", "bureau")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_step_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bureau = BureauFactory()
    station = StationFactory(bureau=bureau)
    above = supervisor(bureau)
    HazardFactory(enterprise__station=station, found_on=march(2), due_on=FRIDAY)
    made: dict[str, int] = {}
    really_tell = escalating._tell

    def tell(*given: Any) -> None:
        if not second.ident:
            second.start()
            second.join(0.5)
            assert second.is_alive()  # it waits for the end of this transaction
        really_tell(*given)

    def work(name: str) -> None:
        try:
            made[name] = escalating.escalate_overdue(bureau.pk)
        finally:
            connections.close_all()

    monkeypatch.setattr(escalating, "_tell", tell)
    first, second = (threading.Thread(target=work, args=[name]) for name in ("first", "second"))
    with at(march(20)):
        first.start()
        for thread in (first, second):
            thread.join(patience(60))
        assert made == {"first": 4, "second": 0}
        assert told(above) == ["hazard.escalate_listing"]
