"""Alive and ready; anonymous visitors see no more."""

import datetime as dt
import time

import pytest
import redis
import structlog
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import health
from embedded.heartbeats import ALL_KEYS, PUSHES, TASKS, workers_key
from foundation.accounts import auditing, sealing
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.sealing import is_overdue, seal_log, waiting_since
from foundation.tenancy.scope import station_scope
from tests.factories import RoleGrantFactory, StationFactory, UserFactory
from tests.ports import claim_port

PAGE = "/operator/health/"


@pytest.fixture(autouse=True)
def marks() -> None:
    """Remove the marks of all workers and beats."""
    health.broker().delete(*ALL_KEYS)


@pytest.mark.django_db
def test_alive_says_nothing_else(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


@pytest.mark.django_db
def test_ready_needs_worker_and_beat(client: Client) -> None:
    assert (client.get("/readyz").status_code, client.get("/readyz").content) == (503, b"not ready\n")
    health.note_worker("worker@one")
    assert client.get("/readyz").status_code == 503
    health.note_beat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.django_db
def test_ready_needs_a_worker_for_each_queue(client: Client) -> None:
    health.note_beat()
    health.note_worker("worker@one", [TASKS])
    assert client.get("/readyz").status_code == 503, "nobody pushes"
    health.note_worker("worker@two", [PUSHES])
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_an_old_heartbeat_does_not_count(client: Client) -> None:
    health.note_beat()
    health.broker().zadd(workers_key(TASKS), {"worker@one": time.time() - health.WORKER_SILENT_S - 1})
    assert client.get("/readyz").status_code == 503


def test_workers_long_gone_are_forgotten() -> None:
    now, kept = time.time(), health.WORKER_FORGOTTEN_S
    health.broker().zadd(
        workers_key(TASKS), {"worker@old": now - kept - 1, "worker@yesterday": now - kept + 60}
    )
    health.note_worker("worker@one")
    assert set(health.broker().zrange(workers_key(TASKS), 0, -1)) == {b"worker@yesterday", b"worker@one"}


def test_no_database(client: Client) -> None:
    # pytest-django refuses the connection here, as a server that is down would
    health.note_worker("worker@one")
    health.note_beat()
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_no_broker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = redis.Redis("127.0.0.1", claim_port(), retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(health, "broker", lambda: nowhere)
    assert client.get("/readyz").status_code == 503
    health.note_beat()  # a beat without a broker continues


@pytest.mark.django_db
def test_strangers_see_no_details(client: Client) -> None:
    answer = client.get("/operator/health/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.django_db
def test_operators_see_what_is_missing_and_officers_do_not(client: Client) -> None:
    def page(role: Role, **place: object) -> HttpResponse:
        user = UserFactory()
        RoleGrantFactory(user=user, role=role, **place)
        client.force_login(user)
        return client.get("/operator/health/")

    health.note_worker("worker@one")
    shown = page(Role.OPERATOR, station=None)
    assert shown.status_code == 200
    assert "worker@one" in shown.content.decode()
    assert "has not run yet" in shown.content.decode()
    assert page(Role.OFFICER, station=StationFactory()).status_code == 403


def test_the_health_page_says_how_old_the_oldest_unsealed_entry_is(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory()
    RoleGrantFactory(user=user, role=Role.OPERATOR, station=None)
    operator = system_actor(bureau_id=0, stations=[])
    assert waiting_since() is None
    client.force_login(user)
    with station_scope(operator.scope()):
        auditing.write([auditing.entry(actor=operator, action="forgotten", target=user)], actor=operator)
    assert "the oldest unsealed entry is 0\N{NO-BREAK SPACE}minutes old" in client.get(PAGE).content.decode()
    assert not is_overdue(waiting_since())
    later = timezone.now() + dt.timedelta(hours=3)
    with time_machine.travel(later, tick=False), structlog.testing.capture_logs() as logged:
        assert is_overdue(waiting_since())
        seal_log()  # this transaction is still open, so its entry waits
    assert [each["event"] for each in logged] == ["audit log not sealed"]
    monkeypatch.setattr(sealing, "waiting_since", lambda: None)
    assert "all entries are sealed" in client.get(PAGE).content.decode()
