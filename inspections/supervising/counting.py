"""Inspections of a quarter counted by station, each figure as a list of records filters it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Expression,
    FloatField,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from enterprises.selectors import list_enterprises
from facts.models import Attachment
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.periods import Period
from foundation.shares import FEWEST, share
from inspections.checkins.models import CheckIn
from inspections.choices import InspectionKind
from inspections.models import CheckRecord, Hazard, Inspection
from inspections.papers import ORDER
from papers.models import Paper


@dataclass
class Counts:
    """What is counted of a station in a quarter, or of all. ``never`` and ``overdue`` are of today.

    ``judged``: inspections that could find something new, without re-inspections; ``empty`` of them found no hazard.
    ``to_order``: hazards found by inspections and not put right on the spot; ``unordered`` of them are named by no order.
    ``photos``: of inspections and of what they found.
    """

    station_id: int = 0
    inspections: int = 0
    judged: int = 0
    empty: int = 0
    checked: int = 0  # by a checklist
    to_order: int = 0
    unordered: int = 0
    photos: int = 0
    never: int = 0
    overdue: int = 0

    @property
    def empty_share(self) -> float | None:
        """Per cent of the inspections that could find something; None if they are too few to say."""
        return share(self.empty, self.judged)

    @property
    def unordered_share(self) -> float | None:
        """Per cent of the hazards that are to be ordered; None if they are too few to say."""
        return share(self.unordered, self.to_order)

    @property
    def photos_each(self) -> float | None:
        """Photos of an inspection on average; None if there are too few inspections to say."""
        return self.photos / self.inspections if self.inspections >= FEWEST else None


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum over stations."""
    found = Counts()
    for each in counts:
        for column in fields(Counts)[1:]:
            setattr(found, column.name, getattr(found, column.name) + getattr(each, column.name))
    return found


# --- the conditions, which lists filter by as well --------------------------------------------------------------------


def judged() -> Q:
    """Return the condition on an inspection that it could find something new: a re-inspection looks at what was found."""
    return ~Q(kind=InspectionKind.REINSPECTION)


def found_something() -> Q:
    """Return the condition on an inspection that hazards of it stand."""
    return Q(Exists(Hazard.objects.filter(inspection=OuterRef("pk"), voided_at=None).order_by()))


def to_order() -> Q:
    """Return the condition on a hazard that an order about it is expected: an inspection found it, and left it there."""
    return Q(inspection__isnull=False, on_the_spot=False)


def is_ordered() -> Q:
    """Return the condition on a hazard that an order to rectify that was not voided names it, served or not."""
    number = Func(OuterRef("pk"), function="to_jsonb", output_field=JSONField())
    orders = Paper.objects.filter(
        enterprise=OuterRef("enterprise"),
        form=ORDER.code,
        voided_at=None,
        records__hazard__contains=number,
    )
    return Q(Exists(orders.order_by()))


def never_inspected() -> Q:
    """Return the condition on an enterprise that no inspection of it stands."""
    return ~Q(Exists(Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None).order_by()))


# --- counting ---------------------------------------------------------------------------------------------------------


def held(actor: Actor, period: Period) -> QuerySet[Inspection]:
    """Return the inspections of a quarter that were not voided."""
    days = (period.start, period.end)
    return visible(actor, Inspection).filter(inspected_on__range=days).select_related(None).order_by()


def by_station(actor: Actor, period: Period) -> dict[int, Counts]:
    """Return the counts of each station that has any, by its id. One query."""
    days = (period.start, period.end)
    visits = held(actor, period)
    again = When(kind=InspectionKind.REINSPECTION, then=Value("again"))
    # joined: asked for each inspection, as a list does, it takes five times as long
    of_visits = {
        "station_id__in": actor.stations,
        "inspection__voided_at": None,
        "inspection__inspected_on__range": days,
    }
    hits = Hazard.objects.filter(voided_at=None, **of_visits).exclude(
        inspection__kind=InspectionKind.REINSPECTION
    )
    hazards = visible(actor, Hazard).filter(to_order(), found_on__range=days)
    ordered = When(is_ordered(), then=Value("ordered"))
    register = list_enterprises(actor)
    late = register.filter(next_inspection_on__lt=timezone.localdate())
    first, *rest = (
        _counted(visits, Case(again, default=Value("judged"))),
        _counted(hits, Value("hits"), Count("inspection_id", distinct=True)),
        _counted(CheckRecord.objects.filter(**of_visits), Value("checked")),
        _counted(hazards, Case(ordered, default=Value("unordered"))),
        _counted(_photos(actor, visits), Value("photos")),
        _counted(register.filter(never_inspected()), Value("never")),
        _counted(late, Value("overdue")),
    )
    numbers: dict[int, dict[str, int]] = {}
    for station_id, what, number in first.union(*rest, all=True):
        numbers.setdefault(station_id, {})[what] = number
    return {station_id: _counts(station_id, each) for station_id, each in numbers.items()}


def _counted(rows: QuerySet[Any], what: Expression, number: Count | None = None) -> QuerySet[Any]:
    """Return rows counted by station, as station, what was counted, and the number."""
    grouped = (
        rows.select_related(None)
        .order_by()
        .annotate(what=Cast(what, CharField()))
        .values("station_id", "what")
    )
    return grouped.annotate(number=number or Count("pk")).values_list("station_id", "what", "number")


def _counts(station_id: int, numbers: Mapping[str, int]) -> Counts:
    number = defaultdict(int, numbers)
    return Counts(
        station_id,
        inspections=number["judged"] + number["again"],
        judged=number["judged"],
        empty=number["judged"] - number["hits"],
        checked=number["checked"],
        to_order=number["ordered"] + number["unordered"],
        unordered=number["unordered"],
        photos=number["photos"],
        never=number["never"],
        overdue=number["overdue"],
    )


def _photos(actor: Actor, visits: QuerySet[Inspection]) -> QuerySet[Attachment]:
    """Return the pictures of these inspections, and those that the police added to hazards as they found them."""
    hazards = (
        Hazard.objects.filter(inspection__in=visits.values("pk"), voided_at=None).order_by().values("pk")
    )
    of_visits = Q(kind="inspection", record_id__in=visits.values("pk"))
    of_hazards = Q(kind="hazard", record_id__in=hazards) & ~Q(shows=Attachment.Shows.PUT_RIGHT)
    rows = Attachment.objects.filter(
        station_id__in=actor.stations, voided_at=None, width__gt=0, by_enterprise=False
    )
    return rows.filter(of_visits | of_hazards).order_by()


def durations(actor: Actor, period: Period) -> dict[int, float]:
    """Return the median minutes from arrival to departure by station, of inspections with a check-in. One query.

    A station without such an inspection is not in it.
    """
    rows = CheckIn.objects.filter(
        station_id__in=actor.stations,
        left_at__isnull=False,
        inspection__voided_at=None,
        inspection__inspected_on__range=(period.start, period.end),
    )
    found = rows.order_by().values("station_id").annotate(median=MedianMinutes("arrived_at", "left_at"))
    return dict(found.values_list("station_id", "median"))


class MedianMinutes(Func):
    """The median of the minutes between two moments."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM (%(expressions)s)) / 60)"
    arg_joiner = " - "
    contains_aggregate = True
    output_field = FloatField()

    def __init__(self, first: str, last: str) -> None:
        super().__init__(last, first)

    def get_group_by_cols(self) -> list[Any]:
        return []
