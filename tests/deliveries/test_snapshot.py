"""The first message of a new subscription: today's state of what it covers, once, numbered like others."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from deliveries.models import Receipt, SnapshotPart, Subscription
from deliveries.operations import create_subscription, end_subscription, set_address, snapshot
from deliveries.operations.publishing import LOCK, announce
from deliveries.operations.snapshot import write_asked, write_snapshot
from deliveries.selectors import alarms
from deliveries.staff.selectors import is_alarming
from deliveries.staff.wording import UNWRITTEN, trouble_of
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Department
from foundation.ids import LARGEST_INTEGER
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation
from ratings.operations import correct_ratings, publish_standard
from ratings.operations.evaluations import bureau_actor
from tests.deliveries.conftest import OPERATOR
from tests.deliveries.test_publishing import department, names, told
from tests.factories import (
    BureauFactory,
    DepartmentFactory,
    EnterpriseFactory,
    EvaluationFactory,
    RatingFactory,
    StationFactory,
    SubscriptionFactory,
)
from tests.ratings.conftest import Case, standard
from tests.waiting import patience

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


def in_parts(case: Case, monkeypatch: pytest.MonkeyPatch) -> Evaluation:
    """Five ratings, of which a message holds two."""
    monkeypatch.setattr(snapshot, "RATINGS_PER_MESSAGE", 2)
    case.adopt(standard())
    for number in range(5):
        case.deserve(case.enterprise(name=f"e{number}"), "2026Q3", "yellow")
    return case.rate("2026Q3")


def shape(row: Subscription) -> list[tuple[Any, ...]]:
    return [
        (
            data["sequence"],
            data["cause"],
            data["part"],
            data["parts"],
            [rating["name"] for rating in data["ratings"]],
        )
        for data in (payload["data"] for payload in told(row))
    ]


def test_killed_between_two_messages_it_goes_on_and_what_is_published_meanwhile_follows_once(
    case: Case, supervisor: Actor, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    regular = in_parts(case, monkeypatch)
    row = ask(case, supervisor, department, "All")
    write = snapshot._write_part
    parts: list[int] = []

    def killed_at_the_second(row: Subscription, part: Any) -> int:
        parts.append(part.place)
        if part.place == 2:
            raise KeyboardInterrupt
        return write(row, part)

    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "_write_part", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            write_snapshot(bureau_id=case.bureau.pk, subscription_id=row.pk)
    first = (1, "snapshot", 1, 3, ["e0", "e1"])
    assert shape(row) == [first]

    case.deserve(Enterprise.objects.get(name="e0"), "2026Q3", "green")
    case.deserve(Enterprise.objects.get(name="e4"), "2026Q3", "green")
    case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late record"))
    assert shape(row) == [first]  # the correction is told by who writes the snapshot
    assert write_snapshot(bureau_id=case.bureau.pk, subscription_id=row.pk) == 3
    told_once = [
        first,
        (2, "snapshot", 2, 3, ["e2", "e3"]),
        (3, "snapshot", 3, 3, ["e4"]),
        (4, "correction", 1, 1, ["e0", "e4"]),
    ]
    assert shape(row) == told_once
    assert told(row)[2]["data"]["ratings"][0]["colour"] == "yellow"  # as it was when the snapshot began
    row.refresh_from_db()
    assert (row.last_sequence, row.snapshot_asked_at, row.snapshot_of) == (4, None, None)
    assert not SnapshotPart.objects.exists()
    assert write_snapshot(bureau_id=case.bureau.pk, subscription_id=row.pk) == 0
    assert shape(row) == told_once


def write_part_of(row: Subscription, **changes: Any) -> Any:
    """Write a message, and see the subscription changed by somebody else when it is written."""
    write = snapshot._write_part

    def changed(seen: Subscription, part: Any) -> int:
        written = write(seen, part)
        for name, value in changes.items():
            setattr(seen, name, value)  # as it was when the worker read it
        return written

    return changed


def test_what_the_bureau_takes_away_while_it_is_written_is_not_told(
    case: Case, supervisor: Actor, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(case, monkeypatch)
    row = ask(case, supervisor, department, "All")
    write = snapshot._write_part

    def killed_at_the_second(row: Subscription, part: Any) -> int:
        if part.place == 2:
            raise KeyboardInterrupt
        return write(row, part)

    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "_write_part", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            write_asked(bureau_id=case.bureau.pk)
    Enterprise.objects.filter(name="e3").update(industry_code="F51")
    Subscription.objects.filter(pk=row.pk).update(industries=["F"])
    narrowed = write_part_of(row, industries=["C"])
    with monkeypatch.context() as slow:  # once more, while a message is being written
        slow.setattr(snapshot, "_write_part", narrowed)
        assert write_asked(bureau_id=case.bureau.pk) == 0
    assert write_asked(bureau_id=case.bureau.pk) == 1
    assert shape(row) == [(1, "snapshot", 1, 3, ["e0", "e1"]), (2, "snapshot", 1, 1, ["e3"])]
    Subscription.objects.filter(pk=row.pk).update(snapshot_asked_at=timezone.now(), active=False)
    assert write_asked(bureau_id=case.bureau.pk) == 0
    row.refresh_from_db()
    assert row.snapshot_asked_at is None


def test_who_leaves_the_area_while_it_is_written_is_left_out(
    case: Case, supervisor: Actor, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handed over after the ratings were chosen, before the message is written. Its part stays: receivers count them."""
    in_parts(case, monkeypatch)
    row = ask(case, supervisor, department, "First station", stations=[case.first.pk])
    write = snapshot._write_part

    def handed_over(row: Subscription, part: Any) -> int:
        Enterprise.objects.filter(name__in=["e1", "e4"]).update(station=case.second)
        return write(row, part)

    monkeypatch.setattr(snapshot, "_write_part", handed_over)
    assert write_asked(bureau_id=case.bureau.pk) == 3
    assert shape(row) == [
        (1, "snapshot", 1, 3, ["e0"]),
        (2, "snapshot", 2, 3, ["e2", "e3"]),
        (3, "snapshot", 3, 3, []),
    ]
    written = Receipt.objects.filter(subscription=row).order_by("sequence")
    assert list(written.values_list("part", "parts", "size")) == [(1, 3, 1), (2, 3, 2), (3, 3, 0)]


@pytest.mark.django_db(transaction=True)
def test_neither_a_publication_nor_a_change_waits_while_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also of two standards: what was written of the first does not stay locked until the second is written."""
    monkeypatch.setattr("deliveries.tasks.push_due.delay", lambda *_arguments: None)
    bureau = BureauFactory()
    enterprises = EnterpriseFactory.create_batch(2, station=StationFactory(bureau=bureau))
    runs = [
        EvaluationFactory(bureau=bureau, kind=kind, run=run, state="complete", criteria=["B2"])
        for kind, run in (("regular", 1), ("correction", 2))
    ]
    for run, enterprise in zip(runs, enterprises, strict=True):
        RatingFactory(evaluation=run, enterprise=enterprise, revision=run.run, reasons=["lost"])
    department = DepartmentFactory(bureau=bureau)
    row = SubscriptionFactory(department=department, snapshot_asked_at=timezone.now())
    SubscriptionFactory(department=department)
    write = snapshot._write_part

    def somebody_else() -> None:
        try:
            with station_scope(bureau_actor(bureau.pk).scope()):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '10s'")
                Subscription.objects.select_for_update(nowait=True).get(pk=row.pk)
                announce(sender=Evaluation, evaluation=runs[0])
        finally:
            connections.close_all()

    def busy(row: Subscription, part: Any) -> int:
        with ThreadPoolExecutor(1) as other:
            other.submit(somebody_else).result(patience(20))
        return write(row, part)

    monkeypatch.setattr(snapshot, "_write_part", busy)
    assert write_asked(bureau_id=bureau.pk) == 2
    with station_scope(bureau_actor(bureau.pk).scope()):
        assert [payload["data"]["evaluation"] for payload in told(row)] == [run.pk for run in runs]


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
