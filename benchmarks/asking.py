"""Pages asked for in this process through the whole middleware: milliseconds, processor time, statements, plans."""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.figures import printed

SLOW_MS = 10


def measure_page(
    client: Any, name: str, address: str, options: argparse.Namespace, before: Callable[[], Any] | None = None
) -> None:
    """Print a page's figures: when it is opened, and when htmx fetches what is in it (``_part``).

    ``before`` is called before each request.
    """
    for suffix, headers in (("", {}), ("_part", {"HX-Request": "true", "HX-Target": "results"})):
        answers = []
        for _number in range(options.requests + 2):
            if before:
                before()
            answers.append(ask(client, address, headers))
        answers = answers[2:]
        times, python, sql, statements = zip(*answers, strict=True)
        printed(
            {
                f"{name}{suffix}": f"{median(times):6.0f} p50 {quantiles(times, n=20)[-1]:6.0f} p95 "
                f"{median(python):6.0f} python {median(sql):6.0f} database {max(statements):3} statements"
            }
        )
    if options.explain:
        if before:
            before()
        explain(client, address)


def ask(client: Any, address: str, headers: dict[str, str]) -> tuple[float, float, float, int]:
    """Make one request. Return its milliseconds, those of the processor in Python and in the database, and its statements."""
    from django.db import connection

    count = 0

    def counted(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        before, begin, worked = of_database(), time.perf_counter(), time.process_time()
        response = client.get(address, headers=headers)
        seconds, worked = time.perf_counter() - begin, time.process_time() - worked
    if response.status_code != 200:
        raise AssertionError(f"{address} answered {response.status_code}")
    return seconds * 1000, worked * 1000, of_database() - before, count


def of_database() -> float:
    """Return the milliseconds of processor time that the connection's process of PostgreSQL has used."""
    from django.db import connection

    if connection.connection is None:
        return 0.0
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def explain(client: Any, address: str) -> None:
    """Print the slow statements of a page with their plans, in the scope of the request."""
    from django.db import connection

    def explained(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        begin = time.perf_counter()
        result = execute(sql, params, many, context)
        milliseconds = (time.perf_counter() - begin) * 1000
        if milliseconds > SLOW_MS and sql.lstrip().startswith(("SELECT", "(SELECT", "WITH")):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
                plan = "\n".join(row[0] for row in cursor.fetchall())
            print(f"\n--- {milliseconds:.0f} ms\n{re.sub(chr(34), '', sql)}\n{params}\n{plan}", flush=True)
        return result

    with connection.execute_wrapper(explained):
        client.get(address)
