"""Every kind of faulty receiver at once, two real workers, three days in five seconds."""

import datetime as dt
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from deliveries.operations import resume
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import Receiver, Reply, receiving
from tests.factories import BureauFactory
from tests.ratings.processes import beat, celery
from tests.waiting import wait_until

MESSAGES = 4


class Timed(Receiver):
    """Records when each request came."""

    def take(self, body: bytes, headers: dict[str, str]) -> Reply:
        reply = super().take(body, headers)
        self.requests[-1]["at"] = time.monotonic()
        return reply


def worker(name: str) -> Any:
    return celery(
        "worker",
        "--pool",
        "solo",
        "--hostname",
        f"{name}@bad",
        "--without-mingle",
        "--without-gossip",
        "-I",
        "tests.deliveries.hurried",
        SECRET_KEY=settings.SECRET_KEY,
        WEBHOOKS_PLAIN_HTTP="1",
    )


@pytest.mark.drill
@pytest.mark.xdist_group("drills")
@pytest.mark.django_db(transaction=True)
def test_every_kind_of_bad_receiver_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELIVERIES_INTERVAL_S", "0.5")
    bureau = BureauFactory()
    with ExitStack() as stack:
        trap = stack.enter_context(receiving())
        replies: dict[str, list[Reply]] = {
            "well": [],
            "error": [500, 204, 502, 503],
            "busy": [204, (429, {"retry-after": "2"})],
            "hanging": [204, "hang"],
            "closing": [204, "close", "close"],
            "redirecting": [(302, {"location": trap.url}), 204, (307, {"location": trap.url})],
            "gone": [204, 410],
            "away for days": [204] + [503] * 1000,
        }
        lines: dict[str, Line] = {}
        for name, answers in replies.items():
            lines[name] = Line(stack.enter_context(receiving(Timed)), bureau)
            lines[name].receiver.replies = answers
            lines[name].write(MESSAGES)
        for name in ("one", "two"):
            stack.enter_context(worker(name))
        stack.enter_context(beat(tmp_path))

        def delivered(*names: str) -> bool:
            return all(lines[name].now().last_delivered == MESSAGES for name in names)

        wait_until(lambda: delivered("well"))
        assert not delivered("gone"), "nobody waits for the bad ones"
        assert not delivered("away for days")
        wait_until(lambda: delivered("error", "busy", "hanging", "closing", "redirecting"))
        wait_until(lambda: lines["gone"].now().paused_why and lines["away for days"].now().paused_why)
        paused = {name: line.now().paused_why for name, line in lines.items() if line.now().paused_why}
        assert paused == {"gone": "gone", "away for days": "exhausted"}

        # The receivers are back; an operator resumes them.
        lines["gone"].write()
        lines["away for days"].receiver.replies = []
        for name in paused:
            assert lines[name].now().last_delivered == 1
            lines[name].operate(resume)
        wait_until(lambda: not any(line.now().waiting for line in lines.values()))

    for name, line in lines.items():
        receiver = line.receiver
        count = MESSAGES + (name == "gone")
        assert receiver.sequences == list(range(1, count + 1)), (name, "in order, none lost, none twice")
        sent = list(dict.fromkeys(request["id"] for request in receiver.requests))
        assert sent == [f"msg_{line.pk}_{number}" for number in range(1, count + 1)], name
        assert receiver.invalid == 0
        assert (line.now().attempts, line.now().failing_since) == (0, None)
    busy = lines["busy"].receiver.requests
    assert busy[2]["at"] - busy[1]["at"] >= 2, "not before Retry-After"
    away = [attempt for attempt in lines["away for days"].attempts() if attempt.status == 503]
    assert away[-1].at - away[0].at > dt.timedelta(seconds=4), "not given up before its patience ends"
    assert trap.requests == [], "no redirect is followed"


@pytest.mark.drill
@pytest.mark.xdist_group("drills")
@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_emptied_again_and_again_delays_only(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker loses everything while work is going on: queues, bindings, heartbeats."""
    monkeypatch.setenv("DELIVERIES_INTERVAL_S", "0.5")
    with worker("one"), beat(tmp_path):
        line.write()
        wait_until(lambda: line.now().last_delivered == 1)
        for number in range(2, 7):
            cache.clear()
            line.write()
            cache.clear()
            wait_until(lambda number=number: line.now().last_delivered == number)
            line.receiver.before_reply = cache.clear
    assert line.receiver.sequences == [1, 2, 3, 4, 5, 6]
    assert len(line.receiver.requests) == 6
