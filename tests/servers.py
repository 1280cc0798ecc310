"""The servers of a test session: a pytest plugin, loaded by ``-p`` before anything reads the settings.

The controlling process starts PostgreSQL and Valkey once; the workers of pytest-xdist attach by address.
Each session takes a data folder of its own (``<DATA_DIR>/../<name>-test[-n]``), so two sessions never meet. With
``DATABASE_URL`` and ``REDIS_URL`` set the tests run on those servers instead.
"""

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from embedded import configuration
from embedded.postgres import Postgres
from embedded.servers import running
from tests import surroundings

_session = contextlib.ExitStack()


def _start() -> None:
    surroundings.begin()
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


_start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """The last act of the session."""
    _session.close()
