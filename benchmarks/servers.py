"""What the database was asked, and the workers that asked it."""

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
    """A cursor of the superuser, who alone may read what all roles asked."""
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
    """pg_stat_statements counts every statement a client sends; those inside triggers are not clients'."""
    with superuser() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def forget() -> None:
    with superuser() as cursor:
        cursor.execute("SELECT pg_stat_statements_reset()")
        cursor.execute("CHECKPOINT")  # one left by the statements before would be paid by those after


def asked() -> tuple[int, int]:
    """Statements of the runtime role since :func:`forget`: all, and those that begin or end transactions."""
    with superuser() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(calls), 0)::int, coalesce(sum(calls) FILTER (WHERE query ~* %s), 0)::int "
            "FROM pg_stat_statements WHERE userid = %s::regrole AND toplevel",
            [CONTROL, configuration.RUNTIME_ROLE],
        )
        return cursor.fetchone()


def costliest(count: int = 12) -> list[tuple[float, int, str]]:
    """Milliseconds, calls and text of what cost the runtime role most."""
    with superuser() as cursor:
        cursor.execute(
            "SELECT round(total_exec_time::numeric + total_plan_time::numeric, 1), calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) "
            "FROM pg_stat_statements WHERE userid = %s::regrole AND toplevel ORDER BY total_exec_time DESC LIMIT %s",
            [configuration.RUNTIME_ROLE, count],
        )
        return cursor.fetchall()


def wait_for(condition: Callable[[], Any], timeout_s: float = 600, every_s: float = 0.02) -> Any:
    """What a condition returns once it is true; TimeoutError when it does not become so."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(every_s)
    raise TimeoutError("waited in vain")


class Workers:
    """Real Celery workers of one process each, as production runs them."""

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
        """The largest peak of resident memory of any worker process (VmHWM, of the parent and its child)."""
        peaks = []
        for process in self.processes:
            parent = psutil.Process(process.pid)
            for each in (parent, *parent.children(recursive=True)):
                for line in Path(f"/proc/{each.pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        peaks.append(int(line.split()[1]) / 1024)
        return max(peaks)

    def whole_mb(self) -> float:
        """The largest worker as a whole: parent and child, shared pages counted once (PSS)."""
        sums = []
        for process in self.processes:
            parent = psutil.Process(process.pid)
            sums.append(
                sum(each.memory_full_info().pss for each in (parent, *parent.children(recursive=True)))
            )
        return max(sums) / 2**20
