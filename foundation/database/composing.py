"""One statement composed of what many apps contribute: compiled once, run with the values of a request.

1. The ORM builds the parts. Values of a request are :class:`Parameter` expressions, which compile to placeholders. So
   each part is compiled once per process and costs a page no Python, however many parts there are.
2. Each part is filtered, ordered and cut before the union, so it stops at an index after a page of rows.
3. A database view would do the same, but it would be a central list, and PostgreSQL refuses to alter a column of any
   table that a view uses.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    DateTimeField,
    Expression,
    Field,
    Func,
    QuerySet,
    Subquery,
    Value,
)

from foundation.periods import Period


class Parameter(Expression):
    """A value that is supplied when the statement runs."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def __repr__(self) -> str:
        return f"Parameter({self.name!r})"


NOW = Parameter("now", DateTimeField())
TODAY = Parameter("today", DateField())
SOON = Parameter("soon", DateField())  # seven days ahead
QUARTER = Parameter("quarter", DateField())  # the first day of the running quarter
QUARTER_END = Parameter("quarter_end", DateField())
ENTERPRISE = Parameter("enterprise", BigIntegerField())
PERSON = Parameter("person", BigIntegerField())
DAYS_AHEAD = dt.timedelta(days=7)


def days_before_today(days: int) -> Parameter:
    """Return the day so many days ago, as a parameter."""
    return Parameter(f"today-{days:d}", DateField())


class Days(dict[str, Any]):
    """Values of the parameters that follow from today's date. Add the others as to any dict."""

    def __init__(self, today: dt.date) -> None:
        quarter = Period.of(today)
        super().__init__(today=today, soon=today + DAYS_AHEAD, quarter=quarter.start, quarter_end=quarter.end)

    def __missing__(self, name: str) -> dt.date:
        what, minus, days = name.partition("-")
        if what != "today" or not minus:
            raise KeyError(name)
        return self["today"] - dt.timedelta(days=int(days))


class AnyOf(Func):
    """The condition that a column has one of some ids: those of a parameter, or these.

    Of two thousand ids ``__in`` makes two thousand parameters, each of which Django and psycopg2 handle by itself: 11 ms
    of a page that asks two statements about them. PostgreSQL plans both alike.
    """

    output_field = BooleanField()
    array_of = ArrayField(BigIntegerField())

    def __init__(self, column: str, ids: str | Sequence[int]) -> None:
        if isinstance(ids, str):
            super().__init__(column, Parameter(ids, self.array_of))
        else:  # as PostgreSQL writes an array
            super().__init__(column, Value(f"{{{','.join(map(str, ids))}}}", self.array_of))

    def as_sql(self, compiler: Any, connection: Any, *_template: Any, **_extra: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        value, more = compiler.compile(self.source_expressions[1])
        return f"{column} = ANY({value})", [*params, *more]


class OfStations(AnyOf):
    """The condition that a column names one of the reader's stations."""

    def __init__(self, station: str) -> None:
        super().__init__(station, "stations")


# text and values of the subqueries that a statement in the making runs once → the name of each
_shared: ContextVar[dict[tuple[str, tuple[Any, ...]], str] | None] = ContextVar("shared", default=None)


class Shared(Subquery):
    """A subquery that several parts of a :func:`union` have: the statement runs it once. Elsewhere one like any other."""

    def as_sql(self, compiler: Any, connection: Any, *template: Any, **extra: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection, *template, **extra)
        shared = _shared.get()
        if shared is None:
            return sql, params
        name = shared.setdefault((sql, tuple(params)), f"shared_{len(shared)}")
        return f"(SELECT * FROM {name})", []


@dataclass(frozen=True)
class Statement:
    """A compiled statement: its text, and for each placeholder a constant or a parameter."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> "Statement":
        """Compile a queryset."""
        sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return cls(sql, tuple(params))

    def bind(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the text and the value of each placeholder. Raise KeyError for a missing parameter."""
        return self.sql, [values[each.name] if isinstance(each, Parameter) else each for each in self.params]

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement with these parameters and return all rows. Raise KeyError for a missing one."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(*self.bind(values))
            return cursor.fetchall()


def union(
    parts: Iterable[QuerySet[Any] | Statement], *, order: str = "", limit: int | None = None
) -> Statement:
    """Compile parts with the same columns (``values_list``) into one ``UNION ALL``.

    ``order`` is SQL over the columns by position ("1 DESC, 2"); without parts the statement is empty.
    """
    shared: dict[tuple[str, tuple[Any, ...]], str] = {}
    token = _shared.set(shared)
    try:
        compiled = [each if isinstance(each, Statement) else Statement.of(each) for each in parts]
    finally:
        _shared.reset(token)
    sql = " UNION ALL ".join(f"({each.sql})" for each in compiled)
    if order:
        sql += f" ORDER BY {order}"
    if limit is not None:
        sql += f" LIMIT {limit:d}"
    params = tuple(value for each in compiled for value in each.params)
    if shared:
        common = ", ".join(f"{name} AS MATERIALIZED {text}" for (text, _values), name in shared.items())
        sql = f"WITH {common} {sql}"
        params = (*(value for _text, values in shared for value in values), *params)
    return Statement(sql, params)


def total(parts: Sequence[QuerySet[Any]]) -> Statement:
    """Compile one statement that counts the rows of all parts together."""
    inner = union(parts)
    return Statement(f"SELECT count(*) FROM ({inner.sql}) parts", inner.params)
