"""Is company X red? Colours of what a department's subscriptions cover, and what its messages told of the rest.

An answer never says more than the department may know. A code that is wrong in itself is ``malformed``. One that no
covered enterprise has is ``unknown``, whether it is on the register or not, unless the department's own messages named
its enterprise: then ``told`` repeats the last of them.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q

from deliveries.access import Scope
from deliveries.covering import Coverage
from enterprises.models import Enterprise
from enterprises.models.enterprise import validate_credit_code
from enterprises.selectors import visible
from foundation.accounts.actors import Actor, system_actor
from foundation.identifiers import compact
from foundation.tenancy.scope import station_scope
from ratings import list_selectors as reads
from ratings.models import Evaluation, Rating

MOST_CODES = 200
MOST_MESSAGES = 12  # that told of one enterprise


class Known(StrEnum):
    """What is known of a credit code."""

    RATED = "rated"
    NOT_RATED = "not_rated"  # covered, but never rated
    TOLD = "told"  # no longer covered; the department's messages named it
    UNKNOWN = "unknown"  # not on the register, or not covered
    MALFORMED = "malformed"


@dataclass(frozen=True)
class Told:
    """What a message said of an enterprise: the number of the message, and the rating as it was sent."""

    subscription: int
    sequence: int
    at: dt.datetime
    period: str
    rating: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """An enterprise with its last rating in force if it is covered, else with what the last message said."""

    enterprise: Enterprise | None = None
    rating: Rating | None = None
    told: Told | None = None


@dataclass
class Code:
    """A credit code that was asked for, and the enterprises that have it: one for each site."""

    asked: str
    answer: Known = Known.UNKNOWN
    found: list[Found] = field(default_factory=list)


def lost_at(runs: Iterable[Evaluation], criterion: str) -> Q:
    """Return the condition on ratings that they lost points at a criterion. Each run stores its criteria in its own order."""
    found = Q(pk__in=())
    for run in runs:
        if criterion in run.criteria:
            place = run.criteria.index(criterion)
            found |= Q(evaluation_id=run.pk, **{f"reasons__{place}__startswith": "lost"})
    return found


def look_up(actor: Actor, cover: Coverage, codes: Sequence[str]) -> list[Code]:
    """Return what is known of each of these credit codes, in their order; the same code twice is answered once."""
    answers: dict[str, Code] = {}
    for asked_for in codes:
        answers.setdefault(compact(asked_for), Code(asked_for))
    asked = [code for code in answers if _is_valid(code)]
    with cover.reading() as reader:
        enterprises = _enterprises(reader, cover, asked)
        ratings = {
            row.enterprise_id: row for row in reads.last_ratings(reader, [each.pk for each in enterprises])
        }
    for enterprise in enterprises:
        code, rating = answers[enterprise.credit_code], ratings.get(enterprise.pk)
        code.found.append(Found(enterprise, rating))
        if code.answer is not Known.RATED:
            code.answer = Known.RATED if rating else Known.NOT_RATED
    for number, told in _told_of(actor, cover, [code for code in asked if not answers[code].found]):
        answers[number].answer = Known.TOLD
        answers[number].found.append(Found(told=told))
    for number, code in answers.items():
        if number not in asked:
            code.answer = Known.MALFORMED
    return list(answers.values())


@dataclass(frozen=True)
class Publication:
    """The latest rated quarter, and the latest publication in it."""

    period: str
    at: dt.datetime


def last_publication(actor: Actor) -> Publication | None:
    """Return the latest publication of the actor's bureau."""
    runs = reads.official_evaluations(actor).select_related(None).order_by("-period_code", "-completed_at")
    last = runs.values_list("period_code", "completed_at").first()
    return Publication(last[0], last[1]) if last and last[1] else None


def _is_valid(code: str) -> bool:
    try:
        validate_credit_code(code)
    except ValidationError:
        return False
    return True


def _enterprises(reader: Actor, cover: Coverage, codes: Sequence[str]) -> list[Enterprise]:
    if not codes or not cover.stations:
        return []
    rows = visible(reader).filter(cover.of_rows(""), credit_code__in=codes)
    return list(rows.select_related("station").order_by("credit_code", "site", "id"))


# --- what the department's messages told ------------------------------------------------------------------------


def may_read_messages(actor: Actor) -> bool:
    """Return whether the actor may read the department's messages: its people, and keys with the scope for it."""
    return not actor.key_id or Scope.READ_EVENTS in actor.key_scopes


# A message has its ratings in the order of its ``enterprise_ids``. Bodies are parsed only of the messages that are wanted.
_TOLD = """
    SELECT n.code, n.subscription_id, n.sequence, n.created_at, n.period_code,
        e.body::json -> 'data' -> 'ratings' -> (n.place - 1)::int
    FROM (
        SELECT {code} AS code, k.enterprise_id, k.place, v.id, v.subscription_id, v.sequence, v.created_at, v.period_code,
            row_number() OVER (PARTITION BY k.enterprise_id ORDER BY v.created_at DESC, v.id DESC) AS nth
        FROM deliveries_event v CROSS JOIN {{named}} {join}
        WHERE v.bureau_id = %(bureau)s AND v.department_id = %(department)s
            AND v.subscription_id = ANY(%(subscriptions)s) AND {which} {{within}}
    ) n JOIN deliveries_event e ON e.id = n.id
    WHERE n.nth <= %(each)s ORDER BY n.enterprise_id, n.nth"""
_BY_ID = _TOLD.format(
    code="''",
    join="",
    which="v.enterprise_ids @> ARRAY[%(enterprise)s::bigint] AND k.enterprise_id = %(enterprise)s",
)
_ASKED = """ARRAY(
            SELECT n.id FROM enterprises_enterprise n WHERE n.bureau_id = %(bureau)s AND n.credit_code = ANY(%(codes)s)
        )"""
_BY_CODE = _TOLD.format(
    code="c.credit_code",
    join="JOIN enterprises_enterprise c ON c.id = k.enterprise_id",
    # Only messages that name one of the enterprises are taken apart, and of these only the places of the enterprises.
    which=f"""v.enterprise_ids && {_ASKED} AND k.enterprise_id = ANY({_ASKED})
            AND c.bureau_id = %(bureau)s AND c.credit_code = ANY(%(codes)s)""",
)
_NAMED = "unnest(v.enterprise_ids) WITH ORDINALITY AS k(enterprise_id, place)"
# A key with a narrower area knows only what was said of an enterprise within it, so the last of that counts. The body is
# parsed once for a message, whose ratings stand beside their ids, not once for each of the enterprises that are asked for.
_RATED = """ROWS FROM (unnest(v.enterprise_ids), json_array_elements(v.body::json #> ARRAY['data', 'ratings']))
            WITH ORDINALITY AS k(enterprise_id, rating, place)"""
_WITHIN = "AND k.rating #>> ARRAY['station', 'code'] = ANY(%(area)s)"


def _told_of(actor: Actor, cover: Coverage, codes: Sequence[str]) -> list[tuple[str, Told]]:
    """Return, for credit codes of enterprises that are not covered, the last that the department's messages told of each.

    Messages name enterprises by id, so the codes are looked up among all of the bureau's, in the system's scope. Nothing
    but what the department's own messages contain leaves this function: to a key with a narrower area not even that an
    enterprise has another code than they say.
    """
    if not codes or not cover.subscriptions or not may_read_messages(actor):
        return []
    system = system_actor(bureau_id=actor.bureau_id, stations=cover.of_bureau)
    with station_scope(system.scope()):
        found = _told(_BY_CODE, actor, cover, each=1, codes=list(codes))
    return [(code, told) for code, told in found if cover.is_whole or told.rating.get("credit_code") == code]


def messages_about(actor: Actor, cover: Coverage, enterprise_id: int) -> list[Told]:
    """Return what the department's last messages told of an enterprise, newest first."""
    if not cover.subscriptions or not may_read_messages(actor):
        return []
    found = _told(_BY_ID, actor, cover, each=MOST_MESSAGES, enterprise=enterprise_id)
    return [told for _code, told in found]


def _told(
    statement: str, actor: Actor, cover: Coverage, *, each: int, **which: Any
) -> list[tuple[str, Told]]:
    """Return the last messages of the department about each of some enterprises. A key sees those within its area."""
    params: dict[str, Any] = {
        "bureau": actor.bureau_id,
        "department": actor.department_id,
        "subscriptions": list(cover.subscriptions),
        "each": each,
        "area": [place.code for place in cover.area.values()],
    }
    places = {"named": _NAMED, "within": ""} if cover.is_whole else {"named": _RATED, "within": _WITHIN}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**places), params | which)
        rows = cursor.fetchall()
    found = []
    for code, subscription, sequence, at, period, rating in rows:
        told = json.loads(rating) if isinstance(rating, str) else rating
        if told:
            found.append((code, Told(subscription, sequence, at, period, told)))
    return found


# --- one enterprise -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class History:
    """The quarters of a covered enterprise, each with the rating it replaced, and what messages told, newest first.

    ``enterprise`` is None, and there are no quarters, if it is no longer covered.
    """

    enterprise: Enterprise | None
    quarters: list[tuple[Rating, Rating | None]]
    messages: list[Told]


def history(actor: Actor, cover: Coverage, enterprise_id: int, *, quarters: int = 8) -> History | None:
    """Return what the department may know of an enterprise; None if that is nothing."""
    with cover.reading() as reader:
        rows = visible(reader).filter(cover.of_rows(""), pk=enterprise_id).select_related("station")
        enterprise = rows.first() if cover.stations else None
        rated = (
            reads.quarters_of(reader, enterprise_id=enterprise_id, quarters=quarters) if enterprise else []
        )
    messages = messages_about(actor, cover, enterprise_id)
    return History(enterprise, rated, messages) if enterprise or messages else None
