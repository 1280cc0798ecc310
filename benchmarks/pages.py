"""Pages as an officer and a bureau supervisor request them: statements and server time.

Requests run in this process through the whole middleware, on the ratings that the evaluation left. As in config.web,
the process freezes loaded objects, so that the garbage collector skips them.
"""

import gc
import importlib
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.urls import NoReverseMatch, reverse

from benchmarks.figures import Figures, printed
from benchmarks.generate import TABLES
from desk.search import FOUND
from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, RoleGrant
from foundation.tenancy.scope import Audience, Scope, station_scope
from ratings.operations.evaluations import bureau_actor

# Constants for the number of rows on a page. The number of statements must not depend on them.
ROWS = {
    "list": ("enterprises.staff.views", "PAGE"),
    "today": ("desk.today", "SHOWN"),
    "warning": ("ratings.staff.warning", "PAGE"),
}
FEW, MANY = 5, 500
AS_TYPED = {"HX-Request": "true", "HX-Target": FOUND}  # the search answers while somebody types
COPIED = ("inspection", "hazard", "selfcheck", "activity", "incident", "dispute")


@dataclass(frozen=True)
class Answer:
    milliseconds: float
    python_milliseconds: float  # processor time of this process; the rest is PostgreSQL and waiting
    statements: int
    content: bytes = b""


def measure(bureau: Bureau, requests: int) -> Figures:
    """Measure every page for both roles; print figures as they are known."""
    logging.disable(logging.WARNING)
    figures: Figures = {}
    by_station = _enterprises(bureau)
    officer = RoleGrant.objects.filter(bureau=bureau, role=Role.OFFICER).order_by("id")[len(by_station) // 2]
    supervisor = RoleGrant.objects.get(bureau=bureau, role=Role.SUPERVISOR)
    assert officer.station_id is not None
    mine, everybody = by_station[officer.station_id], [pk for ids in by_station.values() for pk in ids]
    busy = _busy(bureau, officer.station_id, mine[0])
    gc.collect()
    gc.freeze()
    for reader, grant, ids in (("officer", officer, mine), ("supervisor", supervisor, everybody)):
        client = Client(headers={"host": "localhost"})
        client.force_login(grant.user)
        for name, addresses in _pages(client, reader, ids, requests):
            cache.clear()
            cold = ask(client, addresses[0])
            answers = [ask(client, address) for address in (addresses * requests)[:requests]]
            times = [answer.milliseconds for answer in answers]
            figures |= printed(
                {
                    f"page_{reader}_{name}_statements": max(answer.statements for answer in [cold, *answers]),
                    f"page_{reader}_{name}_p50_ms": round(median(times), 1),
                    f"page_{reader}_{name}_p95_ms": round(quantiles(times, n=20)[-1], 1),
                    f"page_{reader}_{name}_python_ms": round(
                        median(each.python_milliseconds for each in answers), 1
                    ),
                    f"page_{reader}_{name}_cold_ms": round(cold.milliseconds, 1),
                }
            )
        search, listed = (f"page_{reader}_{name}_p50_ms" for name in ("search", "list_search"))
        figures |= printed(
            {f"page_{reader}_search_to_list_search": round(figures[search] / figures[listed], 2)}
        )
        figures |= printed(_constancy(client, reader, mine[1], busy))
    gc.unfreeze()
    logging.disable(logging.NOTSET)
    return figures


def _pages(client: Client, reader: str, ids: list[int], requests: int) -> Iterator[tuple[str, list[str]]]:
    """Yield names and URLs of the pages that exist and the role may open. Each is requested once before."""
    sample = random.Random(421).sample(ids, min(requests, len(ids)))
    register = reverse("enterprises:list")
    pages = [
        ("list", [register]),
        ("list_search", [f"{register}?q=华达", f"{register}?q=hy", f"{register}?q=盛源"]),
        (
            "search",
            [f"{reverse('desk:search')}?q={text}" for text in ("华达", "hy", "盛源", "华达 item 7", "1391")],
        ),
        ("list_by_score", [f"{register}?sort=-score"]),
        ("list_red", [f"{register}?colour=red"]),
        ("list_deep", [f"{register}?page={max(1, len(ids) // 50 - 2)}"]),
        ("file", [reverse("desk:file", args=[pk]) for pk in sample]),
    ]
    for name, url, query in (
        ("today", "desk:today", ""),
        ("warning", "ratings:warning", ""),
        ("rated_red", "ratings:rated", "?colour=red"),
        ("bureau", "desk:bureau", ""),
        ("bureau_streets", "desk:bureau", "?by=street"),
    ):
        try:
            pages.append((name, [reverse(url) + query]))
        except NoReverseMatch:
            print(f"no page {url}")
    for name, addresses in pages:
        status = client.get(addresses[0]).status_code
        if status == 200:
            client.get(addresses[0])
            yield name, addresses
        elif status != 403:
            print(f"{reader} {name} answered {status}")


def ask(client: Client, address: str) -> Answer:
    """Make one request; return its time and number of statements."""
    count = 0

    def counted(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        begin, worked = time.perf_counter(), time.process_time()
        response = client.get(address, headers=AS_TYPED if "/search/" in address else {})
        seconds, worked = time.perf_counter() - begin, time.process_time() - worked
    if response.status_code != 200:
        raise AssertionError(f"{address} answered {response.status_code}")
    return Answer(seconds * 1000, worked * 1000, count, response.content)


def _constancy(client: Client, reader: str, quiet: int, busy: int) -> Figures:
    """Count statements with 5 and 500 rows on a page, and of a file with few and with hundreds of records."""
    figures: Figures = {}
    for name, (module, constant) in ROWS.items():
        url = reverse({"list": "enterprises:list", "today": "desk:today", "warning": "ratings:warning"}[name])
        if client.get(url).status_code != 200 or not hasattr(importlib.import_module(module), constant):
            continue
        for rows in (FEW, MANY):
            with _set(module, constant, rows):
                cache.clear()
                ask(client, url)  # once in ten minutes a list looks for the view that opens first
                figures[f"page_{reader}_{name}_statements_at_{rows}"] = ask(client, url).statements
    for rows, pk in ((FEW, quiet), (MANY, busy)):
        answers = [ask(client, reverse("desk:file", args=[pk])) for _number in range(3)]
        figures[f"page_{reader}_file_statements_at_{rows}"] = answers[0].statements
    figures[f"page_{reader}_file_busy_ms"] = round(min(answer.milliseconds for answer in answers), 1)
    return figures


@contextmanager
def _set(module: str, constant: str, value: int) -> Iterator[None]:
    home = importlib.import_module(module)
    before = getattr(home, constant)
    setattr(home, constant, value)
    try:
        yield
    finally:
        setattr(home, constant, before)


def _enterprises(bureau: Bureau) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with station_scope(bureau_actor(bureau.pk).scope()):
        for station_id, pk in (
            Enterprise.objects.filter(bureau=bureau).order_by("id").values_list("station_id", "id")
        ):
            found.setdefault(station_id, []).append(pk)
    return found


def _busy(bureau: Bureau, station_id: int, enterprise_id: int) -> int:
    """Give an enterprise at least 500 records of each kind, copied from others of its station; return its id."""
    scope = Scope((station_id,), bureau=bureau.pk, audience=Audience.SYSTEM)
    with station_scope(scope, using="owner"), connections["owner"].cursor() as cursor:
        for kind in COPIED:
            table = TABLES[kind]
            cursor.execute(f"SELECT count(*) FROM {table} WHERE enterprise_id = %s", [enterprise_id])
            if cursor.fetchone()[0] >= MANY:
                continue
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
                "WHERE table_name = %s AND column_name NOT IN ('id', 'enterprise_id')",
                [table],
            )
            columns = cursor.fetchone()[0]
            cursor.execute(
                f"INSERT INTO {table} (enterprise_id, {columns}) SELECT %s, {columns} FROM {table} "
                f"WHERE station_id = %s ORDER BY id LIMIT {MANY}",
                [enterprise_id, station_id],
            )
    return enterprise_id
