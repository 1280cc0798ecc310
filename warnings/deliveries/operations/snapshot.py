"""The first messages of a new subscription: today's state of what it covers, so that nobody starts empty.

A snapshot is a message like others: numbered, pushed, replayed, and followed by the revisions of what it told. It is of
type ``rating.published`` with the cause ``snapshot``, so that receivers that know only publications take it as one.

Of a bureau of a million it takes longer than a request may, so a worker writes it:

1. Who subscribes, or sets an address, asks for it (``ask_for_snapshot``) in their own transaction.
2. Until it is written, publications leave the subscription out: the snapshot tells what they changed.
3. It is written, and no longer asked for, in one transaction. Of a worker that is killed nothing stays, and the schedule
   sends another one. It takes the lock of publications, so it sees each as a whole; while one is on its way, or another
   snapshot of the bureau is being written, it comes later instead of waiting. One that is not written within an hour is
   an alarm (``selectors.alarming``), because until then the subscription receives nothing.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import Max
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
    may_publish,
    parameters_of,
)
from foundation.database.planner import without_nested_loops
from foundation.tenancy.scope import station_scope
from ratings.choices import OFFICIAL, EvaluationKind, EvaluationState
from ratings.models import Evaluation
from ratings.operations.evaluations import bureau_actor

# What decides which ratings a snapshot has.
_DECISIVE = ("active", "topics", "whole_bureau", "stations", "industries", "colours", "transitions")
# The ratings in force of the quarter that are by one standard. Each by the criteria of its own run: a correction may have others.
_IN_FORCE = """
        SELECT e.id AS enterprise_id, e.station_id, e.industry_code, {snapshot} AS snapshot,
            r.colour AS colour, {way} AS way, row_number() OVER (ORDER BY e.station_id, e.id) AS place
        FROM ratings_rating r
        JOIN ratings_evaluation v ON v.id = r.evaluation_id AND v.state = %(complete)s
        JOIN enterprises_enterprise e ON e.id = r.enterprise_id
        JOIN accounts_station s ON s.id = e.station_id
        WHERE s.bureau_id = %(bureau)s AND r.period_code = %(period)s AND NOT r.trial AND r.visible_from <= %(now)s
        AND v.standard_id = %(standard)s AND NOT EXISTS (
            SELECT FROM ratings_rating n JOIN ratings_evaluation w ON w.id = n.evaluation_id AND w.state = %(complete)s
            WHERE n.enterprise_id = r.enterprise_id AND n.period_code = r.period_code AND NOT n.trial
            AND n.visible_from <= %(now)s AND n.revision > r.revision)"""
# Of a subscription to changes, the colours that they lead to: who turned red before is red today.
_ENDS = """(cardinality(u.transitions) = 0 OR EXISTS (
                SELECT FROM unnest(u.transitions) AS w(step) WHERE split_part(w.step, '>', 2) IN ('*', t.colour)))"""


def ask_for_snapshot(row: Subscription) -> None:
    """Have today's state written to a subscription without any message, after the commit. The caller saves the row.

    Nothing happens if it has messages, has ended, or is not about ratings.
    """
    if row.snapshot_asked_at is None and not row.last_sequence and row.active and Topic.RATINGS in row.topics:
        row.snapshot_asked_at = timezone.now()
        wake(row.bureau_id)


def asked_ids(*, bureau_id: int) -> list[int]:
    """Return the ids of the bureau's subscriptions whose snapshot is not written yet, in the order of asking."""
    with station_scope(bureau_actor(bureau_id).scope()):
        rows = Subscription.objects.filter(bureau_id=bureau_id, snapshot_asked_at__isnull=False)
        return list(rows.order_by("snapshot_asked_at", "id").values_list("pk", flat=True))


def write_snapshot(*, bureau_id: int, subscription_id: int) -> int:
    """Write today's state to a subscription that asked for it; return the number of messages.

    0 if it was not asked for, or cannot be written now: it is asked for until it is. Also 0 if nothing was ever rated, or
    it has ended: the first publication then reaches it. If nothing rated matches, one message without ratings says so.
    """
    with station_scope(bureau_actor(bureau_id).scope()), transaction.atomic():
        if not may_publish(bureau_id):
            return 0
        asked = Subscription.objects.filter(
            pk=subscription_id, bureau_id=bureau_id, snapshot_asked_at__isnull=False
        )
        row = asked.first()
        if row is None:
            return 0
        written = _write(row) if row.active and not row.last_sequence else 0
        # The row was not locked while it was read, so that nobody who changes it waits.
        if _decisive(asked.select_for_update().get()) != _decisive(row):
            transaction.set_rollback(True)
            return 0
        asked.update(snapshot_asked_at=None)
        if written:
            wake(bureau_id)
    return written


def write_asked(*, bureau_id: int) -> int:
    """Write all snapshots of a bureau that were asked for; return the number of messages. For programs without workers."""
    return sum(
        write_snapshot(bureau_id=bureau_id, subscription_id=pk) for pk in asked_ids(bureau_id=bureau_id)
    )


def _decisive(row: Subscription) -> list[Any]:
    return [getattr(row, name) for name in _DECISIVE]


def _write(row: Subscription) -> int:
    official = Evaluation.objects.filter(
        bureau_id=row.bureau_id, kind__in=OFFICIAL, state=EvaluationState.COMPLETE
    )
    last = official.filter(kind=EvaluationKind.REGULAR).order_by("-period_code", "-run").first()
    if last is None:
        return 0
    # A message names one standard. Of the regular run's the run is named, of others their last.
    runs = official.filter(period_code=last.period_code)
    others = runs.exclude(standard_id=last.standard_id).order_by("standard_id").values("standard_id")
    ids = [last.pk, *others.annotate(last=Max("pk")).values_list("last", flat=True)]
    written = 0
    for run in runs.filter(pk__in=ids).select_related("standard").order_by("pk"):
        statement, params = _statement(run, row)
        with without_nested_loops(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            (more,) = cursor.fetchone()
        written += more
    return written or _write_empty(row, parameters_of(last) | {"cause": CAUSE, "subscription": row.pk})


def _statement(run: Evaluation, row: Subscription) -> tuple[str, dict[str, Any]]:
    """Return the statement that writes what a run's standard rated, and its parameters. It yields the number of events."""
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
    return marked(sql, row.bureau_id), parameters_of(run) | {
        "cause": CAUSE,
        "standard": run.standard_id,
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
