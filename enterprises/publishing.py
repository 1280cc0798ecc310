"""What ratings and inspections write to the enterprise: colour, score, and the day of the next inspection."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from enterprises.choices import Colour
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor

STANDING = ("enterprise_id", "colour", "score", "cycle_days", "effective_on")
EACH = RawSQL("among.id", ())  # in a query of standings: each enterprise that is published


def _next_inspection(*, inspected_on: str, rated_on: str, cycle_days: str) -> str:
    """Return the rule for the next inspection as an SQL expression over columns that may be NULL.

    One cycle after the last inspection (without one, after the day the rating took effect), but not before the day the
    rating took effect. Without a cycle it is that day; without a rating there is none. Source: docs/rating.md, "Cycle".
    """
    return f"greatest(coalesce({inspected_on}, {rated_on}) + {cycle_days}, {rated_on})"


def plan_next_inspections(*, actor: Actor, ids: Sequence[int], inspected: QuerySet) -> int:
    """Plan the next inspections of enterprises, which are locked, from the day of the last one that is not voided.

    ``inspected``: ``enterprise_id`` and ``last_inspected_on`` of those that were inspected. Called by the operations that record, correct, void or import inspections; their audit entries cover it. Returns
    how many enterprises changed.
    """
    planned = _next_inspection(
        inspected_on="h.last_inspected_on", rated_on="e.rated_on", cycle_days="e.cycle_days"
    )
    of_these = inspected.filter(enterprise_id__in=ids).values("enterprise_id", "last_inspected_on")
    held, params = of_these.query.sql_with_params()
    sql = f"""
        UPDATE enterprises_enterprise e SET next_inspection_on = {planned}
        FROM unnest(%s::bigint[]) AS n(id) LEFT JOIN ({held}) h ON h.enterprise_id = n.id
        WHERE e.id = n.id AND e.station_id = ANY(%s) AND e.next_inspection_on IS DISTINCT FROM {planned}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids), *params, list(actor.stations)])
        return cursor.rowcount


def publish_standings(
    *, standings: QuerySet, inspected: QuerySet, period_code: str, among: QuerySet | None = None
) -> int:
    """Write a quarter's ratings now in force to their enterprises; only rows that change.

    ``standings`` selects the columns of ``STANDING`` in this order, one row per enterprise; ``inspected`` each enterprise
    with ``last_inspected_on``. Of whole stations, whose enterprises are ``among``, ``standings`` asks for ``EACH``, and the
    inspections are read once; otherwise it is about a few enterprises, whose inspections are read one by one. Reads
    everything in the current scope. Returns how many enterprises changed.
    """
    select, params = standings.query.sql_with_params()
    columns = ", ".join(STANDING)
    held, held_params = inspected.values("enterprise_id", "last_inspected_on").query.sql_with_params()
    if among is not None:
        # PostgreSQL has no statistics of a run that has just been rated. It expects one rating, and would look for it in
        # the whole run, for each batch. So each rating is looked up by its key, which OFFSET keeps from becoming a join.
        # Both are read before they are joined: else it may collect all inspections again for each of the few enterprises
        # that it expects, which takes minutes for eight thousand.
        whose, whose_params = among.order_by().values("id").query.sql_with_params()
        read = f"""
        WITH s AS MATERIALIZED (
            SELECT s.* FROM ({whose}) among(id) CROSS JOIN LATERAL ({select} OFFSET 0) s({columns})
        ), h AS MATERIALIZED ({held})"""
        rated, held = "s", "LEFT JOIN h ON h.enterprise_id = s.enterprise_id"
        params = (*whose_params, *params, *held_params, period_code)
    else:  # without OFFSET it would be a join with the inspections of all
        one = f"SELECT * FROM ({held}) i WHERE i.enterprise_id = s.enterprise_id OFFSET 0"
        read, rated, held = "", f"({select}) s({columns})", f"LEFT JOIN LATERAL ({one}) h ON true"
        params = (period_code, *params, *held_params)
    planned = _next_inspection(
        inspected_on="h.last_inspected_on", rated_on="s.effective_on", cycle_days="s.cycle_days"
    )
    sql = f"""{read}
        UPDATE enterprises_enterprise e
        SET colour = n.colour, score = n.score, rated_period = n.period_code, rated_on = n.effective_on,
            cycle_days = n.cycle_days, next_inspection_on = n.next_inspection_on
        FROM (
            SELECT s.*, %s AS period_code, {planned} AS next_inspection_on
            FROM {rated} {held}
        ) n
        WHERE e.id = n.enterprise_id
        AND (e.colour, e.score, e.rated_period, e.rated_on, e.cycle_days, e.next_inspection_on)
            IS DISTINCT FROM
            (n.colour, n.score, n.period_code, n.effective_on, n.cycle_days, n.next_inspection_on)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        changed = cursor.rowcount
        # While this statement waited for an enterprise's row, an inspection may have been committed that its snapshot
        # does not contain. The rows are locked now, so a second run sees it and corrects them.
        cursor.execute(sql, params)
        return changed


def withdraw_standings(enterprises: QuerySet[Enterprise]) -> int:
    """Make enterprises not rated again. Returns how many."""
    return enterprises.update(
        colour=Colour.GREY,
        score=None,
        rated_period="",
        rated_on=None,
        cycle_days=None,
        next_inspection_on=None,
    )
