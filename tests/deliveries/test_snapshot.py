"""The first message of a new subscription: today's state of what it covers, once, numbered like others."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from deliveries.models import Receipt, Subscription
from deliveries.operations import create_subscription, end_subscription, set_address, snapshot
from deliveries.operations.publishing import LOCK
from deliveries.operations.snapshot import write_asked, write_snapshot
from deliveries.selectors import alarms
from deliveries.staff.selectors import is_alarming
from deliveries.staff.wording import UNWRITTEN, trouble_of
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Department
from foundation.ids import LARGEST_INTEGER
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation
from ratings.operations import correct_ratings, publish_standard
from tests.deliveries.conftest import OPERATOR
from tests.deliveries.test_publishing import department, names, told
from tests.factories import SubscriptionFactory
from tests.ratings.conftest import Case, standard

__all__ = ["department"]


@pytest.fixture
def supervisor(case: Case) -> Actor:
    return Actor(1, "Supervisor", Role.SUPERVISOR, case.bureau.pk, (case.first.pk, case.second.pk))


def rated(case: Case) -> dict[str, Any]:
    """Two quarters: what is red since long, what turned red, what got better; in two stations and industries."""
    case.adopt(standard())
    colours = {
        "stays": ("red", "red"),
        "turns": ("green", "red"),
        "better": ("yellow", "green"),
        "fine": ("green", "green"),
    }
    made = {}
    for name, (before, now) in colours.items():
        station = case.second if name == "turns" else case.first
        industry = "F51" if name == "better" else "C34"
        made[name] = case.enterprise(name=name, station=station, industry_code=industry)
        case.deserve(made[name], "2026Q2", before)
        case.deserve(made[name], "2026Q3", now)
    case.rate("2026Q2")
    case.rate("2026Q3")
    return made


def subscribe(
    case: Case, supervisor: Actor, department: Department, title: str, **filters: Any
) -> Subscription:
    row = ask(case, supervisor, department, title, **filters)
    write_asked(bureau_id=case.bureau.pk)
    row.refresh_from_db()
    assert row.snapshot_asked_at is None
    return row


def ask(case: Case, supervisor: Actor, department: Department, title: str, **filters: Any) -> Subscription:
    """Subscribe, as a page does: its first message is not written yet."""
    chosen = {"whole_bureau": True} if "stations" not in filters else {}
    with station_scope(supervisor.scope()):
        return create_subscription(
            actor=supervisor, department_id=department.pk, title=title, **chosen, **filters
        )


def test_a_new_subscription_begins_with_todays_state(
    case: Case, supervisor: Actor, department: Department
) -> None:
    rated(case)
    rows = {
        title: subscribe(case, supervisor, department, title, **filters)
        for title, filters in {
            "all": {},
            "station": {"stations": [case.second.pk]},
            "industry": {"industries": ["F"]},
            "red": {"colours": ["red"]},
            "turned": {"transitions": ["*>red"]},
            "none": {"industries": ["G"]},
        }.items()
    }
    assert {title: names(row) for title, row in rows.items()} == {
        "all": {"stays", "turns", "better", "fine"},
        "station": {"turns"},
        "industry": {"better"},
        "red": {"stays", "turns"},
        "turned": {"stays", "turns"},  # whoever turned red before is red today
        "none": set(),
    }
    for row in rows.values():
        (payload,) = told(row)
        data = payload["data"]
        assert (payload["type"], data["cause"], data["period"]) == ("rating.published", "snapshot", "2026Q3")
        assert (data["sequence"], data["part"], data["parts"]) == (1, 1, 1)
        receipt = Receipt.objects.get(subscription=row)
        assert (receipt.cause, receipt.size) == ("snapshot", len(data["ratings"]))
        row.refresh_from_db()
        assert (row.last_sequence, row.last_delivered) == (1, 0)
    (payload,) = told(rows["all"])
    (turns,) = [each for each in payload["data"]["ratings"] if each["name"] == "turns"]
    assert (turns["previous_colour"], turns["replaces"], turns["reasons"]) == (
        "green",
        None,
        [{"criterion": "G1", "reason": "lost", "points_lost": 90}],
    )


def test_it_tells_what_is_in_force_and_corrections_of_it_follow(
    case: Case, supervisor: Actor, department: Department
) -> None:
    case.adopt(standard())
    late = {name: case.enterprise(name=name) for name in ("before", "after")}
    for enterprise in late.values():
        case.deserve(enterprise, "2026Q3", "yellow")
    regular = case.rate("2026Q3")

    def correct(name: str) -> None:
        case.deserve(late[name], "2026Q3", "green")
        case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late record"))

    correct("before")
    row = subscribe(case, supervisor, department, "Yellows", colours=["yellow"])
    assert names(row) == {"after"}  # as corrected
    correct("after")
    first, second = told(row)
    assert (second["type"], second["data"]["sequence"]) == (
        "rating.revised",
        2,
    )  # although it is no longer yellow
    assert [each["name"] for each in second["data"]["ratings"]] == ["after"]
    assert first["data"]["cause"] == "snapshot"


def test_a_publication_before_it_is_written_leaves_its_telling_to_it(
    case: Case, supervisor: Actor, department: Department
) -> None:
    case.adopt(standard())
    one = case.enterprise(name="one")
    for period, colour in (("2026Q2", "green"), ("2026Q3", "red")):
        case.deserve(one, period, colour)
    case.rate("2026Q2")
    row = ask(case, supervisor, department, "Turned red", transitions=["*>red"])
    other = subscribe(
        case, supervisor, department, "Other"
    )  # who subscribes meanwhile has theirs, in the order of asking
    assert [len(told(each)) for each in (row, other)] == [1, 1]
    late = ask(case, supervisor, department, "Late", transitions=["*>red"])
    case.rate("2026Q3")  # before the worker came
    assert told(late) == []
    for expected in (1, 0):  # a second worker, or the same task again, writes nothing
        assert write_snapshot(bureau_id=case.bureau.pk, subscription_id=late.pk) == expected
    (payload,) = told(late)
    assert (payload["data"]["cause"], payload["data"]["period"]) == ("snapshot", "2026Q3")
    assert names(late) == {"one"}
    assert [payload["data"]["sequence"] for payload in told(other)] == [1, 2]


def test_a_message_names_the_standard_of_the_ratings_it_tells(
    case: Case, supervisor: Actor, department: Department
) -> None:
    made = rated(case)
    old = Evaluation.objects.get(period_code="2026Q3")
    other = publish_standard(actor=case.actor, text=standard("other"))
    case.deserve(made["fine"], "2026Q3", "red")
    run = correct_ratings(actor=case.actor, evaluation_id=old.pk, reason="Late record")
    Evaluation.objects.filter(pk=run.pk).update(standard=other)
    case.run(Evaluation.objects.get(pk=run.pk))
    row = subscribe(case, supervisor, department, "All")
    assert [
        (
            payload["data"]["standard"]["code"],
            payload["data"]["evaluation"],
            payload["data"]["sequence"],
            {rating["name"] for rating in payload["data"]["ratings"]},
        )
        for payload in told(row)
    ] == [("trainings", old.pk, 1, {"stays", "turns", "better"}), ("other", run.pk, 2, {"fine"})]


def test_a_worker_that_dies_leaves_nothing_and_the_next_one_writes_it(
    case: Case, supervisor: Actor, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated(case)
    row = ask(case, supervisor, department, "All")

    def killed(row: Subscription) -> list[Any]:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "_decisive", killed)  # after the messages are written
        with pytest.raises(KeyboardInterrupt):
            write_snapshot(bureau_id=case.bureau.pk, subscription_id=row.pk)
    assert told(row) == []
    assert Subscription.objects.get(pk=row.pk).last_sequence == 0

    narrowed = iter([["red"]])

    def changed(row: Subscription) -> list[Any]:
        """Somebody changes the filters while it is written: it is written anew, by what they are now."""
        Subscription.objects.filter(pk=row.pk).update(colours=next(narrowed, ["red"]))
        return decisive(row)

    decisive = snapshot._decisive
    with monkeypatch.context() as slow:
        slow.setattr(snapshot, "_write", lambda row, write=snapshot._write: (write(row), changed(row))[0])
        assert write_asked(bureau_id=case.bureau.pk) == 0
    assert told(row) == []
    assert write_asked(bureau_id=case.bureau.pk) == 1


def test_of_a_subscription_that_ended_meanwhile_nothing_is_written(
    case: Case, supervisor: Actor, department: Department
) -> None:
    rated(case)
    row = ask(case, supervisor, department, "All")
    with station_scope(supervisor.scope()):
        end_subscription(actor=supervisor, subscription_id=row.pk, reason="Another department")
    assert write_asked(bureau_id=case.bureau.pk) == 0
    row.refresh_from_db()
    assert (row.last_sequence, row.snapshot_asked_at, told(row)) == (0, None, [])


def test_one_that_is_not_written_for_an_hour_is_an_alarm(
    case: Case, supervisor: Actor, department: Department
) -> None:
    """Until then publications leave the subscription out, so somebody has to know."""
    rated(case)
    row = ask(case, supervisor, department, "All")
    for minutes, is_late in ((50, False), (70, True)):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes)):
            with station_scope(OPERATOR.scope()):
                assert list(alarms(OPERATOR)) == [row] * is_late
            assert is_alarming(row) is is_late
            assert trouble_of(row) is (UNWRITTEN if is_late else None)


def test_it_comes_later_while_a_publication_is_on_its_way(
    case: Case, supervisor: Actor, department: Department
) -> None:
    row = ask(case, supervisor, department, "All")

    def waits() -> bool:
        write_asked(bureau_id=case.bureau.pk)
        row.refresh_from_db()
        return row.snapshot_asked_at is not None

    publisher = connection.copy()
    try:
        with publisher.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, row.bureau_id & LARGEST_INTEGER])
        assert waits()
    finally:
        publisher.close()
    assert not waits()


def test_before_anything_is_rated_the_address_brings_it_once(
    case: Case, supervisor: Actor, department: Department
) -> None:
    row = subscribe(case, supervisor, department, "Early")
    assert (row.last_sequence, told(row)) == (0, [])
    old = SubscriptionFactory(department=department, last_sequence=0)
    rated(case)  # both get the publications
    new = SubscriptionFactory(department=department)  # as one from before there were snapshots
    for each, address in ((new, "one"), (new, "two"), (old, "one")):
        with station_scope(OPERATOR.scope()):
            set_address(
                actor=OPERATOR,
                subscription_id=each.pk,
                version=Subscription.objects.get(pk=each.pk).version,
                url=f"https://hooks.example/{address}",
                allowed_hosts=["hooks.example"],
            )
    write_asked(bureau_id=case.bureau.pk)
    assert [payload["data"]["cause"] for payload in told(new)] == ["snapshot"]
    assert [payload["data"]["cause"] for payload in told(old)] == ["regular", "regular"]


def test_an_address_does_not_wait_for_a_publication_that_may_wait_for_its_row(department: Department) -> None:
    """A publication has the bureau's lock when it locks the rows: whoever has a row and asks for the lock deadlocks."""
    row = SubscriptionFactory(department=department)
    publisher = connection.copy()
    try:
        with publisher.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, row.bureau_id & LARGEST_INTEGER])
        with station_scope(OPERATOR.scope()):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            set_address(
                actor=OPERATOR,
                subscription_id=row.pk,
                version=row.version,
                url="https://hooks.example/one",
                allowed_hosts=["hooks.example"],
            )
    finally:
        publisher.close()
