"""Measures of enterprises: the register of a period joined with one scan per registered source, as SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from enterprises.register import active_on, custodians
from foundation.contributions import measures
from foundation.deadlines.calendar import full_weeks
from foundation.periods import Period

BASIS = ("days_on_register", "days_on_register_year", "full_quarter")


def constants(period: Period) -> dict[str, int]:
    """Return the measures that are the same for every enterprise in a period."""
    return {
        "period_start": period.start.toordinal(),
        "period_days": period.days,
        "year_days": (period.end - period.year_start).days + 1,
        "period_weeks": full_weeks(period.start, period.end),
    }


def stored_measures() -> list[str]:
    """Return the codes of the measures that a rating stores, in array order."""
    return [*BASIS, *measures.indicators()]


def installed_measures() -> set[str]:
    """Return the codes of all measures that a standard may read."""
    return {*stored_measures(), "period_start", "period_days", "year_days", "period_weeks"}


@dataclass
class Statement:
    """SQL text with its parameters, in the order of the placeholders."""

    sql: str
    params: list[Any]

    def execute(self) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return cursor.fetchall() if cursor.description else []

    def rows(self) -> list[dict[str, Any]]:
        """Execute the statement and return one dict per row."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def compiled(queryset: QuerySet) -> tuple[str, list[Any]]:
    """Return the SQL text and parameters of a queryset."""
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, list(params)


def measured(
    *,
    bureau_id: int,
    period: Period,
    ids: Sequence[int] | None = None,
    id_range: tuple[int, int] | None = None,
) -> Statement:
    """Return a SELECT with one row per enterprise on the register and a column per installed measure.

    It must run in the scope of the stations concerned. ``ids`` restricts it to some enterprises, ``id_range`` to a
    range of ids within a large station.
    """
    register = active_on(period).filter(bureau_id=bureau_id)
    # joined, not asked for each enterprise as on_register() does: few were handed over
    then = custodians(period).distinct("enterprise_id")
    if ids is not None:
        register = register.filter(id__in=list(ids))
        then = then.filter(enterprise_id__in=list(ids))
    if id_range is not None:
        register = register.filter(id__range=id_range)
    base_sql, params = compiled(register.values("id", "station_id", "registered_on"))
    then_sql, then_params = compiled(then.values("enterprise_id", "held_by_station_id"))
    params += then_params
    columns, joins = [], [f"LEFT JOIN ({then_sql}) held ON held.enterprise_id = e.id"]
    for code in sorted(measures.sources):
        source = measures.sources[code]
        queryset = source.query(period)
        if ids is not None:
            queryset = queryset.filter(enterprise_id__in=list(ids))
        sql, source_params = compiled(queryset)
        params += source_params
        joins.append(f"LEFT JOIN ({sql}) s_{code} ON s_{code}.enterprise_id = e.id")
        columns += [f"coalesce(s_{code}.{each.code}, 0) AS {each.code}" for each in source.indicators]
    first, year_first, after = (
        f"DATE '{day}'" for day in (period.start, period.year_start, period.shift(1).start)
    )
    since = "coalesce(e.registered_on, DATE '0001-01-01')"
    basis = [
        f"({after} - greatest({since}, {first}) - coalesce(s_inactivity.days_inactive, 0)) AS days_on_register",
        f"({after} - greatest({since}, {year_first}) - coalesce(s_inactivity.days_inactive_year, 0))"
        " AS days_on_register_year",
        f"({since} <= {first})::int AS full_quarter",
    ]
    rated_at = "coalesce(held.held_by_station_id, e.station_id) AS rated_at_station"
    select = ", ".join(["e.id AS enterprise_id", "e.station_id", rated_at, *basis, *columns])
    return Statement(f"SELECT {select} FROM ({base_sql}) e {' '.join(joins)}", params)
