"""A test leaves the process as it found it: what it changed is put back, and the test that changed it fails.

A kind is looked at before and after every test. To watch one more, add it to ``KINDS``.
"""

import functools
import gc
import locale
import os
import random
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import celery.utils.dispatch
import psutil
import pytest
import structlog
import time_machine
from django.conf import settings
from django.core.cache import cache, caches
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import trans_real

from foundation.contributions.registry import Registry
from foundation.database.transactions import set_local, takes_statements
from foundation.tenancy import scope
from tests.waiting import patience

# Written by pytest itself while a test runs.
_PYTESTS_OWN = {"PYTEST_CURRENT_TEST"}
# Started once by a library for as long as the process lives.
_LIBRARIES_THREADS = {"tqdm_monitor"}


@dataclass(frozen=True)
class Kind:
    """Something that outlives a test unless it is put back."""

    name: str
    look: Callable[[], Any]
    put_back: Callable[[Any], None]
    # What is wrong with the second look, compared with the first; "" if nothing is.
    fault: Callable[[Any, Any], str] = lambda before, after: (
        "" if before == after else f"{before!r} became {after!r}"
    )


def _changed_keys(before: dict[str, Any], after: dict[str, Any]) -> str:
    missing = object()
    names = sorted(
        name for name in before.keys() | after.keys() if before.get(name, missing) != after.get(name, missing)
    )
    return ", ".join(names)


# --- language, time zone, scope, the context of log lines ---


def _language() -> tuple[str | None, Any]:
    return translation.get_language(), getattr(trans_real._active, "value", None)


def _put_back_language(before: tuple[str | None, Any]) -> None:
    translation.deactivate()
    if before[1] is not None:
        trans_real._active.value = before[1]


def _language_fault(before: tuple[str | None, Any], after: tuple[str | None, Any]) -> str:
    """Active or the default is all the same."""
    return "" if before[0] == after[0] else f"{before[0]} became {after[0]}"


def _put_back_time_zone(before: tuple[Any, ...]) -> None:
    if before[0] is None:
        timezone.deactivate()
    else:
        timezone.activate(before[0])
    time.tzset()  # TZ itself is part of the environment, which is put back before


def _put_back_log_context(before: dict[str, Any]) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**before)


# --- environment ---


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _PYTESTS_OWN}


def _put_back_environment(before: dict[str, str]) -> None:
    for name in _environment().keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _put_back_imports(before: list[str]) -> None:
    sys.path[:] = before


# --- chance ---


def _seeded(before: tuple[Any, ...], after: tuple[Any, ...], most: int = 2_000) -> str:
    """Drawing numbers moves the state along its own way; a state that lies elsewhere was set.

    The words of a state are exchanged together, after 624 draws.
    """
    way = random.Random()
    way.setstate(before)
    for _ in range(most):
        if way.getstate()[1][:-1] == after[1][:-1]:
            return ""
        way.getrandbits(32 * 624)
    return "the global generator was seeded"


# --- clock ---


def _put_back_clock(before: tuple[Any, ...]) -> None:
    depth, *functions = before
    while len(time_machine.traveller_stack) > depth:
        time_machine.travel(0).stop()  # stops the innermost, whoever started it
    time.time, time.monotonic, time.sleep, timezone.now = functions


def _clock_fault(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    if before[0] != after[0]:
        return "time_machine still travels"
    return "" if before == after else "a function of the clock is replaced"


# --- settings ---

# The first test that needs the database has it made, and that gives it its name.
_NAMED_LATE = {"DATABASES"}


def _settings() -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The object in force, its own values, and copies of those that can change in place."""
    own = {name: value for name, value in vars(settings._wrapped).items() if name.isupper()}
    inner = {
        name: value
        for name, value in own.items()
        if isinstance(value, (dict, list, set)) and name not in _NAMED_LATE
    }
    return settings._wrapped, own, {name: _copied(value) for name, value in inner.items()}


def _copied(value: Any) -> Any:
    """A copy of containers in containers; what they hold stays the same."""
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    if isinstance(value, (list, set)):
        return type(value)(_copied(inner) for inner in value)
    return value


def _settings_fault(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    if before[0] is not after[0]:
        names = sorted(name for name, value in after[1].items() if getattr(before[0], name, None) != value)
        return f"an override is in force: {', '.join(names)}"
    return _changed_keys(before[1], after[1]) or _changed_keys(before[2], after[2])


def _put_back_content(held: Any, before: Any) -> None:
    if isinstance(held, dict):
        for name in held.keys() - before.keys():
            del held[name]
        for name, value in before.items():
            if name in held and type(held[name]) is type(value) and isinstance(value, (dict, list, set)):
                _put_back_content(held[name], value)
            else:
                held[name] = value
    elif isinstance(held, list):
        held[:] = before
    else:
        held.clear()
        held.update(before)


def _put_back_settings(before: tuple[Any, ...]) -> None:
    wrapped, own, inner = before
    settings._wrapped = wrapped
    for name in [name for name in vars(wrapped) if name.isupper() and name not in own]:
        delattr(wrapped, name)
    vars(wrapped).update(own)
    for name, value in inner.items():
        _put_back_content(own[name], value)  # in place: others hold the same object
    for name in [name for name in vars(settings) if name.isupper()]:
        del vars(settings)[name]  # LazySettings keeps what was read


# --- cache ---


def _put_back_cache(before: Any) -> None:
    caches.settings = before
    with suppress(AttributeError):
        del caches["default"]


def _keys_in_cache() -> int:
    return cache._cache.get_client().dbsize()


# --- signals and registries ---


@functools.cache
def _all(kind: type) -> list[Any]:
    """Every instance there is when the first test starts; apps declare theirs at import."""
    return [
        each for each in gc.get_objects() if issubclass(type(each), kind)
    ]  # isinstance wakes lazy objects


def _ends_with_its_object(receiver: Any) -> bool:
    """A method connected weakly, as those of a middleware, or one that has ended."""
    return isinstance(receiver, weakref.WeakMethod) or (
        isinstance(receiver, weakref.ref) and receiver() is None
    )


def _receivers() -> tuple[list[tuple[Any, list[Any]]], set[str]]:
    """Of each signal those that last, and the modules imported so far: one that is imported later may connect some."""
    signals = (*_all(Signal), *_all(celery.utils.dispatch.Signal))
    lasting = [
        (signal, [each for each in signal.receivers or [] if not _ends_with_its_object(each[1])])
        for signal in signals
    ]
    return lasting, set(sys.modules)


def _module_of(receiver: Any) -> str:
    function = receiver() if isinstance(receiver, weakref.ref) else receiver
    return getattr(function, "__module__", "")


def _receivers_fault(before: tuple[list[Any], set[str]], after: tuple[list[Any], set[str]]) -> str:
    changed = []
    for (_signal, receivers), (_same, receivers_now) in zip(before[0], after[0], strict=True):
        keys, keys_now = {each[0] for each in receivers}, {each[0] for each in receivers_now}
        changed += [
            f"{each[1]!r} is connected"
            for each in receivers_now
            if each[0] not in keys and _module_of(each[1]) in before[1]
        ]
        changed += [
            f"{each[1]!r} is not"
            for each in receivers
            if each[0] not in keys_now and not _ends_with_its_object(each[1])
        ]
    return "; ".join(changed)


def _put_back_receivers(before: tuple[list[Any], set[str]]) -> None:
    for signal, receivers in before[0]:
        others = [
            each
            for each in signal.receivers or []
            if _ends_with_its_object(each[1]) or _module_of(each[1]) not in before[1]
        ]
        signal.receivers = [*receivers, *others]
        signal.sender_receivers_cache.clear()


def _registries() -> list[tuple[Registry[Any], dict[str, Any]]]:
    return [(registry, dict(registry._items)) for registry in _all(Registry)]


def _put_back_registries(before: list[tuple[Registry[Any], dict[str, Any]]]) -> None:
    for registry, items in before:
        registry._items = items


def _registries_fault(before: list[Any], after: list[Any]) -> str:
    return "; ".join(
        f"{registry.module}: {_changed_keys(items, now)}"
        for (registry, items), (_same, now) in zip(before, after, strict=True)
        if items != now
    )


# --- threads and processes ---


def _threads() -> set[threading.Thread]:
    return {
        each
        for each in threading.enumerate()
        if not isinstance(each, threading._DummyThread) and each.name not in _LIBRARIES_THREADS
    }


def _threads_fault(before: set[threading.Thread], after: set[threading.Thread]) -> str:
    for thread in after - before:
        thread.join(patience(3))
    return ", ".join(sorted(thread.name for thread in after - before if thread.is_alive()))


def _children() -> set[int]:
    """The child processes, where the kernel lists them; asking psutil costs milliseconds a test."""
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found.update(map(int, path.read_text().split()))
    return found


def _children_fault(before: set[int], after: set[int]) -> str:
    left = []
    for pid in after - before:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE:
                left.append(" ".join(process.cmdline())[:100] or f"pid {pid}, just started")
    return ", ".join(left)


def _end_children(before: set[int]) -> None:
    for pid in _children() - before:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE:
                process.kill()


KINDS = (
    Kind("clock", lambda: (len(time_machine.traveller_stack), time.time, time.monotonic, time.sleep, timezone.now), _put_back_clock, _clock_fault),
    Kind("language", _language, _put_back_language, _language_fault),
    Kind("environment", _environment, _put_back_environment, _changed_keys),
    Kind("folder", os.getcwd, os.chdir),
    Kind("import path", lambda: list(sys.path), _put_back_imports),
    Kind("locale", lambda: locale.setlocale(locale.LC_ALL), lambda before: locale.setlocale(locale.LC_ALL, before)),
    Kind("time zone", lambda: (getattr(timezone._active, "value", None), time.tzname), _put_back_time_zone),
    Kind("scope", scope.current_scope, scope._current.set),
    Kind("log context", structlog.contextvars.get_contextvars, _put_back_log_context),
    Kind("random state", random.getstate, random.setstate, _seeded),
    Kind("settings", _settings, _put_back_settings, _settings_fault),
    Kind("cache", lambda: caches.settings, _put_back_cache),
    Kind("signals", _receivers, _put_back_receivers, _receivers_fault),
    Kind("registries", _registries, _put_back_registries, _registries_fault),
    Kind("threads", _threads, lambda _before: None, _threads_fault),
    Kind("processes", _children, _end_children, _children_fault),
)  # fmt: skip


def pytest_collection_finish() -> None:
    """Take what the tests are made of, a gigabyte that stays, out of what the collector walks through again and again.

    A full collection would take half a second, twenty seconds of a run. What is frozen is in no later
    ``gc.get_objects()``, so what is declared at import is looked up before.
    """
    for kind in (Signal, celery.utils.dispatch.Signal, Registry):
        _all(kind)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Put the fixture below around all others of the test; pytest-django's own would come before and end later."""
    names, definitions = item.fixturenames, item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    names.remove(nothing_left_behind.__name__)
    wider = sum(1 for name in names if name in definitions and definitions[name][-1].scope != "function")
    names.insert(wider, nothing_left_behind.__name__)


_last_test = ""


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves something behind, and put it back; start with an empty cache.

    Fixtures of the module or the session are set up before, so what they change is not the test's. Valkey holds the
    queues too; only what is written after a test has ended betrays it, so the next test says whose it is.
    """
    global _last_test
    late, last = _keys_in_cache(), _last_test
    cache.clear()
    if late and last:
        _last_test = ""
        pytest.fail(f"{last} still writes to the cache after its end")
    before = [(kind, kind.look()) for kind in KINDS]
    yield
    faults = []
    for kind, looked in before:
        if (now := kind.look()) == looked:
            continue
        if fault := kind.fault(looked, now):
            faults.append(f"{kind.name}: {fault}")
        kind.put_back(looked)
    cache.clear()
    _last_test = request.node.nodeid
    if faults:
        pytest.fail("This test left something behind.\n" + "\n".join(faults), pytrace=False)


# --- requests ---


@contextmanager
def outside_scopes() -> Iterator[None]:
    """Leave the scope of the test for this block: a request comes without one, and so does a log-in."""
    outer, connection = scope.current_scope(), connections["default"]
    if outer is None or not connection.in_atomic_block:
        yield
        return
    token = scope._current.set(None)
    set_local(connection, scope.UNSET)
    try:
        yield
    finally:
        scope._current.reset(token)
        if takes_statements(connection):
            set_local(connection, outer.settings_of_transaction())


def _as_in_a_thread_of_its_own(
    get_response: Callable[[BaseHandler, HttpRequest], HttpResponseBase],
) -> Callable[[BaseHandler, HttpRequest], HttpResponseBase]:
    """Answer a request outside the scopes of the test, and give the language back.

    Django leaves the language to the next request of the thread.
    """

    @functools.wraps(get_response)
    def answer(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        before = getattr(trans_real._active, "value", None)
        try:
            with outside_scopes():
                response = get_response(self, request)
            if getattr(response, "streaming", False) and not response.is_async:
                response.streaming_content = _in_language(
                    response.streaming_content, translation.get_language()
                )
        finally:
            if before is None:
                translation.deactivate()
            else:
                trans_real._active.value = before
        return response

    return answer


def _in_language(content: Iterator[bytes], language: str | None) -> Iterator[bytes]:
    parts = iter(content)
    while True:
        with translation.override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


BaseHandler.get_response = _as_in_a_thread_of_its_own(BaseHandler.get_response)  # type: ignore[method-assign]


def _outside_scopes(log_in: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(log_in)
    def log_in_outside(*args: Any, **options: Any) -> None:
        with outside_scopes():
            log_in(*args, **options)

    return log_in_outside


Client._login = _outside_scopes(Client._login)  # type: ignore[attr-defined]
