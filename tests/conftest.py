"""What every test stands on: the database made by the owner role and used by the runtime role, a closed network."""

import datetime as dt
import ipaddress
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# No test says how long something takes: neither an example nor drawing it has a limit.
hypothesis_settings.register_profile("anqi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("anqi")

pytest_plugins = ["tests.drills", "tests.hanging", "tests.leaks", "tests.fixtures"]


# Walks over everything: what they run, the tests of each app run too, and measuring them costs half as much again.
UNMEASURED = {
    *("browser", "isolation", "newcomer", "production", "upgrade"),
    *("test_all_faults.py", "test_every_offer.py", "test_one_answer.py", "test_permissions.py"),
    *("test_sent_twice.py", "test_statements.py", "test_who_sees_what.py"),
}
# Further cases of a test run the same code as its first one, and measuring costs more than half as much again.
MEASURED_CASES = 1
_cases: Counter[str] = Counter()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure the coverage of the first cases of the apps' own tests: neither of drills nor of walks over everything."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if controller is None:
        return (yield)
    walks = UNMEASURED.intersection(item.path.relative_to(item.config.rootpath).parts)
    test = item.nodeid.partition("[")[0]
    _cases[test] += 1
    if not walks and not item.get_closest_marker("drill") and _cases[test] <= MEASURED_CASES:
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """One database: ``anqi_owner`` creates and migrates it, the tests work in it as ``anqi_app``.

    Django would take the two aliases for two databases of which one mirrors the other, and then either
    migrate as the wrong role or leave the default alias outside the test's transaction.
    """
    owner, default = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        before = owner.settings_dict["NAME"]
        owner.creation.create_test_db(
            verbosity=max(request.config.option.verbose - 1, 0),
            autoclobber=True,
            keepdb=django_db_keepdb and not django_db_createdb,
            serialize=False,
        )
        default.close()
        default.settings_dict["NAME"] = owner.settings_dict["NAME"]
        _flush_as_owner()
        owner.close()
    yield
    with django_db_blocker.unblock():
        for connection in connections.all(initialized_only=True):
            connection.close()
        if not django_db_keepdb:
            owner.creation.destroy_test_db(before, verbosity=0)


def _flush_as_owner() -> None:
    """Tests that commit empty the tables afterwards, which the runtime role must not be able to do."""
    owner = connections["owner"].get_connection_params()
    parameters = {
        name: owner[name] for name in ("host", "port", "user", "password", "dbname") if name in owner
    }

    def execute(_statements: list[str]) -> None:  # none: on this alias Django thinks no table is its own
        with psycopg2.connect(**parameters) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
            )
            cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")
        connection.close()

    connections["default"].ops.execute_sql_flush = execute


DAY_OF_RUN = "ANQI_DAY_OF_TEST_RUN"


def pytest_configure() -> None:
    """Remember on which day the run began; the workers of xdist inherit it."""
    os.environ.setdefault(DAY_OF_RUN, timezone.localdate().isoformat())


def _on_day_of_run() -> time_machine.travel | None:
    """A clock that still shows the day on which the run began, or nothing while it is that day."""
    late = timezone.localdate() - dt.date.fromisoformat(os.environ[DAY_OF_RUN])
    return time_machine.travel(timezone.now() - late, tick=True) if late else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Cases name days by their distance from today, and are made when the tests are collected."""
    if travel := _on_day_of_run():
        with travel:
            return (yield)
    return (yield)


@pytest.fixture(autouse=True)
def one_day(nothing_left_behind: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Midnight does not come between a case and its test.

    Drills keep the real clock, as the processes they start do.
    """
    travel = None if request.node.get_closest_marker("drill") else _on_day_of_run()
    if travel:
        with travel:
            yield
    else:
        yield


@pytest.fixture(autouse=True)
def closed_network(nothing_left_behind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond this machine."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
        def check(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
                raise RuntimeError(f"A test tried to reach {address[0]}; the network is closed.")
            return connect(self, address)

        return check

    monkeypatch.setattr(socket.socket, "connect", guarded(real_connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(real_connect_ex))


@pytest.fixture(autouse=True)
def outages_end(nothing_left_behind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage the cache is not asked for some seconds; here those of the next test would be among them."""
    for name in ("foundation.rest.throttling", "foundation.database.caching"):
        if module := sys.modules.get(name):
            monkeypatch.setattr(module, "_unavailable_until", float("-inf"))


def _is_loopback(host: str) -> bool:
    configured = {str(settings.DATABASES["default"].get("HOST", ""))}  # DATABASE_URL may name a real server
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host in configured


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name tests with long bytes by their argument: an archive has the time in it, and workers would collect other names."""
    return argname if isinstance(val, bytes) and len(val) > 20 else None
