"""The board of hazards: what its figures and lanes count, and which hazards stand first in a lane."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    Field,
    Func,
    IntegerField,
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
from foundation.database.planner import in_index_order
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
NOT_LATE = str(HazardState.OPEN)  # the lane of what is not due yet, or without a deadline
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
    """What the board counts: in each lane, in each figure, and of each lane what is overdue; and the first ids of each lane."""

    lanes: Mapping[str, int]
    counts: Mapping[str, int]
    late: Mapping[str, int]
    first: Mapping[str, list[int]]


def figures(actor: Actor, rows: QuerySet[Hazard], asked: Mapping[str, Q | None], most: int) -> Figures:
    """Count hazards by one query, which also finds the first ``most`` of each lane: it reads all of them anyway.

    ``rows`` are what all filters but ``asked`` leave; ``asked`` has the conditions of those in ASIDE that are in force.
    What is open is overdue, not yet due or without a deadline. Work on enterprises that are not on the register rests:
    it is in no figure, but in a lane of its own.
    """
    today = timezone.localdate()
    # numbers, because thousands of rows are sorted by them
    lane = Case(
        When(is_off_register(today), then=Value(LANES.index(AWAY))),
        *(
            When(HAZARD_LIFE.states[code].where(today), then=Value(LANES.index(code)))
            for code in map(str, HAZARD_LIFE.live)
        ),
        output_field=IntegerField(),
    )
    term = Case(
        *(When(where, then=Value(TERMS.index(each))) for each, where in terms_of_open(today).items()),
        output_field=IntegerField(),
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
    first: dict[str, list[tuple[bool, dt.date, int]]] = {}
    found = grouped.annotate(
        number=Count("pk"), ids=_first("pk", most, IntegerField()), due=_first("deadline", most, DateField())
    )
    for group in found:
        unmet = {name for name in ASIDE if not group[f"meets_{name}"]}
        number, lane_of, term_of = group["number"], LANES[group["lane"]], TERMS[group["term"]]
        if not unmet:
            lanes[lane_of] += number
            places = zip(group["due"], group["ids"], strict=True)
            first.setdefault(lane_of, []).extend((day is None, day or today, pk) for day, pk in places)
        if lane_of == AWAY:
            continue
        if not unmet and term_of == OVERDUE_NOW:
            late[lane_of] += number
        is_in = {OPEN: True, MINE: group[MINE], NO_OFFICER: group[NO_OFFICER], MAJOR: group[MAJOR]}
        is_in |= {each: term_of == each for each in TERMS}
        for figure, aside in _LEAVES.items():
            if is_in[figure] and not unmet - {aside}:
                counts[figure] += number
    ids = {lane: [pk for _none, _day, pk in sorted(each)[:most]] for lane, each in first.items()}
    return Figures(lanes, counts, late, ids)


def _first(name: str, most: int, field: "Field[Any, Any]") -> Func:
    """Return an expression: a value of the first hazards of a group, due soonest first, as an array."""
    whole = ArrayAgg(name, order_by=("deadline", "pk"))
    return Func(whole, template=f"(%(expressions)s)[1:{int(most)}]", output_field=ArrayField(field))


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


def next_ids(rows: QuerySet[Any], lane: str, most: int, where: Q) -> list[int]:
    """Return the ids of the first hazards of a lane ``where`` they stand behind a place. One query, in the order of an index.

    Of what is not due yet those with a deadline are sought from today on, the others apart: the condition "none, or from
    today on" would read all that is overdue.
    """
    today, left = timezone.localdate(), in_lane(rows.filter(where), lane).select_related(None)
    parts = [left.filter(deadline__gte=today), left.filter(deadline=None)] if lane == NOT_LATE else [left]
    found = [part.values_list("pk", "deadline")[:most] for part in parts]
    with in_index_order():
        places = list(found[0].union(*found[1:], all=True) if len(found) > 1 else found[0])
    places.sort(key=lambda place: (place[1] is None, place[1] or today, place[0]))
    return [pk for pk, _deadline in places[:most]]


def with_officers(actor: Actor, ids: Sequence[int]) -> "dict[int, HazardOnBoard]":
    """Return hazards that the actor may see by id, each with its enterprise, station and ``officer_name``. One query."""
    if not ids:
        return {}
    officer = serving_liaisons("enterprise_id").values("officer__full_name")[:1]
    rows = list_hazards(actor).select_related("enterprise", "station").filter(pk__in=ids)
    return {row.pk: row for row in rows.annotate(officer_name=Subquery(officer)).order_by()}
