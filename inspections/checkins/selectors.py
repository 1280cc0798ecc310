"""Reads of QR codes and check-ins."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from inspections.checkins.choices import Purpose
from inspections.checkins.models import CheckIn, DoorSign
from inspections.choices import InspectionKind, VisitSource
from inspections.drawn_visits import waiting_visits
from inspections.models import Hazard, PlannedVisit
from inspections.planning.visits import is_open as to_be_made
from inspections.planning.visits import list_visits, open_visit

PURPOSES = {
    VisitSource.LOT: Purpose.DRAWN,
    VisitSource.ORDERED: Purpose.SPECIAL,
    VisitSource.REINSPECTION: Purpose.REINSPECTION,
}
KINDS = {  # as those of planned visits
    Purpose.DRAWN: InspectionKind.UNANNOUNCED,
    Purpose.SPECIAL: InspectionKind.SPECIAL,
    Purpose.REINSPECTION: InspectionKind.REINSPECTION,
}


def visible_signs(actor: Actor) -> QuerySet[DoorSign]:
    """Return the codes of the actor's stations, or of their enterprise, with the enterprise."""
    rows = DoorSign.objects.filter(station_id__in=actor.stations).select_related("enterprise__station")
    return rows.filter(enterprise_id=actor.enterprise_id) if actor.is_enterprise else rows


def get_sign(actor: Actor, code: str) -> DoorSign:
    """Return the QR code with this text, also one that was replaced. Raise DoesNotExist alike for unknown and foreign ones."""
    return visible_signs(actor).get(code=code)


def sign_in_use(actor: Actor, enterprise_id: int) -> DoorSign | None:
    """Return the QR code of an enterprise; None if it has none."""
    return visible_signs(actor).filter(enterprise_id=enterprise_id, ended_at=None).first()


def signs_of(actor: Actor, enterprise_ids: Sequence[int]) -> list[DoorSign]:
    """Return the codes in use of these enterprises, by the name of the enterprise. One query."""
    rows = visible_signs(actor).filter(enterprise_id__in=enterprise_ids, ended_at=None)
    return list(rows.order_by("enterprise__sort_key", "pk"))


def visible_check_ins(actor: Actor, enterprise_id: int | None = None) -> QuerySet[CheckIn]:
    """Return the check-ins at the enterprises of the actor's stations, or at their own; the latest first."""
    rows = CheckIn.objects.filter(station_id__in=actor.stations)
    if actor.is_enterprise:
        rows = rows.filter(enterprise_id=actor.enterprise_id)
    return rows if enterprise_id is None else rows.filter(enterprise_id=enterprise_id)


def get_check_in(actor: Actor, id: int) -> CheckIn:
    """Return one check-in. Raise DoesNotExist if the actor does not see it."""
    return visible_check_ins(actor).select_related("enterprise", "station").get(pk=id)


def there_now(actor: Actor, enterprise_id: int) -> CheckIn | None:
    """Return the check-in of those who are at an enterprise now; None if nobody is."""
    return visible_check_ins(actor, enterprise_id).filter(ended="", arrived_at__gte=midnight()).first()


def midnight() -> dt.datetime:
    """Return the moment at which today began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class Proposal(NamedTuple):
    """What the check-in begins with: purpose, approval, and ids of the officers."""

    purpose: Purpose
    approval: str
    officers: list[int]


def proposed(actor: Actor, enterprise: Enterprise) -> Proposal:
    """Return what somebody probably comes for, by which approval, with whom.

    As the visit is planned; else drawn by lot, hazards that wait for re-inspection, or planned without a record. At most three
    queries.
    """
    visit = open_visit(actor, enterprise.pk)
    if visit is not None and visit.on <= timezone.localdate():
        purpose = PURPOSES.get(VisitSource(visit.source), Purpose.PLANNED)
        return Proposal(purpose, approval_of(visit), sorted({actor.user_id, *visit.officer_ids}))
    purpose = Purpose.PLANNED
    if waiting_visits().filter(enterprise_id=enterprise.pk, station_id__in=actor.stations).exists():
        purpose = Purpose.DRAWN
    elif Hazard.objects.filter(
        ~Q(rectified_on=None),
        enterprise_id=enterprise.pk,
        station_id__in=actor.stations,
        closed_on=None,
        voided_at=None,
    ).exists():
        purpose = Purpose.REINSPECTION
    return Proposal(purpose, "", [actor.user_id])


class Expected(NamedTuple):
    """What an inspection probably is: its day, its kind, and ids of its officers."""

    on: dt.date
    kind: InspectionKind
    officers: list[int]


def expected(actor: Actor, enterprise_ids: Sequence[int]) -> dict[int, Expected]:
    """Return the inspections that are expected at these enterprises, by enterprise. Two queries.

    As those who are there now checked in; else as the visit of today or tomorrow is planned.
    """
    today = timezone.localdate()
    planned = list_visits(actor).filter(
        to_be_made(), enterprise_id__in=enterprise_ids, on__range=(today, today + dt.timedelta(days=1))
    )
    found = {
        each.enterprise_id: Expected(each.on, InspectionKind(each.kind), sorted(each.officer_ids))
        for each in planned.order_by("-on", "pk")
    }
    there = visible_check_ins(actor).filter(
        enterprise_id__in=enterprise_ids, ended="", arrived_at__gte=midnight()
    )
    for each in there.exclude(purpose=Purpose.VISIT):
        kind = KINDS.get(Purpose(each.purpose), InspectionKind.ROUTINE)
        before = found.get(each.enterprise_id)
        if before and before.on == today and each.purpose == Purpose.PLANNED:
            kind = before.kind  # a complaint is no purpose of its own
        found[each.enterprise_id] = Expected(today, kind, sorted(each.officer_ids))
    return found


def approval_of(visit: PlannedVisit) -> str:
    """Return the approval of a planned visit as the enterprise reads it: its number, else who gave it; "" without one."""
    if not visit.is_approved:
        return ""
    return visit.paper_number or visit.approved_by


def check_in_of(actor: Actor, inspection_id: int) -> CheckIn | None:
    """Return the check-in of an inspection; None without one. One query."""
    return visible_check_ins(actor).filter(inspection_id=inspection_id).first()
