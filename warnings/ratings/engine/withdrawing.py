"""Withdrawing in SQL: a correction replaces the rating of an enterprise that was not on the register after all."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from enterprises.register import on_register
from ratings.engine.batch import FINGERPRINT, Judging, KnownRuns
from ratings.engine.measuring import Statement, compiled, stored_measures
from ratings.standards.rulebook import OFF_REGISTER, Rulebook


def withdraw_statement(*, book: Rulebook, evaluation: Any, ids: Sequence[int], known: KnownRuns) -> Statement:
    """Return the statement that stores a grey revision for those of ``ids`` that are rated but not on the register.

    Nothing of them is measured: no score, no applicable line. Yields one row (colour, count, digest), as the statement
    that rates. It must run in the scope of the batch's stations.
    """
    period = evaluation.period
    register, params = compiled(on_register(period).filter(id__in=list(ids)).values("id"))
    lines = Judging(book, period).lines
    numbers = "ARRAY[{}]::numeric(9,6)[]"
    values: dict[str, tuple[str, list[Any]]] = {
        "evaluation_id": ("%s", [evaluation.pk]),
        "enterprise_id": ("r.enterprise_id", []),
        "station_id": ("r.station_id", []),
        "rated_at_station_id": ("r.rated_at_station_id", []),
        "period_code": ("r.period_code", []),
        "revision": ("%s", [evaluation.run]),
        "trial": ("false", []),
        "colour": ("'grey'", []),
        "score_colour": ("'grey'", []),
        "previous_colour": ("r.previous_colour", []),
        "previous_score": ("r.previous_score", []),
        "score": ("NULL::numeric", []),
        "coverage": ("0", []),
        "decided_by": ("%s", [OFF_REGISTER]),
        "flags": ("ARRAY[]::varchar[]", []),
        "effective_on": ("%s", [evaluation.effective_on]),
        "red_since": ("NULL::date", []),
        "visible_from": ("%s", [timezone.now()]),
        "shares": (numbers.format(", ".join("-1" for _group in book.groups)), []),
        "own_points": (numbers.format(", ".join("NULL" for _line in lines)), []),
        "own_maxima": (numbers.format(", ".join(line.most for line in lines)), []),
        "points": (numbers.format(", ".join("NULL" for _line in lines)), []),
        "maxima": (numbers.format(", ".join("0" for _line in lines)), []),
        "reasons": ("ARRAY[{}]::varchar[]".format(", ".join("'na'" for _line in lines)), []),
        "measures": ("%s::bigint[]", [[0 for _code in evaluation.measures or stored_measures()]]),
    }
    selected = ", ".join(sql for sql, _values in values.values())
    sql = f"""
        WITH stored AS (
            INSERT INTO ratings_rating ({", ".join(values)})
            SELECT {selected} FROM (
                SELECT DISTINCT ON (c.enterprise_id) c.* FROM ratings_rating c
                WHERE c.enterprise_id = ANY(%s) AND c.evaluation_id = ANY(%s) AND NOT c.trial
                ORDER BY c.enterprise_id, c.revision DESC
            ) r
            WHERE (r.colour, r.decided_by) <> ('grey', %s) AND r.enterprise_id NOT IN ({register})
            RETURNING {FINGERPRINT} AS result, colour
        )
        SELECT colour, count(*), sum(hashtextextended(result, 0)::numeric) FROM stored GROUP BY colour"""
    given = [value for _sql, each in values.values() for value in each]
    return Statement(sql, [*given, list(ids), list(known.same), OFF_REGISTER, *params])
