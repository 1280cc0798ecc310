"""The first messages of a new subscription: today's state of what it covers, so that nobody starts empty.

A snapshot is a message like others: numbered, pushed, replayed, and followed by the revisions of what it told. It is of
type ``rating.published`` with the cause ``snapshot``, so that receivers that know only publications take it as one.

Of a bureau of a million it takes minutes, so a worker writes it, in short transactions, each of which can be the last
before the worker is killed; the schedule sends another one, which goes on. Nobody waits for it meanwhile:

1. Who subscribes, or sets an address, asks for it (``ask_for_snapshot``) in their own transaction. Until it is done,
   publications leave the subscription out.
2. The worker *chooses*: it notes the runs that are published (``snapshot_of``), and the ids of their ratings in force, 500
   for each message (``SnapshotPart``). Ratings are never edited, so all messages tell the state of this moment.
3. It writes the messages, one in a transaction. If the filters were changed since the choice, it chooses anew, because
   what the bureau took away must not be told: a snapshot of the new filters follows what is written. Likewise an
   enterprise that left the area since, as by a hand-over, is left out.
4. It writes what was published since the choice, one run after the other, as if it had been published now.
5. Under the lock of publications, which it holds for this alone, it makes sure that nothing else was published, and ends:
   whatever comes later finds the subscription. While a publication is on its way, that waits for the next turn.

A snapshot that is not written within an hour is an alarm (``selectors.alarming``).
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliveries.choices import SNAPSHOT as CAUSE
from deliveries.choices import Topic
from deliveries.models import Event, Receipt, SnapshotPart, Subscription
from deliveries.operations.cursor import wake
from deliveries.operations.publishing import (
    GROUPS,
    IN_AREA,
    MESSAGE,
    RATINGS_PER_MESSAGE,
    REASONS,
    SNAPSHOT,
    WAY,
    WRITTEN,
    marked,
    may_publish,
    parameters_of,
    write_messages,
)
from foundation.database.planner import for_a_batch, without_nested_loops
from foundation.ids import LARGEST_INTEGER
from foundation.tenancy.scope import station_scope
from ratings.choices import OFFICIAL, EvaluationKind, EvaluationState
from ratings.models import Evaluation
from ratings.operations.evaluations import bureau_actor

LOCK = 4_204_231  # of pg_try_advisory_xact_lock, with the subscription: one worker writes it at a time
# What decides which ratings a snapshot has.
_DECISIVE = ("active", "topics", "whole_bureau", "stations", "industries", "colours", "transitions")
# Of a subscription to changes, the colours that they lead to: who turned red before is red today.
_ENDS = """(cardinality(u.transitions) = 0 OR EXISTS (
                SELECT FROM unnest(u.transitions) AS w(step) WHERE split_part(w.step, '>', 2) IN ('*', t.colour)))"""
# The messages to write: ratings in force of the quarter, those of one standard together. Yields their number.
_CHOSEN = f"""
    INSERT INTO deliveries_snapshotpart (bureau_id, department_id, subscription_id, place, evaluation_id, part, parts,
        rating_ids)
    SELECT m.bureau_id, m.department_id, m.subscription_id, row_number() OVER (ORDER BY m.named, m.part),
        m.named, m.part, m.parts, array_agg(m.rating ORDER BY m.place)
    FROM (
        SELECT u.bureau_id, u.department_id, u.id AS subscription_id, t.rating, t.named, t.place,
            (row_number() OVER (PARTITION BY t.named ORDER BY t.place) - 1) / %(together)s + 1 AS part,
            (count(*) OVER (PARTITION BY t.named) - 1) / %(together)s + 1 AS parts
        FROM deliveries_subscription u JOIN (
            SELECT r.id AS rating, n.named, e.station_id, e.industry_code, r.colour,
                row_number() OVER (ORDER BY e.station_id, e.id) AS place
            FROM ratings_rating r
            JOIN ratings_evaluation v ON v.id = r.evaluation_id
            JOIN unnest(%(standards)s::bigint[], %(named)s::bigint[]) AS n(standard, named) ON n.standard = v.standard_id
            JOIN enterprises_enterprise e ON e.id = r.enterprise_id
            JOIN accounts_station s ON s.id = e.station_id
            WHERE s.bureau_id = %(bureau)s AND r.period_code = %(period)s AND NOT r.trial
            AND r.evaluation_id = ANY(%(runs)s) AND NOT EXISTS (
                SELECT FROM ratings_rating w
                WHERE w.enterprise_id = r.enterprise_id AND w.period_code = r.period_code AND NOT w.trial
                AND w.evaluation_id = ANY(%(runs)s) AND w.revision > r.revision)
        ) t ON {IN_AREA} AND {_ENDS}
        WHERE u.id = %(subscription)s
    ) m GROUP BY 1, 2, 3, m.named, m.part, m.parts"""
# One message. Each rating by the criteria of its own run: a correction may have others. What left the area or the industries
# since the choice, as by a hand-over, is not told.
_PART = f"""
    WITH snapshots AS MATERIALIZED (
        SELECT e.id AS enterprise_id, e.station_id, e.industry_code, {{snapshot}} AS snapshot,
            r.colour AS colour, {{way}} AS way, k.place
        FROM unnest(%(ratings)s::bigint[]) WITH ORDINALITY AS k(rating, place)
        JOIN ratings_rating r ON r.id = k.rating
        JOIN ratings_evaluation v ON v.id = r.evaluation_id
        JOIN enterprises_enterprise e ON e.id = r.enterprise_id
        JOIN accounts_station s ON s.id = e.station_id
    ), matched AS (
        SELECT u.id AS subscription_id, u.bureau_id, u.department_id, u.last_sequence + 1 - %(part)s AS last_sequence,
            t.place, t.colour, t.way, %(part)s::bigint AS part, %(parts)s::bigint AS parts
        FROM deliveries_subscription u JOIN snapshots t ON {IN_AREA}
        WHERE u.id = %(subscription)s
    ), {WRITTEN}"""


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
    """Write today's state to a subscription that asked for it, and what was published meanwhile; return the number of messages.

    What cannot be written now is asked for until it is. 0 if it was not asked for, if another worker writes it, if nothing
    was ever rated, or if it has ended: the first publication then reaches it. If nothing rated matches, one message
    without ratings says so.
    """
    written, goes_on = 0, True
    while goes_on:
        more, goes_on = _step(bureau_id, subscription_id)
        written += more
    return written


def write_asked(*, bureau_id: int) -> int:
    """Write all snapshots of a bureau that were asked for; return the number of messages. For programs without workers."""
    return sum(
        write_snapshot(bureau_id=bureau_id, subscription_id=pk) for pk in asked_ids(bureau_id=bureau_id)
    )


def _step(bureau_id: int, subscription_id: int) -> tuple[int, bool]:
    """Do the next thing, in one transaction. Return the number of messages written, and whether more can be done now."""
    actor = bureau_actor(bureau_id)  # with stations that were added since the last step
    with station_scope(actor.scope()), transaction.atomic():
        if not _is_ours(subscription_id):
            return 0, False
        asked = Subscription.objects.filter(
            pk=subscription_id, bureau_id=bureau_id, snapshot_asked_at__isnull=False
        )
        row = asked.first()
        if row is None:
            return 0, False
        before = row.snapshot_of
        written, ends = _write_next(row)
        if ends is None:
            return 0, False
        # The row was not locked while its ratings were read, so that nobody who changes it waits.
        if _decisive(asked.select_for_update(no_key=True).get()) != _decisive(row):
            transaction.set_rollback(True)
            return 0, False
        if ends:
            asked.update(snapshot_asked_at=None, snapshot_of=None)
            wake(bureau_id)
        elif row.snapshot_of is not before:
            asked.update(snapshot_of=row.snapshot_of)
    return written, not ends


def _write_next(row: Subscription) -> tuple[int, bool | None]:
    """Do the next thing of a snapshot. Return the number of messages written, and whether it is done; None: it must wait."""
    parts = SnapshotPart.objects.filter(subscription=row).order_by("place")
    if not row.active:
        parts.delete()
        return 0, True
    if row.snapshot_of is None or row.snapshot_of["filters"] != _decisive(row):
        parts.delete()
        return _choose(row), False
    if part := parts.first():
        written = _write_part(row, part)
        part.delete()
        return written, False
    if run := _unseen(row).order_by("completed_at", "pk").first():
        row.snapshot_of = {**row.snapshot_of, "runs": [*row.snapshot_of["runs"], run.pk]}
        return write_messages(run, [row.pk]), False
    if not may_publish(row.bureau_id):
        return 0, None
    # Nobody publishes now, so what is unseen here was published a moment ago.
    return 0, not _unseen(row).exists()


def _is_ours(subscription_id: int) -> bool:
    """Return whether no other worker writes this snapshot now; none can until the transaction ends."""
    with connection.cursor() as cursor:
        key = subscription_id & LARGEST_INTEGER
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, key])
        return bool(cursor.fetchone()[0])


def _decisive(row: Subscription) -> list[Any]:
    return [getattr(row, name) for name in _DECISIVE]


def _published(bureau_id: int) -> QuerySet[Evaluation]:
    runs = Evaluation.objects.filter(bureau_id=bureau_id, kind__in=OFFICIAL, state=EvaluationState.COMPLETE)
    return runs.select_related("standard")


def _unseen(row: Subscription) -> QuerySet[Evaluation]:
    """Return the runs that were published since the snapshot was chosen and that the subscription was not told yet."""
    assert row.snapshot_of is not None
    return _published(row.bureau_id).exclude(pk__in=row.snapshot_of["runs"])


def _choose(row: Subscription) -> int:
    """Note which messages to write. Return the number of messages written: 1, without ratings, if nothing matches."""
    runs = list(_published(row.bureau_id).order_by("pk"))
    row.snapshot_of = {"filters": _decisive(row), "runs": [run.pk for run in runs]}
    regular = [run for run in runs if run.kind == EvaluationKind.REGULAR]
    if not regular:
        return 0
    last = max(regular, key=lambda run: (run.period_code, run.run))
    # A message names one standard. Of the regular run's the run is named, of others their last.
    named = {run.standard_id: run.pk for run in runs if run.period_code == last.period_code}
    named[last.standard_id] = last.pk
    with without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(
            _CHOSEN,
            {
                "bureau": row.bureau_id,
                "subscription": row.pk,
                "period": last.period_code,
                "runs": [run.pk for run in runs if run.period_code == last.period_code],
                "standards": list(named),
                "named": list(named.values()),
                "together": RATINGS_PER_MESSAGE,
            },
        )
        chosen = cursor.rowcount
    if chosen:
        return 0
    params = {"cause": CAUSE, "subscription": row.pk, "part": 1, "parts": 1}
    return _write_empty(row, parameters_of(last) | params)


def _write_part(row: Subscription, part: SnapshotPart) -> int:
    """Write one message, without ratings if nothing is left of them: receivers count the parts. Return 1."""
    statement = _PART.format(
        snapshot=SNAPSHOT.format(
            groups=GROUPS, reasons=REASONS.format(criteria="v.criteria"), replaces="NULL::json"
        ),
        way=WAY.format(before="r.previous_colour"),
        sandbox="{sandbox}",
    )
    params = parameters_of(_published(row.bureau_id).get(pk=part.evaluation_id)) | {
        "cause": CAUSE,
        "subscription": row.pk,
        "ratings": part.rating_ids,
        "part": part.part,
        "parts": part.parts,
    }
    # so few rows that compiling the statement would cost more than it gains
    with for_a_batch(whole=False), connection.cursor() as cursor:
        cursor.execute(marked(statement, row.bureau_id), params)
        (written,) = cursor.fetchone()
    return written or _write_empty(row, params)


_EMPTY = f"""
    SELECT 'msg_' || replace(gen_random_uuid()::text, '-', ''), ({MESSAGE})::text, statement_timestamp()
    FROM (SELECT %(subscription)s::bigint AS subscription_id, %(last)s::bigint + 1 - %(part)s AS last_sequence,
        %(part)s::bigint AS part, %(parts)s::bigint AS parts, '[]'::json AS ratings) p"""


def _write_empty(row: Subscription, params: dict[str, Any]) -> int:
    """Write a message without ratings: nothing that is covered is rated. Return 1, the number of messages."""
    with connection.cursor() as cursor:
        cursor.execute(marked(_EMPTY, row.bureau_id), params | {"last": row.last_sequence})
        message_id, body, moment = cursor.fetchone()
    about: dict[str, Any] = {
        "bureau_id": row.bureau_id,
        "department_id": row.department_id,
        "subscription_id": row.pk,
        "sequence": row.last_sequence + 1,
        "kind": params["kind"],
        "period_code": params["period"],
        "size": 0,
    }
    Event.objects.create(**about, message_id=message_id, body=body, created_at=moment)
    place = {"part": params["part"], "parts": params["parts"]}
    Receipt.objects.create(**about, **place, cause=CAUSE, written_at=moment)
    Subscription.objects.filter(pk=row.pk).update(last_sequence=row.last_sequence + 1)
    return 1
