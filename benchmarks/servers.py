"""Statement statistics of the database, and worker processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from django.conf import settings

from config.celery import app
from embedded import configuration
from embedded.postgres import SUPERUSER

CONTROL = r"^\s*(begin|commit|rollback|savepoint|release|start transaction)\M"


@contextmanager
def superuser() -> Iterator[Any]:
    """Yield a cursor of the superuser, the only role that may read the statistics of all roles."""
    keys = configuration.read_keys(settings.DATA_DIR)["postgres"]
    with closing(
        psycopg2.connect(
            host=configuration.HOST,
            port=keys["port"],
            user=SUPERUSER,
            password=keys["superuser_password"],
            dbname=configuration.DATABASE,
        )
    ) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def prepare() -> None:
    """Install pg_stat_statements, which counts statements. Those inside triggers are not ``toplevel``."""
    with superuser() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def reset_statistics() -> None:
    with superuser() as cursor:
        cursor.execute("SELECT pg_stat_statements_reset()")
        cursor.execute("CHECKPOINT")  # so that the next statements do not pay for earlier writes


def count_statements() -> tuple[int, int]:
    """Return the statements of the runtime role since :func:`reset_statistics`: all, and transaction control."""
    with superuser() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(calls), 0)::int, coalesce(sum(calls) FILTER (WHERE query ~* %s), 0)::int "
            "FROM pg_stat_statements WHERE userid = %s::regrole AND toplevel",
            [CONTROL, configuration.RUNTIME_ROLE],
        )
        return cursor.fetchone()


def costliest(count: int = 12) -> list[tuple[float, int, str]]:
    """Return milliseconds, calls and text of the costliest statements of the runtime role."""
    with superuser() as cursor:
        cursor.execute(
            "SELECT round(total_exec_time::numeric + total_plan_time::numeric, 1), calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) "
            "FROM pg_stat_statements WHERE userid = %s::regrole AND toplevel ORDER BY total_exec_time DESC LIMIT %s",
            [configuration.RUNTIME_ROLE, count],
        )
        return cursor.fetchall()


def wait_for(condition: Callable[[], Any], timeout_s: float = 600, every_s: float = 0.02) -> Any:
    """Poll a condition and return its first true result. Raise TimeoutError after ``timeout_s``."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(every_s)
    raise TimeoutError(f"The condition was not met within {timeout_s:g} s.")


class Workers:
    """Celery workers with one process each, as in production."""

    def __init__(self, count: int) -> None:
        self.names = [f"bench{number}@bench" for number in range(count)]
        self.processes: list[subprocess.Popen] = []

    def __enter__(self) -> "Workers":
        log = Path(settings.DATA_DIR) / "logs" / "workers.log"
        with log.open("ab") as output:
            for name in self.names:
                arguments = (
                    "worker",
                    "--pool",
                    "prefork",
                    "--concurrency",
                    "1",
                    "--hostname",
                    name,
                    "-I",
                    "benchmarks.loop",
                )
                self.processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "celery", "-A", "config", *arguments],
                        stdout=output,
                        stderr=output,
                        cwd=settings.BASE_DIR,
                        start_new_session=True,
                        env=os.environ | {"PYTHONPATH": f"{settings.BASE_DIR}:{settings.BASE_DIR}/warnings"},
                    )
                )
        try:
            wait_for(self._answer, 120)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _answer(self) -> bool:
        if any(process.poll() is not None for process in self.processes):
            raise ChildProcessError(
                f"A worker did not start; see {Path(settings.DATA_DIR) / 'logs' / 'workers.log'}"
            )
        return len(app.control.ping(self.names, timeout=1) or []) == len(self.names)

    def __exit__(self, *_error: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def peak_mb(self) -> float:
        """Return the largest peak of resident memory (VmHWM) of any worker process, parents and children."""
        peaks = []
        for process in self.processes:
            parent = psutil.Process(process.pid)
            for each in (parent, *parent.children(recursive=True)):
                for line in Path(f"/proc/{each.pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        peaks.append(int(line.split()[1]) / 1024)
        return max(peaks)

    def whole_mb(self) -> float:
        """Return the memory of the largest worker, parent and children, counting shared pages once (PSS)."""
        sums = []
        for process in self.processes:
            parent = psutil.Process(process.pid)
            sums.append(
                sum(each.memory_full_info().pss for each in (parent, *parent.children(recursive=True)))
            )
        return max(sums) / 2**20
