"""Real Celery workers and beats on the test database."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections

from tests.surroundings import as_the_machine_has_it
from tests.waiting import patience


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a process that uses this test's database and broker, as the runtime role."""
    database = connections["default"].settings_dict
    account = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    address = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    inherited = {key: value for key, value in os.environ.items() if key not in ("ANQI_DEMO", "REDIS_DB")}
    return as_the_machine_has_it(inherited) | {
        "DATABASE_URL": f"postgres://{account}@{address}",
        "REDIS_URL": settings.CELERY_BROKER_URL,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "STATIC_HASHED": "0",
        "SWEEP_INTERVAL_S": "1",
        **more,
    }


@contextmanager
def celery(*arguments: str, **env: str) -> Iterator[subprocess.Popen]:
    """Run a Celery process, and stop it at the end whatever happened to it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", *arguments],
        env=environment(**env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(patience(10))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def worker(name: str = "w") -> AbstractContextManager[subprocess.Popen]:
    """Run a worker with one process, so that killing it kills its work."""
    return celery(
        "worker", "--pool", "solo", "--hostname", f"{name}@test", "--without-mingle", "--without-gossip"
    )


def beat(folder: Path, name: str = "beat") -> AbstractContextManager[subprocess.Popen]:
    """Run a beat with its own schedule file that sweeps every second."""
    return celery("beat", "--schedule", str(folder / name), "--pidfile", "", "--max-interval", "1")
