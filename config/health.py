"""Liveness and readiness probes, and what the operator's health page shows.

``/healthz``: this process answers. ``/readyz``: database and broker answer, a worker sent a heartbeat, beat ticked. The
middleware answers both early: no session, no host check, no redirect, no details.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import cast

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded.heartbeats import BEAT_KEY, PUSHES, QUEUES, TASKS, workers_key
from foundation.words import Words, listed

WORKER_SILENT_S = 30  # a worker sends a heartbeat every two seconds
WORKER_FORGOTTEN_S = 24 * 3600
BEAT_SILENT_S = 60  # beat ticks at least every CELERY_BEAT_MAX_LOOP_INTERVAL
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """One part of the system and its state."""

    name: Words
    well: bool
    detail: Words = ""


@cache
def broker() -> redis.Redis:
    """Return this process's connection pool to the broker. Timeouts are short: a probe must not hang."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=3, socket_connect_timeout=3, retry=once
    )


def note_worker(hostname: str, queues: Iterable[str] = QUEUES) -> None:
    """Record a heartbeat of a worker that takes these queues."""
    now = time.time()

    def write() -> None:
        with broker().pipeline() as pipe:
            for key in map(workers_key, queues):
                pipe.zadd(key, {hostname: now})
                # each container has a new name
                pipe.zremrangebyscore(key, "-inf", now - WORKER_FORGOTTEN_S)
            pipe.execute()

    _note(write)


def note_beat() -> None:
    """Record a tick of beat."""
    _note(lambda: broker().set(BEAT_KEY, time.time()))


def _note(write: Callable[[], object]) -> None:
    try:
        write()
    except redis.RedisError as error:  # worker and beat handle an unreachable broker themselves
        logger.warning("health mark not written: %s", type(error).__name__)


def findings() -> list[Finding]:
    """Return the state of every part the system needs."""
    return [_database(), *_broker_and_processes()]


def _database() -> Finding:
    name = _("Database")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            return Finding(name, True, str(cursor.fetchone()[0]))
    except Exception as error:  # noqa: BLE001  (any error means "not ready")
        logger.error("database not reachable: %s", type(error).__name__)
        return Finding(name, False, type(error).__name__)


def _broker_and_processes() -> list[Finding]:
    names = (
        pgettext_lazy("message broker", "Broker"),
        _("Worker"),
        _("Worker for pushes"),
        pgettext_lazy("scheduler", "Beat"),
    )
    now = time.time()
    try:
        workers = [_alive(queue, now) for queue in (TASKS, PUSHES)]
        beat = broker().get(BEAT_KEY)
    except redis.RedisError as error:
        logger.error("broker not reachable: %s", type(error).__name__)
        return [Finding(name, False, type(error).__name__) for name in names]
    silence_s = now - float(beat) if beat else None
    return [
        Finding(names[0], True),
        *(
            Finding(name, bool(alive), listed(alive) or _("no heartbeat"))
            for name, alive in zip(names[1:3], workers, strict=True)
        ),
        Finding(
            names[3],
            silence_s is not None and silence_s < BEAT_SILENT_S,
            _("has not run yet")
            if silence_s is None
            else _("last run %(seconds)d s ago") % {"seconds": silence_s},
        ),
    ]


def _alive(queue: str, now: float) -> list[str]:
    """Return the names of the workers of a queue that sent a heartbeat lately."""
    found = broker().zrange(workers_key(queue), 0, -1, withscores=True, desc=True)
    seen = cast("list[tuple[bytes, float]]", found)  # the type of redis covers every way to call it
    return [host.decode() for host, seen_at in seen if now - seen_at < WORKER_SILENT_S]


class HealthMiddleware:
    """Answers the two probes before anything else can fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return _plain("ok", 200)
        if request.path == "/readyz":
            ready = all(finding.well for finding in findings())
            return _plain("ready", 200) if ready else _plain("not ready", 503)
        return self.get_response(request)


def _plain(text: str, status: int) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain", headers=headers)
    response._has_been_logged = True  # type: ignore[attr-defined]  # a failed probe during start-up is no error
    return response
