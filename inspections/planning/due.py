"""What is to be planned at a station: left over, never inspected, overdue, due; and what was drawn or submitted there."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.choices import LiaisonKind
from enterprises.models import Enterprise
from enterprises.selectors import liaisons_now, on_register, visible
from foundation.accounts.actors import Actor
from foundation.words import Words
from inspections.choices import HazardState, VisitSource
from inspections.drawn_visits import OFFICERS, waiting_visits
from inspections.models import Hazard, Inspection, PlannedVisit
from inspections.planning.proposing import Job
from inspections.planning.visits import is_open, list_visits, team_of
from inspections.planning.ways import way_of
from inspections.selectors import DEADLINE, in_state

LEFT, NEVER, OVERDUE, DUE = "left", "never", "overdue", "due"
BANDS: dict[str, Words] = {
    LEFT: _("Left over from before"),
    NEVER: _("Never inspected"),
    OVERDUE: pgettext_lazy("inspections", "Overdue"),
    DUE: pgettext_lazy("inspections", "Due"),
}
ORDER = {code: number for number, code in enumerate(BANDS)}
SOON = dt.timedelta(days=14)
MOST = 400  # that a page or a proposal reads; the rest comes when these are planned


@dataclass
class Item:
    """An enterprise to be visited, and why."""

    enterprise: Enterprise
    band: str
    due_on: dt.date | None
    source: VisitSource
    is_drawn: bool = False
    is_submitted: bool = False
    visit: PlannedVisit | None = None  # that was not made on its day
    officer: int = 0
    officer_name: str = ""
    pair: tuple[int, int] | None = None  # who was drawn by lot
    since_on: dt.date | None = None  # tomorrow, if it was inspected today

    @property
    def street(self) -> str:
        return way_of(self.enterprise)

    @property
    def job(self) -> Job:
        return Job(
            *(self.enterprise.pk, self.street, ORDER[self.band], self.due_on, self.officer),
            pair=self.pair,
            since_on=self.since_on,
        )


@dataclass
class DueWork:
    """The items that were read, in the order in which they are planned, and how many there are in each band."""

    items: list[Item] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def in_band(self, band: str) -> list[Item]:
        return [each for each in self.items if each.band == band]


def _with_reasons(rows: QuerySet[Enterprise]) -> QuerySet[Any]:
    inspections = Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None)
    drawn = waiting_visits().filter(enterprise_id=OuterRef("pk")).order_by("due_on")
    submitted = (
        Hazard.objects.filter(enterprise=OuterRef("pk"), voided_at=None)
        .annotate(deadline=DEADLINE)
        .filter(in_state(HazardState.SUBMITTED))
    )
    return rows.annotate(
        is_new=~Exists(inspections),
        is_made_today=Exists(inspections.filter(inspected_on__gte=timezone.localdate())),
        drawn_on=Subquery(drawn.values("due_on")[:1], output_field=DateField()),
        is_submitted=Exists(submitted),
        order_on=Subquery(
            submitted.order_by(F("deadline").asc(nulls_last=True)).values("deadline")[:1],
            output_field=DateField(),
        ),
    )


def unplanned(actor: Actor, station_id: int, until_on: dt.date, today: dt.date) -> QuerySet[Any]:
    """Return the enterprises of a station to be planned until a day, with ``band`` and ``day``, the most urgent first.

    Those with a visit that is still to be made are not among them.
    """
    planned = PlannedVisit.objects.filter(is_open(), enterprise_id=OuterRef("pk"))
    rows = _with_reasons(visible(actor).filter(on_register(today), station_id=station_id))
    cycle = Least("next_inspection_on", "drawn_on")
    rows = rows.annotate(cycle=cycle).filter(~Exists(planned))
    rows = rows.filter(Q(is_new=True) | Q(cycle__lte=until_on) | Q(is_submitted=True))
    # a re-inspection before the cycle's turn has the deadline of the order, not the far day of the cycle
    early = Q(is_submitted=True) & (Q(cycle=None) | Q(cycle__gt=until_on))
    rows = rows.annotate(is_early=early, day=Case(When(early, then=F("order_on")), default=F("cycle")))
    band = Case(
        When(is_new=True, then=Value(ORDER[NEVER])),
        When(day__lt=today, then=Value(ORDER[OVERDUE])),
        default=Value(ORDER[DUE]),
        output_field=IntegerField(),
    )
    return rows.annotate(band=band).order_by("band", F("day").asc(nulls_last=True), "pk")


def left_over(actor: Actor, station_id: int, today: dt.date) -> QuerySet[PlannedVisit]:
    """Return the visits of a station that were not made on their day, the oldest first."""
    return list_visits(actor).filter(is_open(), station_id=station_id, on__lt=today).order_by("on", "pk")


def due_work(
    actor: Actor,
    station_id: int,
    until_on: dt.date,
    *,
    today: dt.date | None = None,
    most: int = MOST,
) -> DueWork:
    """Return what is to be planned at a station until a day: left over first, then as :func:`unplanned`."""
    today = today or timezone.localdate()
    left = list(left_over(actor, station_id, today)[:most])
    rows = unplanned(actor, station_id, until_on, today)
    found = [_of_visit(each) for each in left] + [_of_row(each) for each in rows[: most - len(left)]]
    counts = {LEFT: len(left)} | {
        code: sum(each.band == code for each in found) for code in (NEVER, OVERDUE, DUE)
    }
    if len(found) == most:  # there may be more
        counted = rows.order_by().values_list("band", flat=True)
        counts |= dict.fromkeys((NEVER, OVERDUE, DUE), 0)
        codes = list(BANDS)
        for number in counted:
            counts[codes[number]] += 1
        counts[LEFT] = left_over(actor, station_id, today).count()
    _name_officers(actor, found)
    drawn = drawn_pairs(
        actor, station_id, [each.enterprise.pk for each in found if each.source == VisitSource.LOT]
    )
    for each in found:
        each.pair = drawn.get(each.enterprise.pk)
    return DueWork(found, counts)


def _of_visit(visit: PlannedVisit) -> Item:
    return Item(visit.enterprise, LEFT, visit.on, VisitSource(visit.source), visit=visit)


def _of_row(row: Any) -> Item:
    source = VisitSource.CYCLE
    if row.drawn_on:
        source = VisitSource.LOT
    elif row.is_early and not row.is_new:
        source = VisitSource.REINSPECTION
    since_on = timezone.localdate() + dt.timedelta(days=1) if row.is_made_today else None
    return Item(
        *(row, list(BANDS)[row.band], row.day, source, bool(row.drawn_on), row.is_submitted),
        since_on=since_on,
    )


def _name_officers(actor: Actor, items: Iterable[Item]) -> None:
    serving = liaisons_now(actor, [each.enterprise.pk for each in items])
    for each in items:
        main = next(
            (one for one in serving.get(each.enterprise.pk, ()) if one.kind == LiaisonKind.MAIN), None
        )
        if main is not None:
            each.officer, each.officer_name = main.officer_id, str(main.officer)


def sources_of(actor: Actor, ids: Iterable[int]) -> dict[int, VisitSource]:
    """Return why each of these enterprises would be visited now."""
    rows = _with_reasons(visible(actor).filter(pk__in=list(ids)))
    return {row.pk: _of_row(_dated(row)).source for row in rows.annotate(band=Value(ORDER[DUE]))}


def _dated(row: Any) -> Any:
    soon = timezone.localdate() + SOON
    days = [day for day in (row.next_inspection_on, row.drawn_on) if day and day <= soon]
    row.day = min(days, default=None)
    row.is_early = row.is_submitted and row.day is None
    return row


def drawn_pairs(actor: Actor, station_id: int, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return the two officers who were drawn by lot for enterprises, and who alone may go. At most two queries.

    Enterprises for which two no longer wait are left out, and those whose officers the station cannot name any more:
    others must go there.
    """
    wanted, found = list(ids), {}
    if not wanted:
        return {}
    rows = waiting_visits().filter(enterprise_id__in=wanted).order_by("due_on", "pk")
    of: dict[int, list[int]] = {}
    for pk, who in rows.values_list("enterprise_id", "officer_id"):
        if who not in of.setdefault(pk, []):
            of[pk].append(who)
    team = {each.pk for each in team_of(actor, station_id)} if of else set()
    for pk, people in of.items():
        if len(people) >= OFFICERS and team >= set(people[:OFFICERS]):
            found[pk] = (people[0], people[1])
    return found
