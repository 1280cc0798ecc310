"""Writing the messages of a published evaluation: one statement, in the transaction that publishes.

1. The bureau's subscriptions are locked first, in the order of their ids, so that numbers have no gaps when two
   evaluations publish at once, and two publishers cannot deadlock.
2. The JSON of a rating is built once, however many subscriptions receive it. Once messages are put together they are
   joined with nothing: PostgreSQL, which expects one of them, would hash all of them, 1.3 GB at a million ratings.
3. A message is a snapshot of what a department may know, and nothing else (see ``SNAPSHOT``).
4. Publications of a bureau are written one after the other (``LOCK``). A publication leaves out whoever waits for a
   snapshot: the worker that writes it writes the publication after it (:mod:`deliveries.operations.snapshot`).
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from deliveries.choices import EventKind, Topic
from deliveries.models import Subscription
from deliveries.sandbox import is_sandbox
from foundation.accounts.models import Bureau
from foundation.database.planner import without_nested_loops
from foundation.ids import LARGEST_INTEGER
from foundation.periods import Period
from ratings.choices import OFFICIAL, EvaluationKind, EvaluationState
from ratings.engine.batch import COLOURS
from ratings.models import Evaluation
from ratings.standards.parsing import parse

RATINGS_PER_MESSAGE = 500
LOCK = 4_204_230  # of pg_advisory_xact_lock, with the bureau


def announce(sender: type[Model], evaluation: Evaluation, **_signal: Any) -> int:
    """Write the messages of a published evaluation to the subscriptions of its bureau; return their number.

    It runs in the publisher's transaction, in the scope of all stations of the bureau, and wakes the push after the
    commit. A regular evaluation writes ``rating.published``; a correction or an interim veto writes ``rating.revised``
    with its cause, also to subscriptions that received the rating it replaces.
    """
    _wait_for_publications(evaluation.bureau_id)
    subscriptions = list(
        Subscription.objects.select_for_update()
        .filter(
            bureau_id=evaluation.bureau_id,
            active=True,
            topics__contains=[Topic.RATINGS],
            snapshot_asked_at=None,
        )
        .order_by("id")
        .values_list("pk", flat=True)
    )
    written = write_messages(evaluation, subscriptions)
    if written:
        transaction.on_commit(
            lambda: _wake(evaluation.bureau_id), robust=True
        )  # if it fails, the next beat pushes
    return written


def write_messages(evaluation: Evaluation, subscriptions: list[int]) -> int:
    """Write what a publication tells these subscriptions of its bureau; return the number of messages."""
    if not subscriptions:
        return 0
    statement, params = _statement(evaluation, subscriptions)
    with without_nested_loops(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        (written,) = cursor.fetchone()
    return written


def _wait_for_publications(bureau_id: int) -> None:
    """Let nobody else write messages of the bureau's ratings before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, bureau_id & LARGEST_INTEGER])


def may_publish(bureau_id: int) -> bool:
    """Do the same if nobody is writing such messages now; return whether."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, bureau_id & LARGEST_INTEGER])
        return bool(cursor.fetchone()[0])


def _wake(bureau_id: int) -> None:
    from deliveries.tasks import push_due  # tasks call operations, so they cannot be imported above

    push_due.delay(bureau_id)


# What a department receives of one rating. It must not include measures, whose figures reveal disputes and incidents, or
# the reason of a correction, which is free text.
SNAPSHOT = """
    json_build_object(
        'enterprise', e.id, 'name', e.name, 'credit_code', e.credit_code, 'site', e.site,
        'industry', e.industry_code,
        'station', json_build_object('code', s.code, 'name', s.name),
        'colour', r.colour, 'previous_colour', nullif(r.previous_colour, ''),
        'score', CASE WHEN r.colour <> 'grey' THEN r.score END,
        'groups', ({groups}),
        'reasons', ({reasons}),
        'decided_by', r.decided_by, 'flags', to_json(r.flags), 'revision', r.revision, 'replaces', {replaces}
    )"""
GROUPS = """
    SELECT json_object_agg(g.code, nullif(r.shares[g.n], -1) ORDER BY g.n)
    FROM unnest(%(groups)s::text[]) WITH ORDINALITY AS g(code, n)"""
REASONS = """
    SELECT coalesce(json_agg(json_build_object('criterion', c.code, 'reason',
        CASE WHEN r.reasons[c.n] = 'lost-' THEN 'no_evidence' ELSE 'lost' END,
        'points_lost', trim_scale(r.maxima[c.n] - r.points[c.n])) ORDER BY c.n), '[]')
    FROM unnest({criteria}) WITH ORDINALITY AS c(code, n) WHERE starts_with(r.reasons[c.n], 'lost')"""
_REPLACES = """
    CASE WHEN o.colour IS NULL THEN NULL ELSE json_build_object(
        'colour', o.colour, 'score', CASE WHEN o.colour <> 'grey' THEN o.score END, 'revision', o.revision
    ) END"""
_REPLACED = """
    LEFT JOIN LATERAL (
        SELECT o.* FROM ratings_rating o
        WHERE o.enterprise_id = r.enterprise_id AND o.period_code = r.period_code AND NOT o.trial
        AND o.revision < r.revision AND o.evaluation_id = ANY(%(known_before)s) ORDER BY o.revision DESC LIMIT 1
    ) o ON true"""
# Whether a department would read something else than before. A correction may only have changed measures, which a message
# does not contain.
_TELLS_NEWS = """
    (o.id IS NULL OR (o.colour, o.score, o.decided_by, o.flags, o.shares, o.reasons, o.previous_colour)
        IS DISTINCT FROM (r.colour, r.score, r.decided_by, r.flags, r.shares, r.reasons, r.previous_colour))"""
# The transitions of a rating: from the previous quarter, and for a revision also from the rating it replaces.
_STEPS = "ARRAY[coalesce(nullif(r.previous_colour, ''), 'none') || '>' || r.colour]"
_REVISED_STEPS = f"{_STEPS} || CASE WHEN o.colour IS NOT NULL THEN ARRAY[o.colour || '>' || r.colour] END"
# Down (-1) or up (1) from the colour before; NULL if one of them is grey.
WAY = f"""sign(array_position({COLOURS}, r.colour::text)
    - array_position({COLOURS}, ({{before}})::text))"""
# A revision goes to every subscription that received the rating it replaces, whatever the filters are now, so that no
# department keeps an outdated colour.
_KNOWN = """known AS MATERIALIZED (
            SELECT DISTINCT v.subscription_id, k.enterprise_id
            FROM deliveries_event v, unnest(v.enterprise_ids) AS k(enterprise_id)
            WHERE v.subscription_id = ANY(%(subscriptions)s) AND v.period_code = %(period)s
        ), """
_IS_KNOWN = "(u.id, t.enterprise_id) IN (SELECT subscription_id, enterprise_id FROM known) OR"
# A message: the fields common to all messages of the run, its numbers, and its ratings.
MESSAGE = """
    SELECT row_to_json(message) FROM (
        SELECT %(kind)s::text AS type,
            to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS timestamp, (
            SELECT data FROM (
                SELECT (SELECT b FROM (SELECT %(bureau_code)s AS code, %(bureau_name)s AS name) b) AS bureau,
                    %(period)s::text AS period, %(period_start)s::date AS period_start, %(period_end)s::date AS period_end,
                    %(effective_on)s::date AS effective_on, %(evaluation)s::bigint AS evaluation, %(cause)s::text AS cause,
                    (SELECT s FROM (SELECT %(standard_code)s AS code, %(standard_version)s AS version) s) AS standard,
                    %(groups)s::text[] AS group_codes, p.subscription_id AS subscription,
                    p.last_sequence + p.part AS sequence, p.part, p.parts{sandbox}, p.ratings
            ) data
        ) AS data
    ) message"""
# Whether one of a subscription's changes (w) is one of a rating's (h). A star stands for any *other* colour: a rating
# that kept its colour matches only a change that says so, such as red>red.
_CHANGED = """(w.step = '*>*' OR (
        (split_part(w.step, '>', 1) = split_part(h.step, '>', 1)
            OR split_part(w.step, '>', 1) = '*' AND split_part(h.step, '>', 1) <> split_part(h.step, '>', 2))
        AND (split_part(w.step, '>', 2) = split_part(h.step, '>', 2)
            OR split_part(w.step, '>', 2) = '*' AND split_part(h.step, '>', 1) <> split_part(h.step, '>', 2))))"""
IN_AREA = """(u.whole_bureau OR t.station_id = ANY(u.stations))
                AND (cardinality(u.industries) = 0
                    OR EXISTS (SELECT FROM unnest(u.industries) AS i(code) WHERE starts_with(t.industry_code, i.code)))
                AND (cardinality(u.colours) = 0 OR t.colour = ANY(u.colours))"""
# The ratings of a message in their order, and the number of messages; after FROM … u JOIN snapshots t ON …
MATCHED = """SELECT u.id AS subscription_id, u.bureau_id, u.department_id, u.last_sequence, t.place, t.colour, t.way,
                (row_number() OVER (PARTITION BY u.id ORDER BY t.place) - 1) / %(together)s + 1 AS part,
                (count(*) OVER (PARTITION BY u.id) - 1) / %(together)s + 1 AS parts
            FROM deliveries_subscription u JOIN snapshots t ON"""

# What follows ``matched`` and ``snapshots``: events, receipts, the last numbers; yields the number of events.
WRITTEN = f"""figures AS (
        SELECT subscription_id, last_sequence + part AS sequence, part, parts,
            count(*) FILTER (WHERE colour = 'green') AS green, count(*) FILTER (WHERE colour = 'yellow') AS yellow,
            count(*) FILTER (WHERE colour = 'red') AS red, count(*) FILTER (WHERE colour = 'grey') AS grey,
            count(*) FILTER (WHERE way < 0) AS worse, count(*) FILTER (WHERE way > 0) AS better
        FROM matched GROUP BY 1, 2, 3, 4
    ), written AS (
        INSERT INTO deliveries_event (bureau_id, department_id, subscription_id, sequence, message_id, kind,
            period_code, size, enterprise_ids, body, created_at)
        SELECT p.bureau_id, p.department_id, p.subscription_id, p.last_sequence + p.part,
            'msg_' || replace(gen_random_uuid()::text, '-', ''), %(kind)s, %(period)s, p.size, p.enterprise_ids,
            ({MESSAGE})::text, statement_timestamp()
        FROM (
            SELECT m.bureau_id, m.department_id, m.subscription_id, m.last_sequence, m.part, m.parts,
                count(*) AS size, array_to_json(array_agg(t.snapshot ORDER BY m.place)) AS ratings,
                array_agg(t.enterprise_id ORDER BY m.place) AS enterprise_ids
            FROM matched m JOIN snapshots t ON t.place = m.place GROUP BY 1, 2, 3, 4, 5, 6
        ) p
        RETURNING bureau_id, department_id, subscription_id, sequence, kind, period_code, size, created_at
    ), receipts AS (
        INSERT INTO deliveries_receipt (bureau_id, department_id, subscription_id, sequence, kind, period_code,
            cause, part, parts, size, green, yellow, red, grey, worse, better, written_at,
            acknowledged_by_id, acknowledged_by_name, feedback, feedback_by_id, feedback_by_name)
        SELECT w.bureau_id, w.department_id, w.subscription_id, w.sequence, w.kind, w.period_code,
            %(cause)s, f.part, f.parts, w.size, f.green, f.yellow, f.red, f.grey, f.worse, f.better, w.created_at,
            0, '', '', 0, ''
        FROM written w JOIN figures f USING (subscription_id, sequence)
        ORDER BY w.subscription_id, w.sequence
    ), moved AS (
        UPDATE deliveries_subscription u SET last_sequence = n.last
        FROM (SELECT subscription_id, max(sequence) AS last FROM written GROUP BY 1) n
        WHERE u.id = n.subscription_id
    )
    SELECT count(*) FROM written"""


def _statement(evaluation: Evaluation, subscriptions: list[int]) -> tuple[str, dict[str, Any]]:
    """Return the statement that inserts events and receipts and advances ``last_sequence``, and its parameters.

    It yields one row with the number of events.
    """
    revises = evaluation.kind != EvaluationKind.REGULAR
    snapshot = SNAPSHOT.format(
        groups=GROUPS,
        reasons=REASONS.format(criteria="%(criteria)s::text[]"),
        replaces=_REPLACES if revises else "NULL::json",
    )
    way = WAY.format(before="coalesce(o.colour, r.previous_colour)" if revises else "r.previous_colour")
    sql = f"""
        WITH {_KNOWN if revises else ""}snapshots AS MATERIALIZED (
            SELECT e.id AS enterprise_id, e.station_id, e.industry_code, {snapshot} AS snapshot,
                r.colour AS colour, {way} AS way, row_number() OVER (ORDER BY e.station_id, e.id) AS place,
                ({_REVISED_STEPS if revises else _STEPS})::text[] AS steps
            FROM ratings_rating r
            JOIN enterprises_enterprise e ON e.id = r.enterprise_id
            JOIN accounts_station s ON s.id = e.station_id
            {_REPLACED if revises else ""}
            WHERE r.evaluation_id = %(evaluation)s {f"AND {_TELLS_NEWS}" if revises else ""}
        ), matched AS (
            {MATCHED}
                {_IS_KNOWN if revises else ""}
                {IN_AREA}
                AND (cardinality(u.transitions) = 0 OR EXISTS (
                    SELECT FROM unnest(u.transitions) AS w(step), unnest(t.steps) AS h(step) WHERE {_CHANGED}))
            WHERE u.id = ANY(%(subscriptions)s)
        ), {WRITTEN}"""
    return marked(sql, evaluation.bureau_id), parameters_of(evaluation) | {
        "kind": EventKind.REVISED if revises else EventKind.PUBLISHED,
        "criteria": list(evaluation.criteria),
        "known_before": _known_before(evaluation) if revises else [],
        "subscriptions": subscriptions,
    }


def marked(sql: str, bureau_id: int) -> str:
    """Return a statement with ``WRITTEN`` or ``MESSAGE``, whose messages say whether the bureau is a sandbox."""
    bureau = Bureau.objects.get(pk=bureau_id)
    return sql.replace("{sandbox}", ", true AS sandbox" if is_sandbox(bureau) else "")


def parameters_of(evaluation: Evaluation) -> dict[str, Any]:
    """Return the parameters of ``WRITTEN``: what the messages of a run have in common."""
    period = Period.parse(evaluation.period_code)
    bureau = Bureau.objects.get(pk=evaluation.bureau_id)
    return {
        "kind": EventKind.PUBLISHED,
        "bureau_code": bureau.code,
        "bureau_name": bureau.name,
        "period": period.code,
        "period_start": period.start,
        "period_end": period.end,
        "effective_on": evaluation.effective_on,
        "evaluation": evaluation.pk,
        "cause": evaluation.kind,
        "standard_code": evaluation.standard.code,
        "standard_version": evaluation.standard.version,
        "groups": [group.code for group in parse(evaluation.standard.body).groups],
        "together": RATINGS_PER_MESSAGE,
    }


def _known_before(evaluation: Evaluation) -> list[int]:
    """Return the other complete official runs of the quarter, whose ratings a revision may replace."""
    runs = Evaluation.objects.filter(
        bureau_id=evaluation.bureau_id,
        period_code=evaluation.period_code,
        kind__in=OFFICIAL,
        state=EvaluationState.COMPLETE,
    )
    return list(runs.exclude(pk=evaluation.pk).values_list("pk", flat=True))
