"""Cost of an evaluation with one, two and four workers at one size. :mod:`benchmarks.sizes` compares sizes."""

import os
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import psutil
from django.conf import settings
from django.db import connections

from benchmarks import evaluation
from benchmarks.figures import Figures
from benchmarks.servers import Workers
from embedded.processes import processes_in
from foundation.accounts.models import Bureau
from foundation.periods import Period

WORKERS = (1, 2, 4)


def measure(bureau: Bureau, first: Period, last: Period, rounds: int) -> Figures:
    """Measure a quarter with each number of workers, ``rounds`` times; then the next quarter, which looks back.

    Elapsed time is the median of the rounds, processor time the minimum, because other work on the machine only adds.
    """
    seconds: dict[int, list[float]] = {count: [] for count in WORKERS}
    processor: dict[int, list[float]] = {count: [] for count in WORKERS}
    figures: Figures = {}
    for number in range(rounds):
        # Reverse every second round, so that a machine that slows down does not bias the comparison.
        for count in WORKERS if number % 2 == 0 else reversed(WORKERS):
            evaluation.delete_ratings(bureau)
            with Workers(count) as workers:
                pids = [each.pid for each in workers.processes]
                before = processor_seconds(pids)
                found, _costs = evaluation.through_workers(bureau, first, workers, "x")
                processor[count].append(processor_seconds(pids) - before)
            seconds[count].append(found["x_seconds"])
            figures["growth_enterprises"] = found["x_enterprises"]
            print(
                f"growth, {count} workers: {seconds[count][-1]:.2f} s, processors {processor[count][-1]:.2f} s",
                flush=True,
            )
    with Workers(2) as workers:
        following, _costs = evaluation.through_workers(bureau, last, workers, "x")
    rated = figures["growth_enterprises"]
    for count in WORKERS:
        figures[f"growth_{count}_seconds"] = round(median(seconds[count]), 3)
        figures[f"growth_{count}_us_each"] = round(median(seconds[count]) / rated * 1e6, 2)
        figures[f"growth_{count}_processor_us_each"] = round(min(processor[count]) / rated * 1e6, 2)
    figures["growth_next_seconds"] = following["x_seconds"]
    figures["growth_next_us_each"] = round(following["x_seconds"] / following["x_enterprises"] * 1e6, 2)
    figures["growth_batches"] = following["x_batches"]
    return figures | sizes_on_disk()


def processor_seconds(pids: Iterable[int]) -> float:
    """Return the seconds of processor time that PostgreSQL and these processes have used, including exited children."""
    postmaster = processes_in(Path(settings.DATA_DIR) / "postgres", "postgres")[0]
    total = 0.0
    for root in [postmaster.pid, *pids]:
        process = psutil.Process(root)
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for child in process.children(recursive=True):
            own = child.cpu_times()
            total += own.user + own.system + own.children_user + own.children_system
    return total


def sizes_on_disk() -> Figures:
    """Return the sizes of the database and the growing tables, with indexes, in megabytes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname, round((pg_total_relation_size(oid) / 1e6)::numeric)::int FROM pg_class "
            "WHERE relname IN ('enterprises_enterprise', 'ratings_rating')"
        )
        found = {f"growth_{name}_mb": megabytes for name, megabytes in cursor.fetchall()}
        cursor.execute("SELECT round(pg_database_size(current_database()) / 1e6)::int")
        return found | {"growth_database_mb": cursor.fetchone()[0], "growth_processors": os.cpu_count()}
