"""What benchmarks of one kind of record have in common: a bureau with very many of them, and pages as two readers ask for them."""

import argparse
import gc
import logging
import os
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from benchmarks.asking import measure_page
from benchmarks.figures import printed

HERE = Path(__file__).resolve().parent


def options_of(records: str, number: int, about: str | None) -> argparse.Namespace:
    """Read the command line of the benchmark of some kind of record, of which there are ``number`` unless it says otherwise."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{records}", description=about)
    parser.add_argument(f"--{records}", type=int, default=number, dest="records")
    parser.add_argument("--stations", type=int, default=4)
    parser.add_argument("--requests", type=int, default=40, help="of each page")
    parser.add_argument("--explain", action="store_true", help="print the plans of slow statements")
    parser.add_argument("--only", help="pages whose name contains this")
    parser.add_argument("--data-dir", type=Path, default=HERE.parent / f".data-bench-{records}")
    parser.add_argument(
        "--keep", action="store_true", help="keep the data, and reuse the data of an earlier run"
    )
    return parser.parse_args()


def bureau_for(options: argparse.Namespace, generated: Callable[[int, int], Any]) -> Any:
    """Return the bureau of an earlier run, or ``generated(records, stations)``; then leave alone what would disturb."""
    from django.core.management import call_command

    from benchmarks import generate

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    bureau = generate.bureau() or generated(options.records, options.stations)
    printed({"generate_seconds": round(time.perf_counter() - began, 1), "load": os.getloadavg()[0]})
    logging.disable(logging.WARNING)
    gc.collect()
    gc.freeze()
    return bureau


def measure_pages(
    options: argparse.Namespace, reader: str, grant: Any, pages: Iterable[tuple[str, str]]
) -> None:
    """Print the figures of pages (name and address) as somebody asks for them; before one called *cold* the cache is emptied."""
    from django.core.cache import cache
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(grant.user)
    for name, address in pages:
        if options.only is None or options.only in f"{reader}_{name}":
            before = cache.clear if "cold" in name else None
            measure_page(client, f"{reader}_{name}", address, options, before=before)


def empty_bureau(stations: int) -> tuple[Any, list[Any]]:
    """Create a bureau with so many stations and their people."""
    from benchmarks import generate
    from foundation.accounts.models import Bureau, Station

    bureau = Bureau.objects.create(code=generate.CODE, name="Benchmark bureau")
    made = [
        Station.objects.create(bureau=bureau, code=f"s{number:04}", name=f"Station {number:04}")
        for number in range(stations)
    ]
    generate.people(bureau, made)
    return bureau, made


def fill(bureau: Any, stations: list[Any], enterprises: int, write: Callable[[list[int]], None]) -> Any:
    """Write so many enterprises, and by ``write(station ids)`` their records, the same ones each time. Return the bureau."""
    from django.db import connections, transaction

    from benchmarks import generate

    ids = [each.pk for each in stations]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setseed(0.421)")
    scope: AbstractContextManager[Any] = generate._scope(bureau.pk, ids)
    with transaction.atomic(using="owner"), scope:
        generate._enterprises(bureau.pk, ids, 0, -(-enterprises // len(ids)), enterprises)
        write(ids)
    generate.settle()
    return bureau
