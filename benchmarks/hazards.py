"""Lists and board of a bureau with many hazards, as an officer and as a supervisor, and issuing orders.

``python -m benchmarks.hazards --hazards 300000``. Requests run in this process through the whole middleware as the runtime
role under row-level security. Of each page stand the milliseconds: median and p95 of a request, and its processor time in
Python and in PostgreSQL, which other work on the machine hardly affects. ``--explain`` prints the plans of what takes longest.
"""

import argparse
import time
import uuid
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from benchmarks import own
from benchmarks.asking import of_database
from benchmarks.figures import Figures, printed
from benchmarks.readers import bureau_for, empty_bureau, fill, measure_pages, options_of

A_STATION = 10  # officers
PER_ENTERPRISE = 4  # hazards that the generator draws on average
ORDERED, OF_AN_ORDER = 40, 10


def main() -> None:
    options = options_of("hazards", 300_000, __doc__)
    with own.servers(options.data_dir, keep=options.keep):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Generate the bureau unless it is there, then print the figures of each reader and of the orders."""
    from foundation.accounts.choices import Role
    from foundation.accounts.models import RoleGrant

    grants = RoleGrant.objects.filter(bureau=bureau_for(options, generated))
    officer = grants.filter(role=Role.OFFICER).order_by("id")[A_STATION + 1]
    for reader, grant in (("officer", officer), ("supervisor", grants.get(role=Role.SUPERVISOR))):
        measure_pages(options, reader, grant, pages(grant.user_id))
    if options.only is None or options.only in "order":
        printed(orders(officer))


def pages(user_id: int) -> Iterator[tuple[str, str]]:
    """Yield the names and addresses of the pages."""
    board, rows = "/inspections/hazards/board/", "/inspections/hazards/"
    for name, page in (("board", board), ("list", rows)):
        yield name, page
        yield f"{name}_mine", f"{page}?liaison={user_id}"
        yield f"{name}_no_officer", f"{page}?liaison=none"
        yield f"{name}_overdue", f"{page}?timely=overdue"
        yield f"{name}_no_deadline", f"{page}?timely=no_deadline"
        yield f"{name}_major", f"{page}?severity=major"
        yield f"{name}_item", f"{page}?item=Item+7"
        yield f"{name}_words", f"{page}?words=place+3"
        yield f"{name}_enterprise", f"{page}?q=华达"
    yield "list_closed", f"{rows}?state=closed"
    yield "list_all", f"{rows}?state=all"
    yield "list_deep", f"{rows}?page=40"


# --- orders ----------------------------------------------------------------------------------------------------------


def orders(officer: Any) -> Figures:
    """Issue orders about ten hazards each through the page; its file is made later, by a worker."""
    from django.test import Client
    from django.utils import timezone

    from foundation.tenancy.scope import Audience, Scope, station_scope
    from inspections.models import Hazard

    scope = Scope((officer.station_id,), bureau=officer.bureau_id, audience=Audience.SYSTEM)
    with station_scope(scope):
        rows = Hazard.objects.filter(station_id=officer.station_id, item__startswith="To order").order_by(
            "pk"
        )
        of: dict[int, list[int]] = {}
        for pk, enterprise_id in rows.values_list("pk", "enterprise_id"):
            of.setdefault(enterprise_id, []).append(pk)
    client = Client(headers={"host": "localhost"})
    client.force_login(officer.user)
    times, worked, sql = [], [], []
    for ids in of.values():
        said = {f"hazard_{pk}": "on" for pk in ids} | {f"measures_{pk}": "每日巡查。" for pk in ids}
        said |= {"name_1": officer.user.full_name, "number_1": "041267", "basis": "《条例》第十六条"}
        said |= {"inspected_on": timezone.localdate().isoformat(), "form_key": str(uuid.uuid4())}
        before, begin, busy = of_database(), time.perf_counter(), time.process_time()
        answer = client.post(f"/inspections/hazards/{ids[0]}/order/", said)
        times.append((time.perf_counter() - begin) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        sql.append(of_database() - before)
        if answer.status_code != 302:
            raise AssertionError(answer.content.decode())
    return {
        "order_of_10": f"{median(times):6.0f} p50 {quantiles(times, n=20)[-1]:6.0f} p95 {median(worked):6.0f} python {median(sql):6.0f} database "
        f"({len(times)} orders)"
    }


# --- the bureau ------------------------------------------------------------------------------------------------------


def generated(hazards: int, stations: int) -> Any:
    """Create a bureau with so many hazards, ten officers a station who look after nine in ten enterprises, and letterheads."""
    from benchmarks import generate
    from foundation.accounts.choices import Role
    from foundation.accounts.models import RoleGrant, User

    bureau, made = empty_bureau(stations)
    for station in made:
        people = [
            User(username=f"{station.code}-{number}", full_name=f"Officer {number}", password="!")
            for number in range(1, A_STATION)
        ]
        RoleGrant.objects.bulk_create(
            RoleGrant(user=each, role=Role.OFFICER, bureau=bureau, station=station)
            for each in User.objects.bulk_create(people)
        )

    def write(ids: list[int]) -> None:
        for kind in ("inspection", "hazard"):
            generate._records(kind, ids)
        generate._around(ids)
        _to_order(ids)
        _letterheads(bureau.pk, ids)

    return fill(bureau, made, hazards // PER_ENTERPRISE, write)


def _to_order(stations: list[int]) -> None:
    """Add ten hazards, found today and open, to some enterprises of each station."""
    from django.utils import timezone

    from benchmarks import generate

    columns = generate.FACT | {
        "item": "'To order ' || i",
        "place": "'Place ' || i",
        "description": "''",
        "origin": "'police'",
        "found_on": "%(today)s::date",
        "due_on": "%(today)s::date + 20",
        "voided_at": "NULL",
    }
    source = f"""(SELECT id, station_id FROM (SELECT id, station_id, row_number() OVER (PARTITION BY station_id) AS n
        FROM enterprises_enterprise WHERE station_id = ANY(%(stations)s)) numbered WHERE n <= {ORDERED}) e
        CROSS JOIN generate_series(1, {OF_AN_ORDER}) i"""
    params = {"today": timezone.localdate(), "stations": stations}
    generate._insert("inspections_hazard", columns, source, params)


def _letterheads(bureau_id: int, stations: list[int]) -> None:
    from benchmarks import generate

    texts = ("telephone", "review_by", "court")
    columns = {
        "bureau_id": "%(bureau)s",
        "station_id": "s",
        "authority": "'Benchmark'",
        "abbreviation": "'B' || s",
        **dict.fromkeys(texts, "'-'"),
    }
    generate._insert(
        "papers_letterhead",
        columns,
        "unnest(%(stations)s) s",
        {"bureau": bureau_id, "stations": stations},
    )


if __name__ == "__main__":
    main()
