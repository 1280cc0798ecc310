"""One ``INSERT … SELECT`` judges and stores a whole batch: measures, what is known from before, judgement, ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from foundation.periods import Period
from ratings.engine.measured import Statement, measured
from ratings.engine.statement import COLOURS, Judging
from ratings.standards.rulebook import Rulebook


@dataclass(frozen=True)
class KnownRuns:
    """Ids of the complete official runs a statement may look at: a failed or unfinished one never counts.

    ``before`` are those of the four quarters before, ``same`` those of the quarter itself (a correction revises
    them), ``interim`` those of ``same`` that are interim vetoes.
    """

    before: tuple[int, ...] = ()
    same: tuple[int, ...] = ()
    interim: tuple[int, ...] = ()


def _look_back(period: Period, runs: Sequence[int]) -> Statement:
    """The quarter before, for the page; and the last rating that was not grey among four, for the movement rules.

    The statement is a list of joins to ``m``.
    """
    mine = "r.enterprise_id = m.enterprise_id AND NOT r.trial AND r.evaluation_id = ANY(%s)"
    newest = (
        "NOT EXISTS (SELECT 1 FROM ratings_rating n WHERE n.enterprise_id = r.enterprise_id AND NOT n.trial "
        "AND n.evaluation_id = ANY(%s) AND n.period_code = r.period_code AND n.revision > r.revision)"
    )
    sql = f"""
        LEFT JOIN LATERAL (
            SELECT r.colour, r.score FROM ratings_rating r WHERE {mine} AND r.period_code = %s
            ORDER BY r.revision DESC LIMIT 1
        ) q ON true
        LEFT JOIN LATERAL (
            SELECT r.colour, r.red_since FROM ratings_rating r WHERE {mine} AND r.period_code BETWEEN %s AND %s
            AND r.colour <> 'grey' AND {newest}
            ORDER BY r.period_code DESC LIMIT 1
        ) l ON true"""
    ids, last = list(runs), period.shift(-1).code
    return Statement(sql, [ids, last, ids, period.shift(-4).code, last, ids])


def _own_quarter(known: KnownRuns) -> Statement:
    """The revision in force of the same quarter, and the interim veto that holds until the next quarter closes."""
    mine = "r.enterprise_id = m.enterprise_id AND NOT r.trial AND r.evaluation_id = ANY(%s)"
    columns = "r.colour, r.points, r.maxima, r.measures, r.decided_by, r.red_since"
    sql = f"""
        LEFT JOIN LATERAL (
            SELECT {columns} FROM ratings_rating r WHERE {mine} ORDER BY r.revision DESC LIMIT 1
        ) c ON true
        LEFT JOIN LATERAL (
            SELECT r.decided_by FROM ratings_rating r WHERE {mine} ORDER BY r.revision LIMIT 1
        ) i ON true"""
    return Statement(sql, [list(known.same), list(known.interim)])


RANK_OF = "CASE l.colour WHEN 'red' THEN 1 WHEN 'yellow' THEN 2 WHEN 'green' THEN 3 ELSE 0 END"
LOOKED_BACK = (
    f"q.colour AS q_colour, q.score AS q_score, {RANK_OF} AS last_rank, l.red_since AS last_red_day, "
    "coalesce(l.red_since - DATE '0001-01-01' + 1, 0) AS last_red_since"
)
NOTHING_BEFORE = (
    "NULL::varchar AS q_colour, NULL::numeric AS q_score, 0 AS last_rank, NULL::date AS last_red_day, "
    "0 AS last_red_since"
)
OWN_QUARTER = (
    "c.colour AS c_colour, c.points AS c_points, c.maxima AS c_maxima, c.measures AS c_measures, "
    "c.decided_by AS c_decided, c.red_since AS c_red_day, i.decided_by AS held_by"
)
NOTHING_OWN = "NULL::date AS c_red_day, NULL::varchar AS held_by"
CHANGED = """WHERE j.c_colour IS NULL OR (j.colour, j.decided_by) IS DISTINCT FROM (j.c_colour, j.c_decided)
    OR j.points IS DISTINCT FROM j.c_points OR j.maxima IS DISTINCT FROM j.c_maxima
    OR j.measures IS DISTINCT FROM j.c_measures"""


def insert_statement(
    *,
    book: Rulebook,
    evaluation: Any,
    ids: Sequence[int] | None = None,
    id_range: tuple[int, int] | None = None,
    known: KnownRuns | None = None,
    only_changed: bool = False,
    skip_rated: bool = False,
) -> Statement:
    """The statement that judges and stores one batch; it returns one row (colour, count, digest) per colour.

    An enterprise that this run rated already is an error, unless ``skip_rated``, which makes PostgreSQL
    look for conflicts before it stores a row.

    Runs inside the scope of the batch's stations. It looks at the ``known`` runs alone. ``only_changed`` makes it a
    correction: it stores only what differs from the revision in force, and an enterprise that an interim veto made
    red stays red, since up goes only at the quarter's close.
    """
    period: Period = evaluation.period
    known = known or KnownRuns()
    inner = measured(bureau_id=evaluation.bureau_id, period=period, ids=ids, id_range=id_range)
    judging = Judging(book, period)
    joins, columns, params = "", [NOTHING_BEFORE, NOTHING_OWN], list(inner.params)
    if known.before:
        look_back = _look_back(period, known.before)
        joins, columns[0] = look_back.sql, LOOKED_BACK
        params += look_back.params
    if only_changed:
        own = _own_quarter(known)
        joins, columns[1] = joins + own.sql, OWN_QUARTER
        params += own.params
    base = f"SELECT m.*, {', '.join(columns)} FROM ({inner.sql}) m {joins} OFFSET 0"
    judged = judging.over(base, movement=not evaluation.is_trial)
    colour = "CASE WHEN m.held_by IS NULL THEN m.final_colour ELSE 'red' END"
    values = {
        "evaluation_id": "%s",
        "enterprise_id": "m.enterprise_id",
        "station_id": "m.station_id",
        "rated_at_station_id": "m.rated_at_station",
        "period_code": "%s",
        "revision": "%s",
        "trial": "%s",
        "colour": colour,
        "score_colour": f"CASE WHEN m.final_score IS NULL THEN 'grey' ELSE {COLOURS}[m.r0] END",
        "previous_colour": "coalesce(m.q_colour, '')",
        "previous_score": "m.q_score",
        "score": "m.final_score",
        "coverage": "CASE WHEN m.applicable > 0 THEN round(m.evidenced / m.applicable, 4) ELSE 0 END",
        "decided_by": "coalesce(m.held_by, m.decided)",
        "flags": "CASE WHEN m.held_by IS NULL OR m.held_by = ANY(m.all_flags) THEN m.all_flags "
        "ELSE m.held_by || m.all_flags END",
        "effective_on": "%s",
        "red_since": f"CASE WHEN {colour} = 'red' THEN coalesce(m.c_red_day, "
        "CASE WHEN m.last_rank = 1 THEN m.last_red_day END, %s) END",
        "visible_from": "%s",
        **judging.arrays(evaluation.measures or None),
    }
    # parameters in the order in which the placeholders stand: the select list comes before the inner select
    effective = evaluation.effective_on
    listed = [
        evaluation.pk,
        period.code,
        evaluation.run,
        evaluation.is_trial,
        effective,
        effective,
        timezone.now(),
    ]
    select = ", ".join(f"{sql} AS {column}" for column, sql in values.items())
    if only_changed:
        select += ", m.c_colour, m.c_decided, m.c_points, m.c_maxima, m.c_measures"
    fingerprint = (
        "concat_ws('|', enterprise_id, colour, score, decided_by, coverage, array_to_string(flags, ','), "
        "hash_array_extended(points, 0), hash_array_extended(measures, 0))"
    )
    sql = f"""
        WITH stored AS (
            INSERT INTO ratings_rating ({", ".join(values)})
            SELECT {", ".join(f"j.{column}" for column in values)} FROM (SELECT {select} FROM ({judged}) m) j
            {CHANGED if only_changed else ""}
            {"ON CONFLICT DO NOTHING" if skip_rated else ""}
            RETURNING {fingerprint} AS result, colour
        )
        SELECT colour, count(*), sum(hashtextextended(result, 0)::numeric) FROM stored GROUP BY colour"""
    return Statement(sql, listed + params)
