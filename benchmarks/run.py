"""Runs the benchmarks one after the other."""

import json
import os
import random
import time
from pathlib import Path

import psutil
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from benchmarks import api, evaluation, everything, generate, growth, loop, pages, publishing
from benchmarks.figures import Figures, printed, say
from benchmarks.servers import Workers, prepare, superuser
from enterprises.models import Enterprise
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.operations.evaluations import bureau_actor

LOOP_SAMPLE = 400


def measure(*, n: int, rounds: int, requests: int, output: Path, stages: tuple[str, ...], add: bool) -> None:
    """Generate data if there is none, run the stages, print the figures and write them as one flat JSON object."""
    call_command("migrate", verbosity=0)
    prepare()
    last = Period.of(timezone.localdate()).shift(-1)
    first = last.shift(-1)
    former = json.loads(output.read_text()) if add and output.exists() else {}
    figures: Figures = {
        **(former if former.get("n") == n else {}),
        "n": n,
        "measured_at": timezone.localtime().isoformat(timespec="seconds"),
        **machine(),
    }
    bureau = generate.bureau()
    if bureau is None:
        begin = time.perf_counter()
        bureau = generate.generate(n)
        figures["generate_seconds"] = round(time.perf_counter() - begin, 1)
    figures["facts"] = generate.facts(bureau.pk)
    say({name: value for name, value in figures.items() if name not in former or former[name] != value})
    if "evaluation" in stages:
        figures |= printed(evaluation.on_one_connection(bureau, first, rounds))
        evaluation.delete_ratings(bureau)
    if "evaluation" in stages or "loop" in stages:
        with Workers(2) as workers:
            if "evaluation" in stages:
                figures |= quarters(bureau, first, last, workers)
            figures |= printed(compared_with_a_loop(bureau, last, figures)) if "loop" in stages else {}
            if "evaluation" in stages:
                figures |= printed(
                    {
                        "worker_rss_mb": round(workers.peak_mb(), 1),
                        "worker_whole_mb": round(workers.whole_mb(), 1),
                    }
                )
    if "growth" in stages:
        figures |= printed(growth.measure(bureau, first, last, rounds))
    if "publishing" in stages:
        figures |= printed(publishing.measure(bureau, first, last))
    if "pages" in stages:
        generate.settle()
        figures |= pages.measure(bureau, requests)
    if "api" in stages:
        figures |= api.measure(bureau, requests)
    if "everything" in stages:
        figures |= everything.measure(bureau, last)
    for connection in connections.all(initialized_only=True):
        connection.close()
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def quarters(bureau: Bureau, first: Period, last: Period, workers: Workers) -> Figures:
    """Measure two consecutive quarters: one without history, then one with movement."""
    begun, costs = evaluation.through_workers(bureau, first, workers, "evaluation")
    printed(begun)
    following, next_costs = evaluation.through_workers(bureau, last, workers, "evaluation_next")
    printed(following)
    for title, rows in (("first quarter", costs), ("next quarter", next_costs)):
        print(f"\nWhere the workers' database time went, {title} (ms, calls):")
        for milliseconds, calls, text in rows:
            print(f"{milliseconds:>12} {calls:>6}  {text}")
    return begun | following


def compared_with_a_loop(bureau: Bureau, period: Period, figures: Figures) -> Figures:
    with station_scope(bureau_actor(bureau.pk).scope()):
        rows = list(Enterprise.objects.filter(bureau=bureau).values_list("station_id", "id"))
    sample = random.Random(421).sample(rows, min(LOOP_SAMPLE, len(rows)))
    loop.run(sample[:20], period)  # warm up connections and code
    per_second = loop.run(sample, period)
    found: Figures = {"loop_enterprises": len(sample), "loop_per_second": round(per_second, 1)}
    if "evaluation_per_second" in figures:
        found["evaluation_loop_ratio"] = round(figures["evaluation_per_second"] / per_second, 1)
    return found


def machine() -> Figures:
    with superuser() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "cpus": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "postgresql": version,
        "load_before": round(os.getloadavg()[0], 2),
    }
