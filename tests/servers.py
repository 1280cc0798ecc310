"""The servers of a test session: a pytest plugin, loaded by ``-p`` before anything reads the settings.

The controlling process starts PostgreSQL and Valkey once; the workers of pytest-xdist attach by address.
Each session takes a data folder of its own (``<DATA_DIR>/../<name>-test[-n]``), so two sessions never meet.

The tests ignore ``.env`` and this machine's settings, and empty the servers they use. So servers that they did not start
must be named for this: ``TEST_DATABASE_URL``, ``TEST_DATABASE_OWNER_URL`` and ``TEST_REDIS_URL``.
"""

import atexit
import contextlib
import fcntl
import os
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

import pytest

from embedded import configuration
from embedded.postgres import Postgres
from embedded.servers import running
from tests import surroundings

_session = contextlib.ExitStack()


# Settings of an installation on this machine. The data folder stays: a run may be given one of its own.
_INSTALLATION = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "DEBUG"),
    *("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXIES", "HTTPS", "SECOND_FACTOR_REQUIRED"),
    *(
        "IDLE_TIMEOUT_S",
        "SESSION_LENGTH_S",
        "PASSWORD_HISTORY",
        "PASSWORD_DAYS",
        "PORT",
        "BIND",
        "STATIC_HASHED",
        "STATIC_ROOT",
        "WEB_WORKERS",
        "WEB_THREADS",
        "WORKERS",
    ),
    *("SWEEP_INTERVAL_S", "DELIVERIES_INTERVAL_S", "WEBHOOKS_PLAIN_HTTP", "API_READS_PER_MINUTE"),
    *("API_WRITES_PER_MINUTE", "API_FAILURES", "LOG_FORMAT", "LOG_LEVEL"),
)
_SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def choose_servers(environment: MutableMapping[str, str]) -> None:
    """Remove the settings of this machine's Anqi. Raise ServersError if they name servers that are not for tests."""
    environment["ENV_FILE"] = ""
    named = {name: environment.get(f"TEST_{name}", "") for name in _SERVERS}
    if environment.get("DATABASE_URL") and environment["DATABASE_URL"] != named["DATABASE_URL"]:
        raise configuration.ServersError(
            "DATABASE_URL is set, and the tests would empty that database. Unset it: they start servers of their own. "
            "To test on others, set TEST_DATABASE_URL, TEST_DATABASE_OWNER_URL and TEST_REDIS_URL."
        )
    if any(named.values()) and not all(named.values()):
        raise configuration.ServersError(
            "Set all of TEST_DATABASE_URL, TEST_DATABASE_OWNER_URL and TEST_REDIS_URL, or none."
        )
    for name in _INSTALLATION:
        environment.pop(name, None)
    if all(named.values()):
        environment.update(named | {"SECRET_KEY": "for-tests-only-" * 4, "HTTPS": "0", "STATIC_HASHED": "0"})


def _start() -> None:
    surroundings.begin()
    choose_servers(os.environ)
    env = configuration.environment()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    # One Redis database a worker; 0 is the demo's.
    os.environ["REDIS_DB"] = str(1 + surroundings.worker_number())
    os.environ["ANQI_DEMO"] = ""
    if worker or not configuration.is_embedded(env):
        return
    data_dir = configuration.location(env, configuration.BASE_DIR)
    own = _free_folder(data_dir.with_name(f"{data_dir.name}-test"))
    # One session after the other: two that have chosen the same port must not both find it free.
    with configuration.locked(Path(tempfile.gettempdir()) / f"anqi-tests-{os.geteuid()}.lock"):
        _session.enter_context(running(own))
    os.environ["DATA_DIR"] = str(own)
    _forget_after_power_failure(own)


def _forget_after_power_failure(data_dir: Path) -> None:
    """Nobody needs the data of a test session after a crash of the machine, and waiting for the disk costs minutes."""
    postgres = Postgres(data_dir, configuration.read_keys(data_dir))
    with contextlib.closing(postgres.as_superuser()) as connection, connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"ALTER SYSTEM SET {setting} = off")
        cursor.execute("SELECT pg_reload_conf()")


def _free_folder(wanted: Path) -> Path:
    """The wanted folder, or a numbered neighbour while another session works in it."""
    configuration.read_keys(wanted)
    lock = (wanted / "session.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        stem, _dash, number = wanted.name.rpartition("-")
        following = f"{stem}-{int(number) + 1}" if number.isdigit() else f"{wanted.name}-2"
        return _free_folder(wanted.with_name(following))
    _session.callback(lock.close)
    return wanted


# a wrong option ends pytest before it configures anything: no hook follows, and at its very end nothing can be stopped
atexit.register(_session.close)
_start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """The last act of the session."""
    _session.close()
