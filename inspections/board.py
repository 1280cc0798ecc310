"""The board of hazards: what its figures and lanes count, and which hazards stand first in a lane."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from enterprises.models import Liaison
from enterprises.open_work import is_off_register
from enterprises.selectors import serving_liaisons
from facts.lives import AWAY
from foundation.accounts.actors import Actor
from foundation.ids import id_of
from inspections.choices import HazardState
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard
from inspections.selectors import MAJOR_TODAY, NO_DEADLINE, NOT_DUE, OVERDUE_NOW, list_hazards, terms_of_open

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _OnBoard(TypedDict):
        officer_name: str | None

    HazardOnBoard = WithAnnotations[Hazard, _OnBoard]

# the most urgent first, also where lanes stand below each other
LANES = (*sorted(map(str, HAZARD_LIFE.live), key=lambda code: code != HazardState.OVERDUE), AWAY)
OPEN, MINE, NO_OFFICER, MAJOR = "open", "mine", "no_officer", "major"
OPEN_ROWS = Q(voided_at=None, closed_on=None)  # what is in one of the lanes
TERMS = (OVERDUE_NOW, NOT_DUE, NO_DEADLINE)
# the filters that a figure may change, and which of them each figure leaves aside: it counts what choosing it would show
ASIDE = ("timely", "liaison", "severity")
_LEAVES = {
    OPEN: "timely",
    **dict.fromkeys(TERMS, "timely"),
    MINE: "liaison",
    NO_OFFICER: "liaison",
    MAJOR: "severity",
}


@dataclass(frozen=True)
class Figures:
    """What the board counts: in each lane, in each figure, and of each lane what is overdue."""

    lanes: Mapping[str, int]
    counts: Mapping[str, int]
    late: Mapping[str, int]


def figures(actor: Actor, rows: QuerySet[Hazard], asked: Mapping[str, Q | None]) -> Figures:
    """Count hazards by one query.

    ``rows`` are what all filters but ``asked`` leave; ``asked`` has the conditions of those in ASIDE that are in force.
    What is open is overdue, not yet due or without a deadline. Work on enterprises that are not on the register rests:
    it is in no figure, but in a lane of its own.
    """
    today = timezone.localdate()
    lane = Case(
        When(is_off_register(today), then=Value(AWAY)),
        *(
            When(HAZARD_LIFE.states[code].where(today), then=Value(code))
            for code in map(str, HAZARD_LIFE.live)
        ),
        output_field=CharField(),
    )
    term = Case(
        *(When(where, then=Value(each)) for each, where in terms_of_open(today).items()),
        output_field=CharField(),
    )
    mine = Liaison.objects.filter(
        enterprise=OuterRef("enterprise_id"), officer_id=actor.user_id, until_on=None
    )
    flags = {
        MINE: Q(Exists(mine)),
        NO_OFFICER: ~Q(Exists(serving_liaisons("enterprise_id"))),
        MAJOR: MAJOR_TODAY,
        **{f"meets_{name}": asked.get(name) or ~Q(pk__in=()) for name in ASIDE},
    }
    named = {name: ExpressionWrapper(where, output_field=BooleanField()) for name, where in flags.items()}
    live = rows.filter(OPEN_ROWS).select_related(None).order_by()
    grouped = live.annotate(lane=lane, term=term, **named).values("lane", "term", *named)
    lanes, late = dict.fromkeys(LANES, 0), dict.fromkeys(LANES, 0)
    counts = dict.fromkeys(_LEAVES, 0)
    for group in grouped.annotate(number=Count("pk")):
        unmet = {name for name in ASIDE if not group[f"meets_{name}"]}
        number = group["number"]
        if not unmet:
            lanes[group["lane"]] += number
        if group["lane"] == AWAY:
            continue
        if not unmet and group["term"] == OVERDUE_NOW:
            late[group["lane"]] += number
        is_in = {OPEN: True, MINE: group[MINE], NO_OFFICER: group[NO_OFFICER], MAJOR: group[MAJOR]}
        is_in |= {each: group["term"] == each for each in TERMS}
        for figure, aside in _LEAVES.items():
            if is_in[figure] and not unmet - {aside}:
                counts[figure] += number
    return Figures(lanes, counts, late)


def in_lane(rows: QuerySet[Any], lane: str) -> QuerySet[Any]:
    """Return the hazards of a lane, due soonest first, without a deadline last."""
    return rows.filter(HAZARD_LIFE.listed(lane)).order_by("deadline", "pk")


def place_of(hazard: Hazard) -> str:
    """Return the place of a hazard in its lane, for an address: its deadline, if it has one, and its id."""
    return f"{hazard.deadline_on.isoformat() if hazard.deadline_on else ''}.{hazard.pk}"


def behind(place: str) -> Q | None:
    """Return the condition on hazards that they stand behind a place of their lane; None for anything else than a place."""
    day, _dot, number = place.partition(".")
    pk = id_of(number)
    try:
        deadline = dt.date.fromisoformat(day) if day else None
    except ValueError:
        return None
    if pk is None:
        return None
    if deadline is None:
        return Q(deadline=None, pk__gt=pk)
    return Q(deadline__gt=deadline) | Q(deadline=deadline, pk__gt=pk) | Q(deadline=None)


def first_ids(
    rows: QuerySet[Any], lanes: Iterable[str], most: int, where: Q | None = None
) -> dict[str, list[int]]:
    """Return the ids of the first hazards of each of these lanes, ``where`` they stand behind a place. One query."""
    parts = [
        in_lane(rows if where is None else rows.filter(where), lane)
        .select_related(None)
        .values_list(Value(lane, output_field=CharField()), "pk", "deadline")[:most]
        for lane in lanes
    ]
    found: dict[str, list[int]] = {}
    if parts:
        united = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        for lane, pk, _deadline in united:
            found.setdefault(lane, []).append(pk)
    return found


def with_officers(actor: Actor, ids: Sequence[int]) -> "dict[int, HazardOnBoard]":
    """Return hazards that the actor may see by id, each with its enterprise, station and ``officer_name``. One query."""
    if not ids:
        return {}
    officer = serving_liaisons("enterprise_id").values("officer__full_name")[:1]
    rows = list_hazards(actor).select_related("enterprise", "station").filter(pk__in=ids)
    return {row.pk: row for row in rows.annotate(officer_name=Subquery(officer)).order_by()}
