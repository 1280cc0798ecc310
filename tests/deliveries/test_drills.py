"""Drills with real workers and beats: from a due quarter to the department's system, whatever dies on the way."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from deliveries.models import Event
from deliveries.operations.pushing import due_ids
from deliveries.operations.snapshot import write_asked
from deliveries.tasks import push_due
from enterprises.models import Enterprise
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.operations import adopt_default_standard
from ratings.operations.evaluations import bureau_actor
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import Receiver, receiving
from tests.factories import BureauFactory, StationFactory
from tests.ratings.processes import beat, celery
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.drill,
    pytest.mark.xdist_group("drills"),
]

LAST = Period.of(timezone.localdate()).shift(-1)
ENTERPRISES = 1_200


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELIVERIES_INTERVAL_S", "1")


def worker(name: str = "w") -> AbstractContextManager[subprocess.Popen]:
    """Run a worker with one process that can decrypt the test's secrets."""
    return celery(
        "worker",
        "--pool",
        "solo",
        "--hostname",
        f"{name}@deliveries",
        "--without-mingle",
        "--without-gossip",
        SECRET_KEY=settings.SECRET_KEY,
        WEBHOOKS_PLAIN_HTTP="1",
    )


@pytest.fixture
def second() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_from_the_quarter_to_the_departments(receiver: Receiver, second: Receiver, tmp_path: Path) -> None:
    """Facts → quarter → events → push: each message arrives once, in order, by workers and a beat alone."""
    bureau = BureauFactory(rates_from=LAST.code, cut_off_days=0)
    station = StationFactory(bureau=bureau)
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)
        Enterprise.objects.bulk_create(
            Enterprise(bureau=bureau, station=station, name=f"E{number}") for number in range(ENTERPRISES)
        )
    everything, greens = Line(receiver, bureau), Line(second, bureau, colours=["green"])
    # Nothing is rated yet. Written after the quarter, a first state that nobody is in would be a message of its own.
    assert write_asked(bureau_id=bureau.pk) == 0
    receiver.replies = [500]  # one failure
    with worker("one"), worker("two"), beat(tmp_path):
        wait_until(lambda: everything.now().last_delivered == 3)
    assert receiver.sequences == [1, 2, 3]
    told = [rating["enterprise"] for message in receiver.kept for rating in message["data"]["ratings"]]
    assert len(told) == len(set(told)) == ENTERPRISES
    assert (receiver.invalid, second.requests, greens.now().last_sequence) == (0, [], 0)
    with everything.scope():
        assert Event.objects.count() == 3


def test_a_worker_killed_while_it_waits_for_the_answer(line: Line, tmp_path: Path) -> None:
    line.write(3)
    line.receiver.replies = [204, "hang"]
    push_due(line.bureau.pk)
    with worker("victim") as victim:
        wait_until(lambda: len(line.receiver.requests) == 2)  # it has the second message but has not answered
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
    line.receiver.end_hang.set()
    now = line.now()
    assert (now.last_delivered, now.lease_token is not None) == (1, True)
    assert due_ids(bureau_id=line.bureau.pk) == []
    line.change(leased_until=timezone.now())  # a minute passes
    with worker("heir"), beat(tmp_path):
        wait_until(lambda: line.now().last_delivered == 3)
    assert line.receiver.sequences == [1, 2, 3]
    ids = [each["id"] for each in line.receiver.requests]
    assert ids == [f"msg_{line.pk}_{number}" for number in (1, 2, 2, 3)]


def test_an_emptied_broker_delays_only(line: Line, tmp_path: Path) -> None:
    line.write(2)
    push_due(line.bureau.pk)
    cache.clear()  # the broker's database
    with worker(), beat(tmp_path):
        wait_until(lambda: line.now().last_delivered == 2)
    assert line.receiver.sequences == [1, 2]
