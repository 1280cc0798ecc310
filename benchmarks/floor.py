"""Lower bound of an evaluation: read the same evidence once, write the same finished rows once.

Reading is one aggregate per table. Writing is one ``INSERT … SELECT`` per batch, from a prepared table into a table with
the keys, indexes and policies of the ratings. Both run as the runtime role, in the scopes of the evaluation's batches,
and under its conditions: a transaction per batch, whose COMMIT checks the foreign keys, and no parallel reads, which
an ``INSERT … SELECT`` cannot have. Publishing is not in it.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from django.db import connections, transaction

from benchmarks.generate import TABLES
from benchmarks.servers import reset_statistics
from foundation.database.planner import for_a_batch
from foundation.tenancy.scope import Audience, Scope, station_scope
from ratings.models import Evaluation, Rating

DAYS = {
    "inspection": "inspected_on",
    "hazard": "found_on",
    "selfcheck": "checked_on",
    "activity": "held_on",
    "incident": "occurred_on",
    "dispute": "opened_on",
}
READ = [
    f"SELECT count(*), max({DAYS[kind]}) FROM {table} WHERE voided_at IS NULL"
    for kind, table in TABLES.items()
]
READ += [
    "SELECT count(*), max(from_on) FROM enterprises_inactivity",
    "SELECT count(*), max(registered_on) FROM enterprises_enterprise",
]


def prepare(evaluation: Evaluation) -> None:
    """Create a table of the finished rows, indexed by station, and an empty copy of the ratings' table."""
    columns = ", ".join(str(field.column) for field in Rating._meta.concrete_fields if not field.primary_key)
    stations = _stations(evaluation)
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_finished, bench_rating")
    with transaction.atomic(using="owner"), _scope(evaluation, stations, "owner"), owner.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE bench_finished AS SELECT {columns} FROM ratings_rating WHERE evaluation_id = %s ORDER BY station_id",
            [evaluation.pk],
        )
        cursor.execute("CREATE INDEX ON bench_finished (station_id)")
        cursor.execute("CREATE TABLE bench_rating (LIKE ratings_rating INCLUDING ALL)")
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'ratings_rating'::regclass AND contype = 'f'"
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE bench_rating ADD {definition}")
        cursor.execute(
            "SELECT policyname, permissive, cmd, qual, with_check FROM pg_policies WHERE tablename = 'ratings_rating'"
        )
        for name, kind, command, using, check in cursor.fetchall():
            rule = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
            cursor.execute(f'CREATE POLICY "{name}" ON bench_rating AS {kind} FOR {command}{rule}')
        cursor.execute("ALTER TABLE bench_rating ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    with owner.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) bench_finished")


def measure(evaluation: Evaluation, shares: list[tuple[int, ...]]) -> tuple[float, float]:
    """Return the seconds of reading and of writing, by batches with these stations."""
    columns = ", ".join(str(field.column) for field in Rating._meta.concrete_fields if not field.primary_key)

    def read(stations: tuple[int, ...]) -> None:
        with _scope(evaluation, stations), for_a_batch(), connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            for statement in READ:
                cursor.execute(statement)

    def write(stations: tuple[int, ...]) -> None:
        with _scope(evaluation, stations), for_a_batch(), connections["default"].cursor() as cursor:
            cursor.execute(
                f"INSERT INTO bench_rating (id, {columns}) SELECT nextval('ratings_rating_id_seq'), {columns} "
                "FROM bench_finished WHERE station_id = ANY(%s)",
                [list(stations)],
            )

    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE bench_rating")
    reset_statistics()
    return _timed(read, shares), _timed(write, shares)


def drop() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_finished, bench_rating")


def _stations(evaluation: Evaluation) -> list[int]:
    return sorted(
        {each for stations in evaluation.batches.values_list("stations", flat=True) for each in stations}
    )


def _scope(
    evaluation: Evaluation, stations: Iterable[int], using: str = "default"
) -> AbstractContextManager[Scope]:
    return station_scope(
        Scope(tuple(stations), bureau=evaluation.bureau_id, audience=Audience.SYSTEM), using=using
    )


def _timed(work: Callable[[tuple[int, ...]], None], shares: list[tuple[int, ...]]) -> float:
    begin = time.perf_counter()
    for stations in shares:
        work(stations)
    return time.perf_counter() - begin
