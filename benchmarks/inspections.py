"""Lists and figures of a bureau with many inspections, as an officer and as a supervisor, and a checklist sent.

``python -m benchmarks.inspections --inspections 300000``. One in five was made by a checklist of twenty items. Of each page stand
the milliseconds: median and p95 of a request, and its processor time in Python and in PostgreSQL. ``--explain`` prints the plans of
what takes longest.
"""

import argparse
import gc
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import own
from benchmarks.asking import measure_page
from benchmarks.figures import printed

HERE = Path(__file__).resolve().parent
PER_ENTERPRISE = 2.4  # inspections that the generator draws on average
CHECKED, ITEMS = 5, 20  # one in so many has answers to so many items


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inspections", description=__doc__)
    parser.add_argument("--inspections", type=int, default=300_000)
    parser.add_argument("--stations", type=int, default=4)
    parser.add_argument("--requests", type=int, default=40, help="of each page")
    parser.add_argument("--explain", action="store_true", help="print the plans of slow statements")
    parser.add_argument("--only", help="pages whose name contains this")
    parser.add_argument("--data-dir", type=Path, default=HERE.parent / ".data-bench-inspections")
    parser.add_argument(
        "--keep", action="store_true", help="keep the data, and reuse the data of an earlier run"
    )
    options = parser.parse_args()
    with own.servers(options.data_dir, keep=options.keep):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Generate the bureau unless it is there, then print the figures of each reader."""
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

    from benchmarks import generate
    from foundation.accounts.choices import Role
    from foundation.accounts.models import RoleGrant

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    bureau = generate.bureau() or generated(options.inspections, options.stations)
    printed({"generate_seconds": round(time.perf_counter() - began, 1), "load": os.getloadavg()[0]})
    logging.disable(logging.WARNING)
    gc.collect()
    gc.freeze()
    grants = RoleGrant.objects.filter(bureau=bureau)
    for role in (Role.OFFICER, Role.SUPERVISOR):
        grant = grants.filter(role=role).order_by("id")[0]
        client = Client(headers={"host": "localhost"})
        client.force_login(grant.user)
        for name, address in pages(grant.user_id, is_supervisor=role == Role.SUPERVISOR):
            if options.only is None or options.only in f"{role}_{name}":
                measure_page(
                    client, f"{role}_{name}", address, options, before=cache.clear if "cold" in name else None
                )


def pages(user_id: int, *, is_supervisor: bool) -> Iterator[tuple[str, str]]:
    """Yield the names and addresses of the pages."""
    rows = "/inspections/"
    yield "list", rows
    yield "list_mine", f"{rows}?liaison={user_id}"
    yield "list_conclusion", f"{rows}?conclusion=rectify"
    yield "list_none_yet", f"{rows}?conclusion=none"
    yield "list_special", f"{rows}?kind=special"
    yield "list_quarter", f"{rows}?period=quarter"
    yield "list_nothing_found", f"{rows}?found=nothing"
    yield "list_inspector", f"{rows}?inspector=Li"
    yield "list_item_failed", f"{rows}?failed=A01"
    yield "list_industry", f"{rows}?section=C"
    yield "list_enterprise", f"{rows}?q=华达"
    yield "list_oldest", f"{rows}?sort=inspected_on"
    yield "list_deep", f"{rows}?page=40"
    yield "failing", f"{rows}checklists/failing/"
    yield "failing_item", f"{rows}checklists/failing/?item=A01"
    if is_supervisor:
        yield "figures", f"{rows}figures/"
        yield "figures_cold", f"{rows}figures/"


# --- the bureau ------------------------------------------------------------------------------------------------------


def generated(inspections: int, stations: int) -> Any:
    """Create a bureau with so many inspections, hazards of them, and answers to checklists."""
    from django.db import connections, transaction

    from benchmarks import generate
    from foundation.accounts.models import Bureau, Station

    n = int(inspections / PER_ENTERPRISE)
    bureau = Bureau.objects.create(code=generate.CODE, name="Benchmark bureau")
    made = [
        Station.objects.create(bureau=bureau, code=f"s{number:04}", name=f"Station {number:04}")
        for number in range(stations)
    ]
    generate.people(bureau, made)
    ids = [each.pk for each in made]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setseed(0.421)")
    with transaction.atomic(using="owner"), generate._scope(bureau.pk, ids):
        generate._enterprises(bureau.pk, ids, 0, -(-n // stations), n)
        generate._records("inspection", ids)
        _hazards(ids)
        generate._around(ids)
        _answers(ids)
    generate.settle()
    return bureau


def _hazards(stations: list[int]) -> None:
    """Add a hazard to every other inspection."""
    from benchmarks import generate

    columns = generate.FACT | {
        "inspection_id": "v.id",
        "item": "'Item ' || v.id %% 40",
        "place": "'Place ' || v.id %% 7",
        "description": "''",
        "origin": "'police'",
        "found_on": "v.inspected_on",
        "due_on": "v.inspected_on + 15",
        "closed_on": "CASE WHEN v.id %% 9 > 0 THEN v.inspected_on + 12 END",
    }
    source = """inspections_inspection v JOIN enterprises_enterprise e ON e.id = v.enterprise_id
        WHERE v.station_id = ANY(%(stations)s) AND v.id %% 2 = 0"""
    generate._insert("inspections_hazard", columns, source, {"stations": stations})


def _answers(stations: list[int]) -> None:
    """Let one inspection in five have answered a checklist."""
    from benchmarks import generate

    of = {"enterprise_id": "v.enterprise_id", "station_id": "v.station_id", "inspection_id": "v.id"}
    where = f"inspections_inspection v WHERE v.station_id = ANY(%(stations)s) AND v.id %% {CHECKED} = 0"
    texts = dict.fromkeys(("camera", "left_reason", "concluded_reason"), "''")
    flags = {"certificate_shown": "true", "lists": "'[]'", "officers": "'[]'"}
    code = "'A' || lpad(i::text, 2, '0')"
    columns = of | {
        "place": "i",
        "section": "'Gate'",
        "section_en": "''",
        "code": code,
        "asked": f"jsonb_build_object('code', {code}, 'ask', 'Exit', 'hazard', 'Exit locked')",
        "answer": "(ARRAY['pass','pass','pass','pass','fail','n_a'])[1 + (random() * 5.99)::int %% 6]",
        "note": "''",
    }
    source = where.replace(" v ", f" v CROSS JOIN generate_series(1, {ITEMS}) i ", 1)
    generate._insert("inspections_checkeditem", columns, source, {"stations": stations})
    sums = {
        "weight_asked": "count(*) FILTER (WHERE answer IN ('pass', 'fail'))",
        "weight_passed": "count(*) FILTER (WHERE answer = 'pass')",
        "critical_failed": "0",
        "passed": "coalesce(array_agg(code) FILTER (WHERE answer = 'pass'), '{}')",
        "failed": "coalesce(array_agg(code) FILTER (WHERE answer = 'fail'), '{}')",
    }
    answered = "inspections_checkeditem v WHERE v.station_id = ANY(%(stations)s)"
    keys = {name: f"v.{name}" for name in of}
    source = f"{answered} GROUP BY {', '.join(keys.values())}"
    generate._insert("inspections_checkrecord", keys | texts | flags | sums, source, {"stations": stations})


if __name__ == "__main__":
    main()
