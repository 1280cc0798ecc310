"""How far disputes have come, and which of their clocks ends next: for all disputes of an area in one query.

The page of a dispute asks its parts the same (``disputes.parts``: stage, clocks), one dispute at a time. Here each table is read
once and joined, so a board of 25,000 disputes costs a few dozen milliseconds. ``tests/disputes/test_standing.py`` compares the two.

Row-level security narrows every table to the stations of the scope. A query over these texts runs
``without_nested_loops``: behind the policies PostgreSQL expects a handful of rows.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from disputes.choices import Stage
from disputes.mediation.choices import Running
from disputes.models import Dispute
from foundation.accounts.actors import Actor
from foundation.database.composing import Statement
from foundation.database.planner import without_nested_loops

# file: the dispute that survived, of rows that belong to one that was merged into it
_MOVED = "LEFT JOIN disputes_dispute moved ON moved.id = {of}.dispute_id AND moved.merged_into_id > 0"
_FILE = "coalesce(moved.merged_into_id, {of}.dispute_id)"


def moved(of: str) -> str:
    """Return the join of rows (their alias) with the file that survived, for :func:`file_of`."""
    return _MOVED.format(of=of)


def file_of(of: str) -> str:
    """Return the expression for the file of rows that are joined with :func:`moved`."""
    return _FILE.format(of=of)


def _rows(columns: str, table: str, where: str) -> str:
    """Return rows of a table, each with its file."""
    return f"SELECT {file_of('r')} AS file, {columns} FROM {table} r {moved('r')} WHERE {where}"


# the first instalment of each agreement in force of which something is owed; disputes.agreements.reading.with_open says the
# same of one instalment: what is named pays its own, everything else the earliest
_OPEN = """
    SELECT agreement_id, min(due_on) AS due_on FROM (
        SELECT agreement_id, due_on, fen - own AS rest,
            sum(fen - own) OVER (PARTITION BY agreement_id ORDER BY number) AS until,
            paid - sum(own) OVER (PARTITION BY agreement_id) AS pool
        FROM (
            SELECT i.agreement_id, i.number, i.due_on, i.fen, coalesce(p.paid, 0) AS paid,
                least(i.fen, coalesce(n.named, 0)) AS own
            FROM disputes_instalment i
            JOIN disputes_agreement a ON a.id = i.agreement_id AND a.ended_at IS NULL AND a.effective_on IS NOT NULL
            LEFT JOIN (SELECT agreement_id, sum(fen) AS paid FROM disputes_payment
                WHERE taken_back_at IS NULL GROUP BY 1) p ON p.agreement_id = i.agreement_id
            LEFT JOIN (SELECT agreement_id, number, sum(fen) AS named FROM disputes_payment
                WHERE taken_back_at IS NULL AND number > 0 GROUP BY 1, 2) n
                ON n.agreement_id = i.agreement_id AND n.number = i.number
        ) named
    ) owed WHERE rest > 0 AND pool < until GROUP BY 1"""

COLUMNS = ("id", "settled_on", "closed_on", "due_on", "risk_next_on")  # of a dispute
CLOCKS = (
    *(
        "deadline",
        "risk",
        "measure",
        "way",
        "session",
        "next_step",
        "instalment",
        "confirmation",
        "follow_up",
    ),
)


def standing(today: dt.date, disputes: str) -> str:
    """Return SQL of one row for each dispute: ``id``, ``stage``, ``next_on`` and a column for each of CLOCKS.

    ``disputes`` is SQL of those that are asked for, with COLUMNS.
    """
    day = f"DATE '{today.isoformat()}'"
    agreements = f"""
        SELECT {file_of("a")} AS file, a.effective_on IS NOT NULL AS is_effective, o.due_on,
            CASE WHEN a.confirm_by >= {day} AND applied.agreement_id IS NULL THEN a.confirm_by END AS confirm_by
        FROM disputes_agreement a {moved("a")}
        LEFT JOIN ({_OPEN}) o ON o.agreement_id = a.id
        LEFT JOIN (SELECT DISTINCT agreement_id FROM disputes_confirmation
            WHERE step = 'applied' AND taken_back_at IS NULL) applied ON applied.agreement_id = a.id
        WHERE a.ended_at IS NULL"""
    is_case = f"r.running = '{Running.CASE.value}'"
    ways = _rows(
        f"r.from_on, CASE WHEN {is_case} THEN r.due_on END AS case_on, CASE WHEN r.running <> '' AND NOT {is_case} THEN"
        " r.due_on END AS due_on",
        "disputes_way",
        "r.voided_at IS NULL",
    )
    ended = _rows("r.id", "disputes_agreement", "r.ended_at IS NOT NULL")
    sessions = _rows("r.on, r.begins_at, r.id, r.next_on", "disputes_mediationsession", "r.voided_at IS NULL")
    appointments = _rows("r.on", "disputes_appointment", "r.ended_at IS NULL AND r.voided_at IS NULL")
    measures = _rows("r.until_on", "disputes_riskmeasure", "r.done_on IS NULL")
    follow_ups = _rows(
        "r.done_on IS NOT NULL AS is_done, CASE WHEN r.done_on IS NULL AND r.dropped_on IS NULL THEN r.planned_on END AS planned_on",
        "disputes_followup",
        "r.voided_at IS NULL",
    )
    is_settled = "d.settled_on IS NOT NULL"
    return f"""
    SELECT *, least({", ".join(CLOCKS)}) AS next_on FROM (
        SELECT d.id,
            CASE WHEN d.closed_on IS NOT NULL THEN {Stage.CLOSED.value}
                WHEN {is_settled} AND f.is_done THEN {Stage.FOLLOW_UP.value}
                WHEN a.file IS NOT NULL AND NOT a.is_effective THEN {Stage.AGREEMENT.value}
                WHEN a.file IS NOT NULL AND a.due_on IS NOT NULL THEN {Stage.PERFORMANCE.value}
                WHEN a.file IS NOT NULL OR {is_settled} THEN {Stage.FOLLOW_UP.value}
                WHEN w.has_begun OR s.file IS NOT NULL OR e.file IS NOT NULL THEN {Stage.MEDIATION.value}
                ELSE {Stage.RECEIVED.value} END AS stage,
            CASE WHEN NOT {is_settled} THEN d.due_on END AS deadline,
            CASE WHEN NOT {is_settled} THEN d.risk_next_on END AS risk,
            m.until_on AS measure,
            least(w.case_on, CASE WHEN NOT {is_settled} THEN w.due_on END) AS way,
            p.on AS session,
            CASE WHEN NOT {is_settled} AND p.on IS NULL THEN s.next_on END AS next_step,
            a.due_on AS instalment,
            a.confirm_by AS confirmation,
            CASE WHEN {is_settled} AND d.closed_on IS NULL THEN f.planned_on END AS follow_up
        FROM ({disputes}) d({", ".join(COLUMNS)})
        LEFT JOIN ({agreements}) a ON a.file = d.id
        LEFT JOIN (SELECT file, bool_or(from_on <= {day}) AS has_begun, min(case_on) AS case_on, min(due_on) AS due_on
            FROM ({ways}) each GROUP BY 1) w ON w.file = d.id
        LEFT JOIN (SELECT DISTINCT ON (file) file, next_on FROM ({sessions}) each
            ORDER BY file, each.on DESC, begins_at DESC, id DESC) s ON s.file = d.id
        LEFT JOIN (SELECT DISTINCT file FROM ({ended}) each) e ON e.file = d.id
        LEFT JOIN (SELECT file, min(each.on) AS on FROM ({appointments}) each GROUP BY 1) p ON p.file = d.id
        LEFT JOIN (SELECT file, min(until_on) AS until_on FROM ({measures}) each GROUP BY 1) m ON m.file = d.id
        LEFT JOIN (SELECT file, bool_or(is_done) AS is_done, min(planned_on) AS planned_on
            FROM ({follow_ups}) each GROUP BY 1) f ON f.file = d.id
    ) stands"""


def stands(actor: Actor, today: dt.date, where: str) -> Q:
    """Return the condition on the actor's disputes that a condition on their columns of :func:`standing` holds. One query.

    ``where`` is SQL, of no text from outside. It is asked at once: a list counts its rows and then reads them.
    """
    rows = Dispute.objects.filter(station_id__in=actor.stations, voided_at=None).order_by()
    disputes, params = Statement.of(rows.values_list(*COLUMNS)).bind({})
    return among(f"SELECT id FROM ({standing(today, disputes)}) asked WHERE {where}", params)


def among(sql: str, params: Sequence[Any] = ()) -> Q:
    """Return the condition on rows that their ids are those of a query, which is made now, once, whatever its rows are asked for."""
    with without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return one_of([id for (id,) in cursor.fetchall()])


def one_of(ids: Sequence[int]) -> Q:
    """Return the condition on rows that their id is one of these, which may be thousands."""
    return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", (ids,)))
