"""The first messages of a new subscription: today's state of what it covers, so that nobody starts empty.

A snapshot is a message like others: numbered, pushed, replayed, and followed by the revisions of what it told. It is of
type ``rating.published`` with the cause ``snapshot``, so that receivers that know only publications take it as one.
"""

from typing import Any

from django.db import connection
from django.utils import timezone

from deliveries.choices import SNAPSHOT as CAUSE
from deliveries.choices import Topic
from deliveries.models import Event, Receipt, Subscription
from deliveries.operations.cursor import wake
from deliveries.operations.publishing import (
    GROUPS,
    IN_AREA,
    MATCHED,
    MESSAGE,
    REASONS,
    SNAPSHOT,
    WAY,
    WRITTEN,
    marked,
    parameters_of,
    wait_for_publications,
)
from foundation.database.planner import without_nested_loops
from foundation.tenancy.scope import station_scope
from ratings.choices import EvaluationKind, EvaluationState
from ratings.models import Evaluation
from ratings.operations.evaluations import bureau_actor

# The ratings in force of the quarter. Each by the criteria of its own run: a correction may have others.
_IN_FORCE = """
        SELECT e.id AS enterprise_id, e.station_id, e.industry_code, {snapshot} AS snapshot,
            r.colour AS colour, {way} AS way, row_number() OVER (ORDER BY e.station_id, e.id) AS place
        FROM ratings_rating r
        JOIN ratings_evaluation v ON v.id = r.evaluation_id AND v.state = %(complete)s
        JOIN enterprises_enterprise e ON e.id = r.enterprise_id
        JOIN accounts_station s ON s.id = e.station_id
        WHERE s.bureau_id = %(bureau)s AND r.period_code = %(period)s AND NOT r.trial AND r.visible_from <= %(now)s
        AND NOT EXISTS (
            SELECT FROM ratings_rating n JOIN ratings_evaluation w ON w.id = n.evaluation_id AND w.state = %(complete)s
            WHERE n.enterprise_id = r.enterprise_id AND n.period_code = r.period_code AND NOT n.trial
            AND n.visible_from <= %(now)s AND n.revision > r.revision)"""
# Of a subscription to changes, the colours that they lead to: who turned red before is red today.
_ENDS = """(cardinality(u.transitions) = 0 OR EXISTS (
                SELECT FROM unnest(u.transitions) AS w(step) WHERE split_part(w.step, '>', 2) IN ('*', t.colour)))"""


def write_first_snapshot(row: Subscription, *, is_new: bool = False) -> int:
    """Write today's state to a subscription that has no message yet; return the number of messages.

    0 if it has messages, has ended, is not about ratings, or nothing is rated yet: the first publication then reaches
    it. If nothing rated matches, one message without ratings says so. The row is locked, for which publications wait;
    or new in this transaction (``is_new``), and then waits for those that do not see it (``wait_for_publications``).
    Publications take that lock before they lock rows, so whoever holds a row must not ask for it.
    """
    if row.last_sequence or not row.active or Topic.RATINGS not in row.topics:
        return 0
    with station_scope(bureau_actor(row.bureau_id).scope()):
        if is_new:
            wait_for_publications(row.bureau_id)
        last = (
            Evaluation.objects.filter(
                bureau_id=row.bureau_id, kind=EvaluationKind.REGULAR, state=EvaluationState.COMPLETE
            )
            .select_related("standard")
            .order_by("-period_code", "-run")
            .first()
        )
        if last is None:
            return 0
        statement, params = _statement(last, row)
        with without_nested_loops(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            (written,) = cursor.fetchone()
        written = written or _write_empty(row, params)
    row.last_sequence += written
    wake(row.bureau_id)
    return written


def _statement(last: Evaluation, row: Subscription) -> tuple[str, dict[str, Any]]:
    """Return the statement that writes the snapshot, and its parameters. It yields one row with the number of events."""
    in_force = _IN_FORCE.format(
        snapshot=SNAPSHOT.format(
            groups=GROUPS, reasons=REASONS.format(criteria="v.criteria"), replaces="NULL::json"
        ),
        way=WAY.format(before="r.previous_colour"),
    )
    sql = f"""
        WITH snapshots AS MATERIALIZED ({in_force}
        ), matched AS (
            {MATCHED}
                {IN_AREA} AND {_ENDS}
            WHERE u.id = %(subscription)s
        ), {WRITTEN}"""
    return marked(sql, row.bureau_id), parameters_of(last) | {
        "cause": CAUSE,
        "bureau": row.bureau_id,
        "subscription": row.pk,
        "complete": EvaluationState.COMPLETE,
        "now": timezone.now(),
    }


_EMPTY = f"""
    SELECT 'msg_' || replace(gen_random_uuid()::text, '-', ''), ({MESSAGE})::text, statement_timestamp()
    FROM (SELECT %(subscription)s::bigint AS subscription_id, 0::bigint AS last_sequence, 1 AS part, 1 AS parts,
        '[]'::json AS ratings) p"""


def _write_empty(row: Subscription, params: dict[str, Any]) -> int:
    """Write a message without ratings: nothing that is covered is rated. Return 1, the number of messages."""
    with connection.cursor() as cursor:
        cursor.execute(marked(_EMPTY, row.bureau_id), params)
        message_id, body, moment = cursor.fetchone()
    about: dict[str, Any] = {
        "bureau_id": row.bureau_id,
        "department_id": row.department_id,
        "subscription_id": row.pk,
        "sequence": 1,
        "kind": params["kind"],
        "period_code": params["period"],
        "size": 0,
    }
    Event.objects.create(**about, message_id=message_id, body=body, created_at=moment)
    Receipt.objects.create(**about, cause=CAUSE, written_at=moment)
    Subscription.objects.filter(pk=row.pk).update(last_sequence=1)
    return 1
