"""Reads across apps: the log of an enterprise, the figures of a bureau's stations."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from enterprises.models import Liaison
from enterprises.selectors import away_on, list_enterprises, list_stations
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry, Station
from inspections.models import Hazard, Inspection
from inspections.selectors import DEADLINE


def list_log(actor: Actor, enterprise_id: int, *, before_id: int | None = None) -> QuerySet[AuditEntry]:
    """Return what was done to an enterprise and its records, latest first. Row-level security: police only."""
    rows = AuditEntry.objects.filter(enterprise_id=enterprise_id).order_by("-id")
    return rows if before_id is None else rows.filter(id__lt=before_id)


def last_entry_id(actor: Actor) -> int:
    """Return the id of the latest entry of the log about the actor's stations, 0 if there is none."""
    entries = AuditEntry.objects.filter(bureau_id=actor.bureau_id, station_id__in=actor.stations)
    return entries.order_by("-id").values_list("id", flat=True).first() or 0


@dataclass
class StationFigures:
    """The figures of a station: one column of the bureau page."""

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
        """Closed on time ÷ (closed + overdue) of the hazards found in the window, in per cent; None without any."""
        judged = self.closed + self.overdue_found
        return self.closed_on_time * 100 / judged if judged else None


WINDOW = dt.timedelta(days=180)  # how far the bureau page looks back for the on-time rate and inspections


def station_figures(actor: Actor) -> list[StationFigures]:
    """Return the figures of the actor's stations, in five queries whatever their number."""
    today = timezone.localdate()
    figures = {station.pk: StationFigures(station) for station in list_stations(actor)}
    colours = list_enterprises(actor).order_by().values("station_id", "colour").annotate(number=Count("pk"))
    for row in colours:
        mine = figures[row["station_id"]]
        mine.colours[row["colour"]] = row["number"]
        mine.enterprises += row["number"]
    served = (
        Liaison.objects.filter(station_id__in=actor.stations, kind="main", until_on=None)
        .filter(~Exists(away_on(today, "enterprise")))  # an "in" over the register would read it once more
        .order_by()
        .values("station_id")
        .annotate(number=Count("pk"))
    )
    with_liaison = {row["station_id"]: row["number"] for row in served}
    for pk, mine in figures.items():
        mine.without_liaison = mine.enterprises - with_liaison.get(pk, 0)
    here = Q(~Exists(away_on(today, "enterprise")))
    late = Q(closed_on=None, rectified_on=None, deadline__lt=today)
    recent = Q(found_on__gt=today - WINDOW)
    hazards = (
        Hazard.objects.filter(recent | Q(closed_on=None), station_id__in=actor.stations, voided_at=None)
        .annotate(deadline=DEADLINE, done_on=Coalesce("rectified_on", "closed_on"))
        .order_by()
        .values("station_id")
        .annotate(
            open_hazards=Count("pk", filter=Q(closed_on=None) & here),
            overdue=Count("pk", filter=late & here),
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
    read: tuple[Iterable[Mapping[str, Any]], ...] = (hazards, inspections)
    for rows in read:
        for counts in rows:
            mine = figures[counts["station_id"]]
            for name, value in counts.items():
                if name != "station_id":
                    setattr(mine, name, value)
    return list(figures.values())
