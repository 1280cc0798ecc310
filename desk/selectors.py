"""Reads that look across the apps: an enterprise's file, the portal, the stations of a bureau."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, IntegerField, Max, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from disputes.models import Dispute
from disputes.selectors import list_disputes, open_disputes
from enterprises.models import Enterprise, Liaison
from enterprises.selectors import away_on, list_enterprises, list_stations
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry, Station
from incidents.models import Incident
from inspections.models import Hazard, Inspection, SelfCheck
from inspections.selectors import DEADLINE, list_hazards
from service.models import Activity

YEAR = dt.timedelta(days=365)


def _count(model: type[Model], **conditions: Any) -> Coalesce:
    """How many records of the outer enterprise fit, as a column."""
    rows = model.objects.filter(enterprise=OuterRef("pk"), voided_at=None, **conditions).order_by()
    counted = rows.values("enterprise").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def file_figures(actor: Actor, enterprise_id: int) -> dict[str, Any]:
    """The figures at the head of a file, in one statement."""
    today = timezone.localdate()
    latest = Inspection.objects.filter(enterprise=OuterRef("pk"), voided_at=None).order_by(
        "-inspected_on", "-pk"
    )
    return (
        Enterprise.objects.filter(pk=enterprise_id, station_id__in=actor.stations)
        .values(
            open_hazards=_count(Hazard, closed_on=None),
            open_disputes=_count(Dispute, settled_on=None),
            inspections_year=_count(Inspection, inspected_on__gt=today - YEAR),
            incidents_year=_count(Incident, occurred_on__gt=today - YEAR),
            self_checks_28=_count(SelfCheck, checked_on__gt=today - dt.timedelta(days=28)),
            education_year=_count(Activity, kind="education", held_on__gt=today - YEAR),
            activities_year=_count(Activity, held_on__gt=today - YEAR),
            inspected_on=Subquery(latest.values("inspected_on")[:1]),
            conclusion=Subquery(latest.values("conclusion")[:1]),
        )
        .get()
    )


def open_hazards(actor: Actor, enterprise_id: int) -> QuerySet[Hazard]:
    """What is not closed, the soonest deadline first."""
    rows = list_hazards(actor, enterprise_id=enterprise_id).filter(closed_on=None).select_related(None)
    return rows.order_by(DEADLINE.asc(nulls_last=True), "pk")


def unsettled(actor: Actor, enterprise_id: int) -> QuerySet[Dispute]:
    """Disputes not settled yet, the oldest first."""
    rows = list_disputes(actor, enterprise_id=enterprise_id).filter(open_disputes())
    return rows.select_related(None).order_by("opened_on", "pk")


def list_activities(actor: Actor, enterprise_id: int) -> QuerySet[Activity]:
    """Education, drills and trainings, the latest first."""
    return visible(actor, Activity, enterprise_id=enterprise_id).select_related(None)


def list_log(actor: Actor, enterprise_id: int, *, before_id: int | None = None) -> QuerySet[AuditEntry]:
    """What was done to an enterprise and its records, the latest first. Row-level security hides it from all but police."""
    rows = AuditEntry.objects.filter(enterprise_id=enterprise_id).order_by("-id")
    return rows if before_id is None else rows.filter(id__lt=before_id)


@dataclass
class StationFigures:
    """One column of the bureau page."""

    station: Station
    enterprises: int = 0
    colours: dict[str, int] = field(default_factory=dict)
    without_liaison: int = 0
    open_hazards: int = 0
    overdue: int = 0
    closed: int = 0
    closed_on_time: int = 0
    overdue_found: int = 0
    inspected_on: dt.date | None = None
    inspections: int = 0

    @property
    def on_time_rate(self) -> float | None:
        """Closed on time ÷ (closed + overdue) of the hazards of the window, in per cent; None without any."""
        judged = self.closed + self.overdue_found
        return self.closed_on_time * 100 / judged if judged else None


WINDOW = dt.timedelta(days=180)  # what the on-time rate and the inspections on the bureau page look back to


def station_figures(actor: Actor) -> list[StationFigures]:
    """The stations of a bureau side by side: four statements, whatever their number."""
    today = timezone.localdate()
    figures = {station.pk: StationFigures(station) for station in list_stations(actor)}
    colours = list_enterprises(actor).order_by().values("station_id", "colour").annotate(number=Count("pk"))
    for row in colours:
        mine = figures[row["station_id"]]
        mine.colours[row["colour"]] = row["number"]
        mine.enterprises += row["number"]
    served = (
        Liaison.objects.filter(station_id__in=actor.stations, kind="main", until_on=None)
        .filter(~Exists(away_on(today, "enterprise")))  # not "in" the register: that would read it once more
        .order_by()
        .values("station_id")
        .annotate(number=Count("pk"))
    )
    with_liaison = {row["station_id"]: row["number"] for row in served}
    for pk, mine in figures.items():
        mine.without_liaison = mine.enterprises - with_liaison.get(pk, 0)
    late = Q(closed_on=None, rectified_on=None, deadline__lt=today)
    recent = Q(found_on__gt=today - WINDOW)
    hazards = (
        Hazard.objects.filter(recent | Q(closed_on=None), station_id__in=actor.stations, voided_at=None)
        .annotate(deadline=DEADLINE, done_on=Coalesce("rectified_on", "closed_on"))
        .order_by()
        .values("station_id")
        .annotate(
            open_hazards=Count("pk", filter=Q(closed_on=None)),
            overdue=Count("pk", filter=late),
            overdue_found=Count("pk", filter=late & recent),
            closed=Count("pk", filter=Q(closed_on__isnull=False) & recent),
            # the day of the submission decides, as in a rating (inspections.indicators)
            closed_on_time=Count("pk", filter=Q(closed_on__isnull=False, done_on__lte=DEADLINE) & recent),
        )
    )
    inspections = (
        Inspection.objects.filter(
            station_id__in=actor.stations, voided_at=None, inspected_on__gt=today - WINDOW
        )
        .order_by()
        .values("station_id")
        .annotate(inspections=Count("pk"), inspected_on=Max("inspected_on"))
    )
    for rows in (hazards, inspections):
        for row in rows:
            mine = figures[row.pop("station_id")]
            for name, value in row.items():
                setattr(mine, name, value)
    return list(figures.values())
