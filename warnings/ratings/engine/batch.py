"""Rating in SQL: one ``INSERT … SELECT`` measures, judges and stores a whole batch.

Constraints that shape it:

1. Judging is a nest of selects, each fenced by ``OFFSET 0``. Without the fence, PostgreSQL inlines every expression
   into the levels above, and the statement becomes huge. Each level selects all columns of the level inside it, under
   the alias ``m``.
2. Identifiers come from rulebooks and registered indicators, which are checked; every value is a parameter or an exact
   literal.
3. :mod:`ratings.engine.judging` implements the same rules in Python; tests keep the two equal.
4. The register, the measures and the earlier ratings are the innermost level; the columns of a rating are computed from
   the judged rows.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from enterprises.choices import RANKED
from foundation.periods import Period
from ratings.engine.judging import LOOK_BACK
from ratings.engine.measuring import Statement, constants, installed_measures, measured, stored_measures
from ratings.standards.rulebook import Criterion, Override, Rulebook
from ratings.standards.rules import Deduct, Surge, literal, places, points_of, whole

COLOURS = "(ARRAY['{}', '{}', '{}'])".format(*RANKED)  # by rank
NOUGHT = "0::numeric"
MOST_DIGITS = 6  # decimals that points are stored with


class _Names:
    """Maps measure codes to SQL: a column, or a literal if the measure is constant for the period."""

    def __init__(self, period: Period, installed: Collection[str] | None = None) -> None:
        self.constants = constants(period)
        self.installed = installed_measures() if installed is None else installed

    def __call__(self, code: str) -> str:
        return str(self.constants[code]) if code in self.constants else f"m.{code}"

    def has(self, codes: Iterable[str]) -> bool:
        return all(code in self.installed for code in codes)


@dataclass(frozen=True)
class _Line:
    """One line of a rating in the statement.

    Its columns are a letter and the line's index: ``d`` own points before a pool is clamped, ``o`` after clamping,
    ``e`` evidence, ``p`` scaled points, ``x`` scaled maximum.
    """

    index: int
    code: str
    group: int
    criterion: Criterion | None  # None for the initial line of a pool
    most: str

    @property
    def own(self) -> str:
        return f"m.o{self.index}"


def _own_sql(criterion: Criterion, names: _Names) -> str:
    """Return the SQL of a criterion's own points; NULL if no part is applicable (see ``judging._own_points``)."""
    if not names.has(criterion.measures()) or not criterion.parts:
        return "NULL::numeric"
    parts = [f"({part.sql(names)})" for part in criterion.parts]
    if len(parts) == 1:
        return parts[0]
    got = " + ".join(f"coalesce({part}, 0)" for part in parts)
    basis = " + ".join(
        f"CASE WHEN {sql} IS NULL THEN 0 ELSE {literal(part.worth)} END"
        for sql, part in zip(parts, criterion.parts, strict=True)
    )
    return f"round(({got}) * {literal(criterion.worth)} / nullif({basis}, 0), 6)"


class Judging:
    """Compiles a rulebook to nested levels of SQL columns over measures."""

    def __init__(self, book: Rulebook, period: Period, installed: Collection[str] | None = None) -> None:
        self.book = book
        self.names = _Names(period, installed)
        self.lines: list[_Line] = []
        for number, group in enumerate(book.groups):
            if group.pool:
                self._add(group.code, number, None, literal(group.worth))
            for criterion in group.criteria:
                most = NOUGHT if group.pool or group.bonus else literal(criterion.worth)
                self._add(criterion.code, number, criterion, most)

    def _add(self, code: str, group: int, criterion: Criterion | None, most: str) -> None:
        self.lines.append(_Line(len(self.lines), code, group, criterion, most))

    def _digits(self, group: int) -> int | None:
        """Return how many decimals a pool needs to be computed in integers; None if that is impossible or it is no pool."""
        found = self.book.groups[group]
        parts = [each.parts for each in found.criteria]
        single = [each[0] for each in parts if len(each) == 1 and isinstance(each[0], Deduct | Surge)]
        if not found.pool or len(single) < len(parts):
            return None
        digits = max([places(found.worth), *(each.digits for each in single)])
        return digits if digits <= MOST_DIGITS else None

    def _of(self, group: int) -> list[_Line]:
        return [line for line in self.lines if line.group == group]

    def own_level(self) -> list[str]:
        columns = []
        for line in self.lines:
            group = self.book.groups[line.group]
            digits = self._digits(line.group)
            if digits is not None:
                value = self._units(line, digits)
            else:
                value = _own_sql(line.criterion, self.names) if line.criterion else literal(group.worth)
            proof = "true"
            if line.criterion and line.criterion.evidence and not (group.pool or group.bonus):
                known = self.names.has([line.criterion.evidence])
                proof = f"{self.names(line.criterion.evidence)} > 0" if known else "false"
            columns += [f"{value} AS d{line.index}", f"{proof} AS e{line.index}"]
        return columns

    def _units(self, line: _Line, digits: int) -> str:
        """Return a pool's line as an integer, in units of its last decimal."""
        if line.criterion is None:
            return whole(self.book.groups[line.group].worth, digits)
        if not self.names.has(line.criterion.measures()):
            return "NULL::bigint"
        (part,) = line.criterion.parts
        assert isinstance(part, Deduct | Surge)  # guaranteed by _digits
        return f"({part.units(self.names, digits)})"

    def group_level(self) -> list[str]:
        """Return clamped points per line, points and maximum per group, and how many points rest on evidence."""
        columns, evidenced, bases, weights = [], [], [], []
        for number, group in enumerate(self.book.groups):
            lines, worth = self._of(number), literal(group.worth)
            if group.pool:
                digits = self._digits(number)
                zero = NOUGHT if digits is None else "0::bigint"
                before = "0"
                for line in lines:
                    deducted = f"m.d{line.index}"
                    now = f"{before} + coalesce({deducted}, 0)"
                    clamped = f"greatest({zero}, {now}) - greatest({zero}, {before})"
                    clamped = clamped if digits is None else points_of(clamped, digits)
                    columns.append(f"CASE WHEN {deducted} IS NOT NULL THEN {clamped} END AS o{line.index}")
                    before = now
                got, basis = f"greatest({zero}, {before})", worth
                got = got if digits is None else points_of(got, digits)
                evidenced.append(worth)
            elif group.bonus:
                before = "0"
                for line in lines:
                    now = f"{before} + coalesce(m.d{line.index}, 0)"
                    clamped = f"least({worth}, {now}) - least({worth}, {before})"
                    columns.append(
                        f"CASE WHEN m.d{line.index} IS NOT NULL THEN {clamped} END AS o{line.index}"
                    )
                    before = now
                got, basis = f"least({worth}, {before})", "0::numeric"
            else:
                columns += [f"m.d{line.index} AS o{line.index}" for line in lines]
                got = " + ".join(f"coalesce(m.d{line.index}, 0)" for line in lines)
                basis = " + ".join(
                    f"CASE WHEN m.d{line.index} IS NULL THEN 0 ELSE {line.most} END" for line in lines
                )
                evidenced += [
                    f"CASE WHEN m.d{line.index} IS NOT NULL AND m.e{line.index} THEN {line.most} ELSE 0 END"
                    for line in lines
                ]
            columns += [f"({got}) AS got{number}", f"({basis}) AS basis{number}"]
            bases.append(f"({basis})")
            weights.append(f"CASE WHEN ({basis}) > 0 THEN {worth} ELSE 0 END")
        columns.append(f"({' + '.join(evidenced)}) AS evidenced")
        columns.append(f"({' + '.join(bases)}) AS applicable")
        columns.append(f"({' + '.join(weights)}) AS weight")
        return columns

    def scaled_level(self) -> list[str]:
        columns = []
        for line in self.lines:
            group = self.book.groups[line.group]
            scale = (
                f"* {literal(group.worth * 100)} / (m.basis{line.group} * m.weight)"
                if not group.bonus
                else ""
            )
            most = f"CASE WHEN {line.own} IS NOT NULL THEN round({line.most} {scale}, 6) ELSE {NOUGHT} END"
            columns += [
                f"CASE WHEN {line.own} = 0 THEN {NOUGHT} ELSE round({line.own} {scale}, 6) END AS p{line.index}",
                f"{NOUGHT if line.most == NOUGHT else most} AS x{line.index}",
            ]
        return columns

    def score_level(self) -> list[str]:
        """Return the score, the first veto and ceiling that apply, the floors, and the reason for grey, if any."""
        book, names, numbers = self.book, self.names, range(len(self.book.groups))
        total = " + ".join(f"coalesce(m.p{line.index}, 0)" for line in self.lines)

        def below(floor: str) -> str:
            return " OR ".join(f"(m.basis{n} > 0 AND m.got{n} < {floor} * m.basis{n})" for n in numbers)

        vetoes, ceilings = self._active(book.vetoes), self._active(book.ceilings)
        inspected = book.no_inspection if names.has([book.no_inspection]) else ""
        n1 = f"WHEN {names(inspected)} = 0 THEN 'N1' " if inspected else ""
        thin = f"m.weight = 0 OR m.evidenced < {literal(book.coverage)} * m.applicable"
        return [
            f"CASE WHEN m.weight > 0 THEN least(100::numeric, round({total}, 1)) END AS final_score",
            f"({below(literal(book.floor_yellow))}) AS f1",
            f"({below(literal(book.floor_red))}) AS f2",
            f"{self._first(vetoes)} AS veto",
            f"{self._first(ceilings)} AS ceiling",
            f"CASE {n1}WHEN {thin} THEN 'N2' END AS unrated",
        ]

    def flags(self) -> str:
        """Return the column of all vetoes, ceilings and floors that apply. Reads the level of the score."""
        held = [
            f"CASE WHEN {each.when.sql(self.names)} THEN '{each.code}' END"
            for each in (*self._active(self.book.vetoes), *self._active(self.book.ceilings))
        ]
        held += ["CASE WHEN m.f1 THEN 'F1' END", "CASE WHEN m.f2 THEN 'F2' END"]
        return f"array_remove(ARRAY[{', '.join(held)}]::varchar[], NULL) AS all_flags"

    def _active(self, overrides: Sequence[Override]) -> list[Override]:
        return [each for each in overrides if self.names.has(each.when.measures())]

    def _first(self, overrides: Sequence[Override]) -> str:
        if not overrides:
            return "NULL::varchar"
        cases = " ".join(f"WHEN {each.when.sql(self.names)} THEN '{each.code}'" for each in overrides)
        return f"CASE {cases} END"

    def rank_levels(self, movement: bool) -> list[list[str]]:
        """Return the rank (1 red, 2 yellow, 3 green) and the deciding code after each step (see ``judging._overrule``)."""
        book, names = self.book, self.names
        score = (
            f"CASE WHEN m.final_score IS NULL OR m.final_score < {literal(book.yellow)} THEN 1 "
            f"WHEN m.final_score >= {literal(book.green)} THEN 3 ELSE 2 END AS r0"
        )
        floors = [
            "CASE WHEN m.f2 AND m.r0 > 1 THEN 1 WHEN m.f1 AND m.r0 > 2 THEN 2 ELSE m.r0 END AS r1",
            "CASE WHEN m.f2 AND m.r0 > 1 THEN 'F2' WHEN m.f1 AND m.r0 > 2 THEN 'F1' ELSE '' END AS w1",
        ]
        ceilings = [
            "CASE WHEN m.ceiling IS NOT NULL AND m.r1 > 2 THEN 2 ELSE m.r1 END AS r2",
            "CASE WHEN m.ceiling IS NOT NULL AND m.r1 > 2 THEN m.ceiling ELSE m.w1 END AS w2",
        ]
        has_release = bool(book.release) and names.has([book.release])
        m2 = (
            f"m.last_rank = 1 AND m.r2 > 1 AND {names(book.release)} <= m.last_red_since"
            if has_release
            else "false"
        )
        stepwise = "m.last_rank > 0" if book.one_step else "m.last_rank = 1" if has_release else "false"
        m1 = f"{stepwise} AND m.r2 > m.last_rank + 1"  # from red, yellow at most, even if M1 is off
        if not movement:
            m2 = m1 = "false"
        moved = [
            f"CASE WHEN {m2} THEN 1 WHEN {m1} THEN m.last_rank + 1 ELSE m.r2 END AS r3",
            f"CASE WHEN {m2} THEN 'M2' WHEN {m1} THEN 'M1' ELSE m.w2 END AS w3",
        ]
        vetoed = "m.veto IS NOT NULL" + (" AND m.unrated IS NULL" if book.grey_first else "")
        decided = [
            f"CASE WHEN {vetoed} THEN 'red' WHEN m.unrated IS NOT NULL THEN 'grey' ELSE {COLOURS}[m.r3] END"
            " AS final_colour",
            f"CASE WHEN {vetoed} THEN m.veto WHEN m.unrated IS NOT NULL THEN m.unrated ELSE m.w3 END AS decided",
        ]
        return [[score, self.flags()], floors, ceilings, moved, decided]

    def over(self, inner: str, *, movement: bool) -> str:
        """Return the SELECT that judges the rows of ``inner``: measures with ``last_rank`` and ``last_red_since``."""
        sql = inner
        for columns in (self.own_level(), self.group_level(), self.scaled_level(), self.score_level()):
            sql = f"SELECT m.*, {', '.join(columns)} FROM ({sql}) m OFFSET 0"
        for columns in self.rank_levels(movement):  # small enough to be inlined, so no fence
            sql = f"SELECT m.*, {', '.join(columns)} FROM ({sql}) m"
        return sql

    def arrays(self, layout: Sequence[str] | None = None) -> dict[str, str]:
        """Return the array columns of a rating, computed from the judged rows.

        ``layout`` lists the measures that the run stores, in order; a measure that is no longer installed is zero.
        """
        kept = stored_measures() if layout is None else layout

        def array(kind: str, values: Iterable[str]) -> str:
            return f"ARRAY[{', '.join(values)}]::{kind}[]"

        def reason(line: _Line) -> str:
            missing = f"CASE WHEN m.e{line.index} THEN '' ELSE '-' END"
            kind = f"CASE WHEN {line.own} IS NULL THEN 'na' WHEN {line.own} >= {line.most} THEN 'full' ELSE 'lost' END"
            return (
                f"{kind} || {missing}" if line.criterion and line.criterion.evidence else kind
            )  # pools: e is true

        shares = [
            f"CASE WHEN m.basis{n} > 0 THEN round(m.got{n} / m.basis{n}, 6) ELSE -1 END"
            for n in range(len(self.book.groups))
        ]
        return {
            "shares": array("numeric(9,6)", shares),
            "own_points": array("numeric(9,6)", [line.own for line in self.lines]),
            "own_maxima": array("numeric(9,6)", [line.most for line in self.lines]),
            "points": array("numeric(9,6)", [f"m.p{line.index}" for line in self.lines]),
            "maxima": array("numeric(9,6)", [f"m.x{line.index}" for line in self.lines]),
            "reasons": array("varchar", [reason(line) for line in self.lines]),
            "measures": array("bigint", [f"m.{code}" if self.names.has([code]) else "0" for code in kept]),
        }


# --- earlier ratings, and the statement that stores the new ones ---------------------------------------------


@dataclass(frozen=True)
class KnownRuns:
    """Ids of the official runs that a statement may read. All are complete.

    ``before`` holds the runs of the four previous quarters, ``same`` those of the quarter itself (which a correction
    revises), ``interim`` those of ``same`` that are interim vetoes.
    """

    before: tuple[int, ...] = ()
    same: tuple[int, ...] = ()
    interim: tuple[int, ...] = ()


def _look_back(period: Period, runs: Sequence[int]) -> Statement:
    """Return joins to ``m`` for the previous quarter (shown on pages) and for the movement rules.

    The movement rules read the last rating of the four previous quarters that was not grey: nearly always that of the
    previous quarter, so the other quarters are only read if it is missing or grey.
    """
    mine = "r.enterprise_id = m.enterprise_id AND NOT r.trial AND r.evaluation_id = ANY(%s)"
    newest = (
        "NOT EXISTS (SELECT 1 FROM ratings_rating n WHERE n.enterprise_id = r.enterprise_id AND NOT n.trial "
        "AND n.evaluation_id = ANY(%s) AND n.period_code = r.period_code AND n.revision > r.revision)"
    )
    sql = f"""
        LEFT JOIN LATERAL (
            SELECT r.colour, r.score, r.red_since FROM ratings_rating r WHERE {mine} AND r.period_code = %s
            ORDER BY r.revision DESC LIMIT 1
        ) q ON true
        LEFT JOIN LATERAL (
            SELECT q.colour, q.red_since WHERE q.colour <> 'grey'
            UNION ALL (
                SELECT r.colour, r.red_since FROM ratings_rating r WHERE {mine} AND r.period_code BETWEEN %s AND %s
                AND r.colour <> 'grey' AND {newest} AND coalesce(q.colour, 'grey') = 'grey'
                ORDER BY r.period_code DESC LIMIT 1
            )
        ) l ON true"""
    ids = list(runs)
    last, older, oldest = (period.shift(-quarters).code for quarters in (1, 2, LOOK_BACK))
    return Statement(sql, [ids, last, ids, oldest, older, ids])


def _own_quarter(known: KnownRuns) -> Statement:
    """Return joins to ``m`` for the quarter's revision in force and an interim veto still in effect."""
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


LOOKED_BACK = (
    "q.colour AS q_colour, q.score AS q_score, "
    f"coalesce(array_position({COLOURS}, l.colour::text), 0) AS last_rank, l.red_since AS last_red_day, "
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
FINGERPRINT = (  # of a stored rating; the sum over a run is its digest
    "concat_ws('|', enterprise_id, colour, score, decided_by, coverage, array_to_string(flags, ','), "
    "hash_array_extended(points, 0), hash_array_extended(measures, 0))"
)
CHANGED = """WHERE j.c_colour IS NULL OR (j.colour, j.decided_by) IS DISTINCT FROM (j.c_colour, j.c_decided)
    OR j.points IS DISTINCT FROM j.c_points OR j.maxima IS DISTINCT FROM j.c_maxima
    OR j.measures IS DISTINCT FROM j.c_measures"""


MOMENT = object()  # stands for the moment from which the ratings of a batch are visible


def visible_from(moment: dt.datetime, statement: Statement) -> Statement:
    """Return an ``insert_statement`` whose ratings are visible from a moment."""
    return Statement(statement.sql, [moment if each is MOMENT else each for each in statement.params])


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
    """Return the statement that judges and stores one batch. It yields one row (colour, count, digest) per colour.

    It must run in the scope of the batch's stations and reads only the ``known`` runs. An enterprise that this run has
    already rated is an error, or is skipped with ``skip_rated`` (slower: PostgreSQL then checks each row for a conflict).

    ``only_changed`` makes it a correction: it stores only ratings that differ from the revision in force, and an
    enterprise that an interim veto turned red stays red, because colours rise only when a quarter is rated.

    Building it costs 20 ms. Batches of whole stations can share it: :func:`visible_from` sets the moment of each.
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
    # In the order of the placeholders: the select list precedes the inner select.
    effective = evaluation.effective_on
    listed = [
        evaluation.pk,
        period.code,
        evaluation.run,
        evaluation.is_trial,
        effective,
        effective,
        MOMENT,
    ]
    select = ", ".join(f"{sql} AS {column}" for column, sql in values.items())
    if only_changed:
        select += ", m.c_colour, m.c_decided, m.c_points, m.c_maxima, m.c_measures"
    sql = f"""
        WITH stored AS (
            INSERT INTO ratings_rating ({", ".join(values)})
            SELECT {", ".join(f"j.{column}" for column in values)} FROM (SELECT {select} FROM ({judged}) m) j
            {CHANGED if only_changed else ""}
            {"ON CONFLICT DO NOTHING" if skip_rated else ""}
            RETURNING {FINGERPRINT} AS result, colour
        )
        SELECT colour, count(*), sum(hashtextextended(result, 0)::numeric) FROM stored GROUP BY colour"""
    return Statement(sql, listed + params)
