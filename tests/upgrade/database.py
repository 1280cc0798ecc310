"""The database of the proof: loaded, copied, counted. Plain SQL as the owner role, so it knows no model of any version.

Row-level security is forced and binds the owner too. What is counted here is counted in a transaction that lifts it
and is rolled back.
"""

import contextlib
import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from tests.waiting import wait_until

DUMP = Path(__file__).with_name("6d8f437.sql.gz")
# what Django itself keeps about the code, and what grows with it
OF_THE_CODE = {"django_migrations", "django_content_type", "auth_permission"}

Place = Mapping[str, Any]  # host, port, user, password of the owner role


@contextlib.contextmanager
def connected(place: Place, database: str) -> Iterator[Any]:
    """A connection of the owner, each statement on its own, moments told in UTC."""
    connection = psycopg2.connect(**place, dbname=database, options="-c TimeZone=UTC -c DateStyle=ISO")
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def create(place: Place, database: str, template: str = "template1") -> None:
    """An empty database, or a copy of ``template``; one of this name goes first."""
    drop(place, database)
    with connected(place, "postgres") as connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
        # Privileges of the database itself are not copied.
        cursor.execute(
            sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
        )


def drop(place: Place, database: str) -> None:
    """Drop a database, whoever is connected to it."""
    with connected(place, "postgres") as connection, connection.cursor() as cursor:
        wanted = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))

        def is_gone() -> bool:
            try:
                cursor.execute(wanted)
            except psycopg2.errors.InsufficientPrivilege:  # autovacuum is in it, which only a superuser ends
                return False
            return True

        wait_until(is_gone)


def load(place: Place, database: str, dump: Path = DUMP) -> None:
    """Run the dump in an empty database. It names the runtime role in its grants and no owner: that is who runs it."""
    script = gzip.decompress(dump.read_bytes()).decode()
    with connected(place, database) as connection, connection.cursor() as cursor:
        cursor.execute(script)


def columns(place: Place, database: str) -> dict[str, list[str]]:
    """The columns of each table, in their order."""
    found: dict[str, list[str]] = {}
    with connected(place, database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
            " AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
        )
        for table, column in cursor.fetchall():
            found.setdefault(table, []).append(column)
    return found


def figures(place: Place, database: str, wanted: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Of each table: how many rows it has, and of each wanted column a SHA-256 over all values as text, row by row."""
    found: dict[str, dict[str, Any]] = {}
    with unforced(place, database, wanted) as cursor:
        for table, names in wanted.items():
            cursor.execute(
                "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
                " WHERE i.indisprimary AND i.indrelid = %s::regclass ORDER BY a.attnum",
                [table],
            )
            key = sql.SQL(", ").join(sql.Identifier(row[0]) for row in cursor.fetchall())
            values = sql.SQL(", ").join(
                sql.SQL("quote_nullable({}::text)").format(sql.Identifier(name)) for name in names
            )
            cursor.execute(
                sql.SQL("SELECT {} FROM {} ORDER BY {}").format(values, sql.Identifier(table), key)
            )
            rows = cursor.fetchall()
            digests = [
                hashlib.sha256("\n".join(each).encode()).hexdigest() for each in zip(*rows, strict=True)
            ]
            found[table] = {
                "rows": len(rows),
                "columns": dict(zip(names, digests or [""] * len(names), strict=True)),
            }
    return found


def asked(place: Place, database: str, table: str, statement: str) -> list[tuple[Any, ...]]:
    """What a SELECT finds in one table, whatever its policies say."""
    with unforced(place, database, [table]) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@contextlib.contextmanager
def unforced(place: Place, database: str, tables: Any) -> Iterator[Any]:
    """A cursor of the owner, whom no policy of these tables binds until the end; then everything is as before."""
    with connected(place, database) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(
                    sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table))
                )
            yield cursor
        connection.rollback()


def aim_pushes(place: Place, database: str, port: int) -> None:
    """Have every subscription pushed from its first message on, to a receiver on this machine, one path each."""
    with unforced(place, database, ["deliveries_subscription"]) as cursor:
        cursor.execute(
            "UPDATE deliveries_subscription SET url = 'http://127.0.0.1:' || %s || '/' || id,"
            " allowed_hosts = '{127.0.0.1}', last_delivered = 0, paused_why = '', paused_at = NULL, attempts = 0,"
            " next_try_at = NULL, failing_since = NULL, lease_token = NULL, leased_until = NULL",
            [port],
        )
        cursor.execute("ALTER TABLE deliveries_subscription FORCE ROW LEVEL SECURITY")
        cursor.connection.commit()


def structure(place: Place, database: str) -> set[tuple[str, ...]]:
    """Everything that a schema is made of, apart from the names that Django gives to keys and indexes by itself."""
    found: set[tuple[str, ...]] = set()
    with connected(place, database) as connection, connection.cursor() as cursor:
        for statement in _STRUCTURE:
            cursor.execute(statement)
            found |= {
                tuple(_PUT_BY_POSTGRESQL.sub("", str(each)) for each in row) for row in cursor.fetchall()
            }
    return found


# It writes an expression that was read from a dump with casts and brackets in other places.
_PUT_BY_POSTGRESQL = re.compile(r"::(character varying|text)(\[\])?|[()]")
_TABLES = "c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
_STRUCTURE = (
    "SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,"
    " coalesce(pg_get_expr(d.adbin, d.adrelid), '') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    f" WHERE {_TABLES} AND a.attnum > 0 AND NOT a.attisdropped",
    # names that Django made up change with a table's name; those our models give stay
    "SELECT 'constraint', c.relname, CASE WHEN k.conname ~ '_[0-9a-f]{8}(_|$)|_(pkey|key|not_null|check)$' THEN ''"
    " ELSE k.conname END, pg_get_constraintdef(k.oid) FROM pg_constraint k"
    f" JOIN pg_class c ON c.oid = k.conrelid WHERE {_TABLES} AND k.contype <> 'n'",
    "SELECT 'index', tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON') FROM pg_indexes"
    " WHERE schemaname = 'public'",
    "SELECT 'policy', tablename, policyname, permissive, roles, cmd, coalesce(qual, ''), coalesce(with_check, '')"
    " FROM pg_policies WHERE schemaname = 'public'",
    f"SELECT 'security', c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c WHERE {_TABLES}",
    "SELECT 'grant', c.relname, x.grantee::regrole, x.privilege_type FROM pg_class c"
    " CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')",
)
