"""Notifying people of changed colours: one statement, in the transaction that publishes.

A bureau may have a hundred thousand enterprises, so nothing is done one by one. An enterprise's people learn of their
own colour; liaison officers, chiefs and supervisors get one line each for the whole publication.
"""

import json
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.text import capfirst

from enterprises.models import Liaison
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.accounts.models import RoleGrant, User
from foundation.database.planner import for_a_batch
from foundation.inbox.models import Notification
from foundation.tenancy.scope import station_scope
from foundation.words import labelled
from ratings.choices import CauseCode, EvaluationKind, EvaluationState
from ratings.models import Evaluation, Rating
from ratings.operations.evaluations import bureau_actor
from ratings.standards.parsing import book_of

NAMED = 3  # enterprises that an officer's line names

# The colour before: of the quarter before, or for a revision, of the rating that it replaces.
_CHANGED = """
    changed AS MATERIALIZED (
        SELECT r.enterprise_id, r.station_id, r.colour, r.decided_by, r.score, e.name, {before} AS before
        FROM {rating} r JOIN enterprises_enterprise e ON e.id = r.enterprise_id {replaced}
        WHERE r.evaluation_id = %(evaluation)s AND r.colour IS DISTINCT FROM {before}
    )"""
_REPLACED = """
    LEFT JOIN LATERAL (
        SELECT o.colour FROM {rating} o JOIN {evaluation} v ON v.id = o.evaluation_id AND v.state = %(complete)s
        WHERE o.enterprise_id = r.enterprise_id AND o.period_code = r.period_code AND NOT o.trial
        AND o.revision < r.revision ORDER BY o.revision DESC LIMIT 1
    ) o ON true"""
# What decided a colour, by language.
_REASON = """(SELECT jsonb_object_agg(w.key, replace(w.value, '{{score}}', coalesce(round({score}, 1)::text, '–')))
    FROM jsonb_each_text(%(reasons)s::jsonb -> {code}) w)"""
_PEOPLE = f"""
    SELECT g.user_id, g.id, CASE WHEN c.before IS NULL THEN %(first_code)s ELSE %(colour_code)s END,
        %(colour_code)s || ':' || %(evaluation)s || ':' || c.enterprise_id,
        c.enterprise_id,
        jsonb_strip_nulls(jsonb_build_object('before', c.before, 'after', c.colour, 'period', %(period)s::text,
            'reason', {_REASON.format(score="c.score", code="c.decided_by")}))
    FROM changed c
    JOIN present g ON g.enterprise_id = c.enterprise_id AND g.role = ANY(%(enterprise_roles)s)"""
# One line for each officer, with the reason if it is about one enterprise. {join} says which are theirs.
_OFFICERS = """
    SELECT g.user_id, g.id, %(list_code)s, %(list_code)s || ':' || %(evaluation)s, %(evaluation)s,
        jsonb_strip_nulls(jsonb_build_object('number', count(*), 'red', count(*) FILTER (WHERE c.colour = 'red'),
            'period', %(period)s::text, 'object',
            array_to_string((array_agg(c.name ORDER BY c.colour = 'red' DESC, c.name))[:{named}], '、')
            || CASE WHEN count(*) > {named} THEN '…' ELSE '' END,
            'reason', CASE WHEN count(*) = 1 THEN {reason} END))
    FROM changed c {join}
    GROUP BY g.user_id, g.id"""
_JOINS = (
    "JOIN {liaison} l ON l.enterprise_id = c.enterprise_id AND l.until_on IS NULL AND l.kind = 'main' "
    "JOIN present g ON g.user_id = l.officer_id AND g.station_id = l.station_id AND g.role = ANY(%(station_roles)s)",
    "JOIN present g ON g.station_id = c.station_id AND g.role = %(chief)s",
    "JOIN present g ON g.role = %(supervisor)s",
)


def notify_changed(sender: type[Model], evaluation: Evaluation, **_signal: Any) -> int:
    """Notify people of the colours that a published evaluation changed. Return how many rows were written.

    Runs in the publisher's transaction; a second run writes nothing.
    """
    revises = evaluation.kind != EvaluationKind.REGULAR
    tables = {
        "rating": Rating._meta.db_table,
        "evaluation": Evaluation._meta.db_table,
        "liaison": Liaison._meta.db_table,
    }
    changed = _CHANGED.format(
        before="o.colour" if revises else "nullif(r.previous_colour, '')",
        replaced=_REPLACED.format(**tables) if revises else "",
        **tables,
    )
    reason = _REASON.format(score="min(c.score)", code="min(c.decided_by)")
    officers = (_OFFICERS.format(named=NAMED, reason=reason, join=join.format(**tables)) for join in _JOINS)
    rows = [_PEOPLE, *officers]
    sql = f"""
        WITH {changed}, present AS MATERIALIZED (
            SELECT g.id, g.user_id, g.role, g.station_id, g.enterprise_id
            FROM {RoleGrant._meta.db_table} g JOIN {User._meta.db_table} u ON u.id = g.user_id AND u.is_active
            WHERE g.bureau_id = %(bureau)s AND g.revoked_at IS NULL
        ), written(user_id, grant_id, code, key, object_id, "values") AS ({" UNION ALL ".join(rows)})
        INSERT INTO {Notification._meta.db_table}
            (user_id, grant_id, bureau_id, code, key, object_id, "values", at, read_at)
        SELECT user_id, grant_id, %(bureau)s, code, key, object_id, "values", %(now)s, NULL FROM written
        ON CONFLICT DO NOTHING"""
    scope = bureau_actor(evaluation.bureau_id).scope()
    with station_scope(scope), for_a_batch(), connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "evaluation": evaluation.pk,
                "bureau": evaluation.bureau_id,
                "period": evaluation.period_code,
                "complete": EvaluationState.COMPLETE,
                "colour_code": CauseCode.COLOUR_CHANGED,
                "first_code": CauseCode.FIRST_COLOUR,
                "list_code": CauseCode.COLOURS_CHANGED,
                "enterprise_roles": sorted(ENTERPRISE_ROLES),
                "station_roles": sorted(STATION_ROLES),
                "chief": Role.CHIEF,
                "supervisor": Role.SUPERVISOR,
                "now": timezone.now(),
                "reasons": json.dumps(_reasons(evaluation)),
            },
        )
        return cursor.rowcount


def _reasons(evaluation: Evaluation) -> dict[str, dict[str, str]]:
    """Return in each language what can have decided a colour, by its code. A score is filled in for "{score}"."""
    book = book_of(evaluation.standard.body)
    found: dict[str, dict[str, str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, words in book.decisions().items():
                text = words if code else labelled(words, "{score}")
                found.setdefault(code, {})[language] = capfirst(text)
    return found
