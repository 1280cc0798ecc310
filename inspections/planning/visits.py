"""Planned visits: which are open, done or left over on a day, which await approval, and who has how many."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, Expression, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from enterprises.selectors import list_officers, list_stations
from foundation.accounts.actors import Actor
from foundation.accounts.models import Station, User
from foundation.contributions.limits import is_anybody_in, names_in
from inspections.choices import VisitState
from inspections.models import Absence, Inspection, PlannedVisit, PlanRule

PER_DAY = 6  # visits of an officer, where the bureau has published nothing: system default, not statutory


def inspected() -> QuerySet[Inspection]:
    """Return the inspections that do an outer query's visit, the first one first."""
    return Inspection.objects.filter(
        enterprise_id=OuterRef("enterprise_id"), voided_at=None, inspected_on__gte=OuterRef("since_on")
    ).order_by("inspected_on", "pk")


def inspected_today(ids: Collection[int]) -> set[int]:
    """Return those of these enterprises that were inspected today. One query."""
    rows = Inspection.objects.filter(
        enterprise_id__in=ids, voided_at=None, inspected_on__gte=timezone.localdate()
    )
    return set(rows.values_list("enterprise_id", flat=True))


def is_open() -> Q:
    """Return the condition on visits that are still to be made."""
    return Q(voided_at=None, refused_at=None) & ~Q(Exists(inspected()))


NOT_APPROVED = Q(voided_at=None, refused_at=None) & (Q(approved_until=None) | Q(on__gt=F("approved_until")))


def awaits_approval(today: dt.date | Expression) -> Q:
    """Return the condition on visits that the chief decides about: to be made from today on, or made without approval."""
    return NOT_APPROVED & (Q(on__gte=today) | Q(Exists(inspected())))


def list_visits(actor: Actor) -> QuerySet[Any]:
    """Return the visits of the actor's stations, each with ``done_id`` and ``done_on``, the inspection that did it."""
    rows = PlannedVisit.objects.filter(station_id__in=actor.stations if actor.is_police else ())
    return rows.select_related("enterprise").annotate(
        done_id=Subquery(inspected().values("pk")[:1]),
        done_on=Subquery(inspected().values("inspected_on")[:1]),
    )


def get_visit(actor: Actor, id: int) -> PlannedVisit:
    """Return one visit. Raise Http404 if the actor does not see it."""
    found = list_visits(actor).select_related("enterprise", "station").filter(pk=id).first()
    if found is None:
        raise Http404(f"no visit {id}")
    return found


def open_visit(actor: Actor, enterprise_id: int) -> PlannedVisit | None:
    """Return the visit of an enterprise that is still to be made; None if none is planned."""
    return list_visits(actor).filter(is_open(), enterprise_id=enterprise_id).order_by("-on", "-pk").first()


def state_of(visit: PlannedVisit, today: dt.date | None = None) -> VisitState:
    """Return the state of a visit that was read by :func:`list_visits`."""
    known: Any = visit
    if visit.voided_at:
        return VisitState.DROPPED
    if known.done_id:
        return VisitState.DONE
    if visit.refused_at:
        return VisitState.REFUSED
    if visit.on < (today or timezone.localdate()):
        return VisitState.LEFT
    return VisitState.APPROVED if visit.is_approved else VisitState.WAITING


def in_state(state: str, today: dt.date) -> Q:
    """Return the condition for visits in a state."""
    done = Q(Exists(inspected()))
    approved = Q(approved_until__isnull=False, on__lte=F("approved_until"))
    ahead = is_open() & Q(on__gte=today)
    return {
        VisitState.DROPPED: Q(voided_at__isnull=False),
        VisitState.DONE: Q(voided_at=None) & done,
        VisitState.REFUSED: Q(voided_at=None, refused_at__isnull=False) & ~done,
        VisitState.LEFT: is_open() & Q(on__lt=today),
        VisitState.APPROVED: ahead & approved,
        VisitState.WAITING: ahead & ~approved,
    }[VisitState(state)]


def visit_of(actor: Actor, inspection: Inspection) -> PlannedVisit | None:
    """Return the visit that an inspection did, with its approval; None if nobody had planned it."""
    return visit_or_refused(actor, inspection)[0]


def visit_or_refused(actor: Actor, inspection: Inspection) -> tuple[PlannedVisit | None, PlannedVisit | None]:
    """Return the visit that an inspection did; or none, and the last one whose approval was refused afterwards. One query."""
    rows = list_visits(actor).filter(enterprise_id=inspection.enterprise_id, voided_at=None)
    found = list(rows.filter(done_id=inspection.pk).order_by("-pk"))
    visit = next((each for each in found if not each.refused_at), None)
    return visit, None if visit else next(iter(found), None)


def inspectors_of(inspection: Inspection, team: Iterable[User]) -> list[User]:
    """Return those of a station's officers whom an inspection names, in its order."""
    team, found = list(team), []
    for name in names_in(inspection.inspectors):
        found += [each for each in team if is_anybody_in(str(each), name) and each not in found]
    return found


# --- who has how many ----------------------------------------------------------------------------------------------


def station_in(actor: Actor, asked: int | None = None) -> Station:
    """Return the station whose plan is meant: the actor's own, or of a bureau the one asked for, else its first.

    Raise Http404 for one that the actor does not see.
    """
    stations = {each.pk: each for each in list_stations(actor)}
    pk = asked or actor.station_id or next(iter(stations), 0)
    if pk not in stations:
        raise Http404(f"no station {pk}")
    return stations[pk]


def team_of(actor: Actor, station_id: int) -> list[User]:
    """Return who can be named on a visit: officers and chiefs of the station with a police number, no auxiliaries."""
    return list(list_officers(actor, station_id).exclude(police_number="").defer("password"))


def absences(actor: Actor, station_id: int, first: dt.date, last: dt.date) -> list[Absence]:
    """Return who of a station is absent on some of these days."""
    rows = Absence.objects.filter(station_id=station_id, station__in=actor.stations, withdrawn_at=None)
    return list(rows.filter(from_on__lte=last, until_on__gte=first))


def away_today(actor: Actor) -> list[Absence]:
    """Return who of the actor's stations is absent today."""
    today = timezone.localdate()
    rows = Absence.objects.filter(station_id__in=actor.stations, withdrawn_at=None)
    return list(rows.filter(from_on__lte=today, until_on__gte=today))


def away_on(found: Iterable[Absence], days: Collection[dt.date]) -> frozenset[tuple[int, dt.date]]:
    """Return pairs of an officer and a day of absence."""
    return frozenset((each.officer_id, day) for each in found for day in days if each.covers(day))


def loads(visits: Iterable[PlannedVisit]) -> Counter[tuple[int, dt.date]]:
    """Count visits by officer and day; both officers of a visit make it."""
    return Counter((who, each.on) for each in visits for who in each.officer_ids)


def between(actor: Actor, station_id: int, first: dt.date, last: dt.date) -> QuerySet[PlannedVisit]:
    """Return the visits of a station on these days, done or not, without those refused or taken off."""
    rows = list_visits(actor).filter(station_id=station_id, voided_at=None, refused_at=None)
    return rows.filter(on__range=(first, last))


# --- what the bureau published -------------------------------------------------------------------------------------


def rule_on(actor: Actor, day: dt.date) -> PlanRule | None:
    """Return the rule that the bureau has published for a day, None if it has none."""
    return PlanRule.objects.filter(bureau_id=actor.bureau_id, effective_from__lte=day).first()


def per_day(rule: PlanRule | None) -> int:
    """Return how many visits an officer makes a day at most."""
    return rule.per_day if rule else PER_DAY
