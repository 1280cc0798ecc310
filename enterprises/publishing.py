"""What a rating leaves on the enterprise: colour, score, and when it is next to be inspected."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection

from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.ids import ALL_IDS


def plan_next_inspection(*, actor: Actor, enterprise_id: int, inspected_on: dt.date | None) -> dt.date | None:
    """Move ``next_inspection_on`` to the last inspection plus the cycle that the standard gives the colour.

    ``inspected_on`` is the day of the last inspection that stands, None where there is none: then, and before the
    first rating, the day stays as it was planned. Called inside the operation that records, corrects or voids an
    inspection, whose audit entry it is.
    """
    rows = Enterprise.objects.filter(pk=enterprise_id, station_id__in=actor.stations)
    cycle_days = rows.values_list("cycle_days", flat=True).get()
    if inspected_on is None or not cycle_days:
        return None
    planned_on = inspected_on + dt.timedelta(days=cycle_days)
    rows.update(next_inspection_on=planned_on)
    return planned_on


def plan_next_inspections(*, actor: Actor, inspected_on: Mapping[int, dt.date]) -> int:
    """The same for many enterprises at once: ``inspected_on`` is the day of the last inspection by enterprise.

    One statement; returns how many days it moved. Enterprises without a cycle stay as they are.
    """
    sql = """
        UPDATE enterprises_enterprise e SET next_inspection_on = n.inspected_on + e.cycle_days
        FROM unnest(%s::bigint[], %s::date[]) AS n(id, inspected_on)
        WHERE e.id = n.id AND e.station_id = ANY(%s) AND e.cycle_days > 0
        AND e.next_inspection_on IS DISTINCT FROM n.inspected_on + e.cycle_days"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(inspected_on), list(inspected_on.values()), list(actor.stations)])
        return cursor.rowcount


def publish_standing(
    *,
    evaluation_id: int,
    period_code: str,
    cycle: dict[str, int],
    last_inspection: int,
    since: tuple[str, list[Any]] | None = None,
    id_range: tuple[int, int] = ALL_IDS,
) -> int:
    """Write colour, score and inspection cycle of an evaluation's ratings to their enterprises; changed rows only.

    Runs inside the scope of a batch's stations. ``cycle`` is days by colour (absent: no cycle), ``last_inspection``
    the position (from 1) of the last inspection's day among the measures of the ratings, 0 if it is not measured;
    ``since`` a select (with its parameters) of ``enterprise_id`` and ``day`` as ordinal for those inspected after the
    quarter. The next inspection is due one cycle after the last, but not before the rating takes effect. Returns how
    many enterprises changed. Source: scoring standard, "Inspection cycle".
    """
    since_sql, since_params = since or ("SELECT NULL::bigint AS enterprise_id, NULL::int AS day", [])
    days = " ".join(f"WHEN '{colour}' THEN {int(number)}" for colour, number in sorted(cycle.items()))
    cycle_sql = f"CASE r.colour {days} END" if days else "NULL::int"
    last = f"nullif(r.measures[{int(last_inspection)}], 0)::int" if last_inspection else "NULL::int"
    inspected_on = f"(DATE '0001-01-01' + coalesce(s.day, {last}) - 1)"
    sql = f"""
        UPDATE enterprises_enterprise e
        SET colour = n.colour, score = n.score, rated_period = %s, cycle_days = n.cycle_days,
            next_inspection_on = n.next_inspection_on
        FROM (
            SELECT r.enterprise_id, r.colour, CASE WHEN r.colour <> 'grey' THEN r.score END AS score,
                {cycle_sql} AS cycle_days,
                greatest(coalesce({inspected_on}, r.effective_on) + {cycle_sql}, r.effective_on) AS next_inspection_on
            FROM ratings_rating r LEFT JOIN ({since_sql}) s ON s.enterprise_id = r.enterprise_id
            WHERE r.evaluation_id = %s AND r.enterprise_id BETWEEN %s AND %s
        ) n
        WHERE e.id = n.enterprise_id
        AND (e.colour, e.score, e.rated_period, e.cycle_days, e.next_inspection_on)
            IS DISTINCT FROM (n.colour, n.score, %s, n.cycle_days, n.next_inspection_on)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [period_code, *since_params, evaluation_id, *id_range, period_code])
        return cursor.rowcount
