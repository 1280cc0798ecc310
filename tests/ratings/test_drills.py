"""Drills with real processes: whatever dies, each enterprise gets one rating per quarter, and the run completes."""

import datetime as dt
import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from enterprises.models import Enterprise
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from inspections.models import Inspection
from ratings.models import Evaluation, Rating
from ratings.operations import adopt_default_standard, open_due_evaluations, open_evaluation, publish_standard
from ratings.operations.evaluations import SMALLEST_BATCH, bureau_actor
from ratings.operations.standards import shipped_standards
from ratings.tasks import wake_workers
from tests.factories import BureauFactory, StationFactory
from tests.ratings.processes import beat, worker
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.drill,
    pytest.mark.xdist_group("drills"),
]

STATIONS = 4
PER_STATION = SMALLEST_BATCH  # so that each station is a batch
FEW = 200  # all are one batch
LAST = Period.of(timezone.localdate()).shift(-1)


@pytest.fixture
def bureau(request: pytest.FixtureRequest) -> Bureau:
    """A bureau of so many enterprises at each of four stations, every second one inspected."""
    per_station: int = getattr(request, "param", PER_STATION)
    bureau = BureauFactory(rates_from=LAST.code, cut_off_days=0)
    stations = [StationFactory(bureau=bureau) for _number in range(STATIONS)]
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)
        enterprises = Enterprise.objects.bulk_create(
            Enterprise(bureau=bureau, station=station, name=f"{station.code}-{number}")
            for station in stations
            for number in range(per_station)
        )
        Inspection.objects.bulk_create(
            Inspection(
                enterprise=each,
                station_id=each.station_id,
                inspected_on=LAST.start + dt.timedelta(days=each.pk % 60),
                conclusion="qualified",
            )
            for each in enterprises[::2]
        )
    return bureau


def _queue_length() -> int:
    return redis.Redis.from_url(settings.CELERY_BROKER_URL).llen("celery")


def runs_of(bureau: Bureau, **filters: Any) -> list[Evaluation]:
    with station_scope(bureau_actor(bureau.pk).scope()):
        return list(Evaluation.objects.filter(bureau=bureau, **filters).order_by("period_code", "run"))


def complete(bureau: Bureau, count: int = 1) -> Callable[[], list[Evaluation] | None]:
    """Return a check for ``wait_for``: the bureau's runs, once this many are complete."""

    def check() -> list[Evaluation] | None:
        runs = runs_of(bureau)
        assert not [run.error for run in runs if run.state == "failed"]
        return runs if sum(run.is_complete for run in runs) >= count else None

    return check


def assert_rated_once(bureau: Bureau, evaluation: Evaluation, per_station: int = PER_STATION) -> None:
    with station_scope(bureau_actor(bureau.pk).scope()):
        rated = list(Rating.objects.filter(evaluation=evaluation).values_list("enterprise_id", flat=True))
        official = Rating.objects.filter(period_code=evaluation.period_code, trial=False).count()
    assert len(rated) == len(set(rated)) == STATIONS * per_station == evaluation.registered
    assert sum(evaluation.counts.values()) == len(rated)
    if not evaluation.is_trial:
        assert official == len(rated)


def test_two_beats_and_two_workers_rate_once(bureau: Bureau, tmp_path: Path) -> None:
    with worker("one"), worker("two"), beat(tmp_path, "first"), beat(tmp_path, "second"):
        runs = wait_until(complete(bureau))
    assert [run.period_code for run in runs] == [LAST.code]
    assert_rated_once(bureau, runs[0])


@pytest.mark.parametrize("bureau", [FEW], indirect=True)
def test_missed_quarters_are_made_up_in_order(bureau: Bureau, tmp_path: Path) -> None:
    bureau.rates_from = LAST.shift(-2).code
    bureau.save()
    with worker(), beat(tmp_path):
        runs = wait_until(complete(bureau, 3), 90)
    assert [run.period_code for run in runs] == [LAST.shift(-2).code, LAST.shift(-1).code, LAST.code]
    assert [run.completed_at for run in runs] == sorted(run.completed_at for run in runs)
    for run in runs:
        assert_rated_once(bureau, run, FEW)


def owner_connection() -> psycopg2.extensions.connection:
    return psycopg2.connect(
        **{
            key: value
            for key, value in connections["owner"].get_connection_params().items()
            if key in ("host", "port", "user", "password", "dbname")
        }
    )


def waiting_for_ratings() -> bool:
    """Return whether a process waits for the lock on the ratings' table, in the middle of a batch."""
    with owner_connection() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'ratings_rating'::regclass AND NOT granted"
        )
        return cursor.fetchone()[0] > 0


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing(bureau: Bureau, tmp_path: Path) -> None:
    with station_scope(bureau_actor(bureau.pk).scope()):
        opened = open_evaluation(actor=bureau_actor(bureau.pk), period=LAST)
    blocker = owner_connection()
    try:
        with blocker.cursor() as cursor:
            cursor.execute("LOCK TABLE ratings_rating IN SHARE MODE")  # allows reads and blocks the INSERT
        wake_workers(bureau_id=bureau.pk, evaluation_id=opened.pk, batches=1)
        with worker("victim") as victim:
            wait_until(waiting_for_ratings)
            os.killpg(victim.pid, signal.SIGKILL)
            victim.wait()
    finally:
        blocker.rollback()
        blocker.close()
    assert not runs_of(bureau)[0].is_complete
    with worker("heir"), beat(tmp_path):
        runs = wait_until(complete(bureau))
    assert_rated_once(bureau, runs[0])


@pytest.mark.parametrize("bureau", [FEW], indirect=True)
def test_an_emptied_broker_delays_only(bureau: Bureau, tmp_path: Path) -> None:
    with station_scope(bureau_actor(bureau.pk).scope()):
        opened = open_evaluation(actor=bureau_actor(bureau.pk), period=LAST)
    wake_workers(bureau_id=bureau.pk, evaluation_id=opened.pk, batches=8)
    cache.clear()  # the broker's database
    with worker(), beat(tmp_path):
        runs = wait_until(complete(bureau))
    assert_rated_once(bureau, runs[0], FEW)


def test_the_digest_does_not_depend_on_workers(bureau: Bureau) -> None:
    actor = bureau_actor(bureau.pk)
    digests = set()
    for workers in (1, 3):
        with station_scope(actor.scope()):
            standard = publish_standard(actor=actor, text=shipped_standards()["hazards-only"])
            opened = open_evaluation(actor=actor, period=LAST, standard=standard, again=True)
        wake_workers(bureau_id=bureau.pk, evaluation_id=opened.pk, batches=8)
        with ExitStack() as stack:
            for number in range(workers):
                stack.enter_context(worker(f"w{number}"))
            wait_until(lambda pk=opened.pk: runs_of(bureau, pk=pk)[0].is_complete)
        evaluation = runs_of(bureau, pk=opened.pk)[0]
        assert_rated_once(bureau, evaluation)
        digests.add(evaluation.digest)
    assert len(digests) == 1
    assert digests != {""}


@pytest.mark.parametrize("bureau", [FEW], indirect=True)
def test_running_a_complete_evaluation_again_changes_nothing(bureau: Bureau, tmp_path: Path) -> None:
    with worker(), beat(tmp_path):
        before = wait_until(complete(bureau))[0]
    assert open_due_evaluations(bureau=bureau) == []
    wake_workers(bureau_id=bureau.pk, evaluation_id=before.pk, batches=2)
    with worker():
        wait_until(lambda: _queue_length() == 0)
    after = runs_of(bureau)[0]
    assert (after.digest, after.completed_at) == (before.digest, before.completed_at)
    assert_rated_once(bureau, after, FEW)
