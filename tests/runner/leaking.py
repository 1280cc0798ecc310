"""One test for each thing that can be left behind, and one for those that leave nothing.

Not collected by the suite: test_leaks.py runs this file in a process of its own. Each function is followed by a test
that finds everything as it was.
"""

import locale
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import structlog
import time_machine
from django.conf import settings
from django.core.cache import cache, caches
from django.core.signals import request_started
from django.test import Client, override_settings
from django.utils import timezone, translation

from foundation.tenancy import scope
from tests import leaks

Looks = list[tuple[leaks.Kind, Any]]


@pytest.fixture(scope="session")
def first(django_test_environment: None) -> Looks:
    return [(kind, kind.look()) for kind in leaks.KINDS]


# What leaks, and parts of the message its test then fails with.
LEAKS: dict[Callable[[], None], tuple[str, ...]] = {}


def leaves(*message: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def declare(leak: Callable[[], None]) -> Callable[[], None]:
        LEAKS[leak] = message
        return leak

    return declare


def _receiver(**_more: Any) -> None: ...


@leaves("language: ")
def language() -> None:
    translation.activate("zh-hans")


@leaves("time zone: ")
def time_zone() -> None:
    timezone.activate("America/New_York")


@leaves("environment: TZ", "time zone: ")
def time_zone_of_the_process() -> None:
    os.environ["TZ"] = "America/New_York"
    time.tzset()


@leaves("scope: ")
def tenancy_scope() -> None:
    scope._current.set(scope.Scope(scope.NO_STATION, audience=scope.Audience.SYSTEM))


@leaves("environment: ANQI_LEFT, DATA_DIR")
def environment() -> None:
    os.environ["ANQI_LEFT"] = "1"
    os.environ.pop("DATA_DIR", None)


@leaves("folder: ")
def folder() -> None:
    os.chdir("/")


@leaves("import path: ")
def import_path() -> None:
    sys.path.append("/nowhere")


@leaves("log context: ")
def log_context() -> None:
    structlog.contextvars.bind_contextvars(request_id="left")


@leaves("random state: ")
def random_state() -> None:
    random.seed(4)


@leaves("clock: time_machine still travels")
def clock() -> None:
    time_machine.travel("2030-01-01").start()


@leaves("clock: a function")
def clock_function() -> None:
    timezone.now = lambda: None


@leaves("settings: an override is in force: DEBUG")
def settings_override() -> None:
    override_settings(DEBUG=True).enable()


@leaves("settings: LANGUAGE_CODE")
def setting() -> None:
    settings.LANGUAGE_CODE = "zh-hans"


@leaves("settings: CACHES")
def setting_changed_in_place() -> None:
    settings.CACHES["default"]["TIMEOUT"] = 1


@leaves("cache: ")
def cache_configuration() -> None:
    caches.settings = caches.settings | {"other": caches.settings["default"]}


@leaves("signals: ", "is connected")
def signal() -> None:
    request_started.connect(_receiver)


@leaves("signals: ", "is not")
def signal_disconnected() -> None:
    from django.db import reset_queries

    assert request_started.disconnect(reset_queries)


@leaves("registries: ")
def registry() -> None:
    one = leaks._all(leaks.Registry)[0]
    one._items.popitem()


@leaves("locale: ")
def locale_of_the_process() -> None:
    other = "C" if locale.setlocale(locale.LC_ALL) != "C" else "C.UTF-8"
    locale.setlocale(locale.LC_ALL, other)


@leaves("threads: left")
def thread() -> None:
    threading.Thread(target=time.sleep, args=(120,), daemon=True, name="left").start()


@leaves("processes: ")
def process() -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def finds_everything_as_it_was(first: Looks) -> None:
    assert cache.get("left") is None
    cache.set("left", 1)
    for kind, before in first:
        if kind.name not in ("threads", "random state"):
            assert not kind.fault(before, kind.look()), kind.name


STEPS = [
    pytest.param(leak, step, id=f"{leak.__name__}-{step}") for leak in LEAKS for step in ("leaves", "next")
]


@pytest.mark.parametrize(("leak", "step"), STEPS)
def test_leak(first: Looks, leak: Callable[[], None], step: str) -> None:
    if step == "leaves":
        leak()
    else:
        finds_everything_as_it_was(first)


class TestLate:
    """What is written after the end of a test is found by the next one."""

    def test_writes(self) -> None:
        writer = f"import redis, time; time.sleep(1); redis.Redis.from_url({settings.CACHES['default']['LOCATION']!r}).set('late', 1)"
        subprocess.run(["setsid", "--fork", sys.executable, "-c", writer], check=True)

    @pytest.fixture(scope="class")
    def after_a_while(self) -> None:
        deadline = time.monotonic() + 60
        while not leaks._keys_in_cache() and time.monotonic() < deadline:
            time.sleep(0.1)

    def test_next(self, after_a_while: None) -> None: ...


class TestTidy:
    """Nothing of this is a leak."""

    def test_everything_put_back(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.DEBUG = True
        monkeypatch.setenv("ANQI_LEFT", "1")
        cache.set("left", 1)
        [random.random() for _ in range(5_000)]
        with translation.override("zh-hans"), timezone.override("America/New_York"), time_machine.travel(0):
            pass
        writing = threading.Thread(target=time.sleep, args=(0.2,))
        writing.start()

    def test_a_request_keeps_its_language_to_itself(self) -> None:
        answer = Client().get("/healthz", headers={"accept-language": "zh-hans"})
        assert (answer.status_code, translation.get_language()) == (200, "en")
