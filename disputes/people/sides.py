"""The snapshots that enterprises have of their sides of disputes (:class:`disputes.models.DisputeSide`)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from disputes.choices import Side
from disputes.models import Dispute, DisputeSide, EnterpriseReport, Party, Payment
from disputes.parts import File
from disputes.people.selectors import parties_of
from enterprises.operations.register import lock_with_stations
from facts.operations import lock_fact
from facts.selectors import get_fact
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.selectors import stations_of
from foundation.database.apart import sum_of_each
from foundation.tenancy.scope import Audience, Scope, station_scope

logger = structlog.get_logger(__name__)
MOST_STALE = 5_000  # of a bureau and night
MOST_ELSEWHERE = 50  # shown of an enterprise


@transaction.atomic
def write_sides(bureau_id: int, station_id: int, dispute_id: int) -> int:
    """Write the snapshots of a dispute's sides as they are now. Return how many enterprises have one.

    Twice changes nothing. All enterprises are locked first, in the order of their ids as a hand-over of many does, then the dispute; so of
    two runs the later one has read what is newer. An enterprise that becomes a party meanwhile is told by the task of who entered it. For each
    other enterprise the scope in which it is written names its station and that of the dispute, and no third one.
    """
    own = Scope((station_id,), bureau=bureau_id, audience=Audience.SYSTEM)
    whole = Scope(tuple(stations_of(bureau_id)), bureau=bureau_id, audience=Audience.SYSTEM)
    actor = system_actor(bureau_id=bureau_id, stations=[station_id])
    try:
        with station_scope(own):
            concerned = set(_sides(actor, get_fact(actor, Dispute, dispute_id)))
        # a party that left may be of a station that this scope does not name: all that have a row are asked
        with station_scope(whole):
            concerned |= set(_written(dispute_id).values_list("enterprise_id", flat=True))
            stations = lock_with_stations(concerned)
        with station_scope(own):
            dispute = lock_fact(actor, Dispute, dispute_id)
            sides = {} if dispute.is_voided else _sides(actor, dispute)
            told, standing = _snapshot(actor, dispute, sides), _payments_that_stand(dispute)
    except Http404:  # handed over with its enterprise since: the nightly task tells them
        return 0
    for enterprise_id, its_station in stations.items():
        both = Scope(tuple({station_id, its_station}), bureau=bureau_id, audience=Audience.SYSTEM)
        with station_scope(both):
            _write(enterprise_id, its_station, station_id, dispute_id, told.get(enterprise_id))
            _write_reports(enterprise_id, dispute, standing)
    return len(told.keys() & stations.keys())


def _sides(actor: Actor, dispute: Dispute) -> dict[int, str]:
    """Return which side each enterprise of the register is on, the lead enterprise first; "" if it is no party."""
    rows = parties_of(actor, dispute).exclude(registered_id=0).values_list("registered_id", "side")
    return {dispute.enterprise_id: ""} | dict(rows)


def _snapshot(actor: Actor, dispute: Dispute, sides: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """Return the columns of each enterprise's snapshot."""
    if not sides:
        return {}
    file = File(actor, dispute, timezone.localdate())
    stage, found = file.stage, {}
    for enterprise_id, side in sides.items():
        owed = file.owed(Side(side)) if side else None
        days = [dispute.due_on if not dispute.settled_on else None, owed.due_on if owed else None]
        found[enterprise_id] = {
            "is_lead": enterprise_id == dispute.enterprise_id,
            "side": side,
            "kind": dispute.kind,
            "stage": stage,
            "opened_on": dispute.opened_on,
            "settled_on": dispute.settled_on,
            "next_on": min((day for day in days if day), default=None),
            "owes": owed.amount if owed else None,
            "owes_on": owed.due_on if owed else None,
            "ended_at": None,
        }
    return found


def _written(dispute_id: int) -> QuerySet[DisputeSide]:
    return DisputeSide.objects.filter(dispute_id=dispute_id)


def _write(
    enterprise_id: int, station_id: int, of_station: int, dispute_id: int, values: Mapping[str, Any] | None
) -> None:
    """Write one snapshot; ``of_station`` leads the dispute."""
    if values is None:
        _written(dispute_id).filter(enterprise_id=enterprise_id, ended_at=None).update(
            ended_at=timezone.now()
        )
        return
    DisputeSide.objects.update_or_create(
        enterprise_id=enterprise_id,
        dispute_id=dispute_id,
        defaults={**values, "station_id": station_id, "of_station_id": of_station},
    )


def _payments_that_stand(dispute: Dispute) -> set[int]:
    """Return the ids of the payments that were not taken back, and of those that stand corrected by another one."""
    rows = Payment.objects.filter(enterprise_id=dispute.enterprise_id, dispute_id__in=dispute.file_ids)
    found = {each.pk: each for each in rows.defer("remark").order_by("-pk")}
    stand: set[int] = set()
    for each in found.values():  # the later ones first
        if each.taken_back_at is None or each.pk in stand:
            stand |= {each.pk, each.replaces_id}
    return stand


def _write_reports(enterprise_id: int, dispute: Dispute, standing: set[int]) -> None:
    """Write whether what the enterprise's reports became still holds: the dispute, or the payment (``EnterpriseReport.undone_on``)."""
    rows = EnterpriseReport.objects.filter(
        enterprise_id=enterprise_id, dispute_id__in=dispute.file_ids, answered_at__isnull=False, declined=""
    )
    gone = dispute.is_voided and not dispute.merged_into_id
    undone = rows.filter(~Q(payment_id__in=standing), payment_id__gt=0) if not gone else rows
    ids = list(undone.values_list("pk", flat=True))
    rows.filter(pk__in=ids, undone_on=None).update(undone_on=timezone.localdate())
    rows.exclude(pk__in=ids).exclude(undone_on=None).update(undone_on=None)


def stale(since: dt.datetime) -> QuerySet[Dispute]:
    """Return the disputes whose lead enterprise has no snapshot, or one older than the record or its parties.

    What passes with the days alone is old before ``since``: not settled, or still owed by somebody. Of voided ones those whose
    snapshot has not ended. Those without one come first, then the oldest.
    """
    lead = DisputeSide.objects.filter(enterprise_id=OuterRef("enterprise_id"), dispute_id=OuterRef("pk"))
    shown = DisputeSide.objects.filter(dispute_id=OuterRef("pk"), ended_at=None)
    told = OuterRef("told_at")
    parties = Party.objects.filter(dispute_id=OuterRef("pk")).filter(
        Q(added_at__gt=told) | Q(voided_at__gt=told)
    )
    rows = Dispute.objects.annotate(told_at=Subquery(lead.values("told_at")[:1]))
    passes = Q(settled_on=None) | Q(Exists(shown.filter(owes__gt=0)))
    is_old = (
        Q(told_at=None)
        | Q(told_at__lt=F("changed_at"))
        | Q(Exists(parties))
        | (Q(told_at__lt=since) & passes)
    )
    rows = rows.filter(Q(is_old, voided_at=None) | Q(Exists(shown), voided_at__isnull=False))
    return rows.order_by(F("told_at").asc(nulls_first=True), "pk")


def tell_stale_sides(bureau_id: int, since: dt.datetime) -> int:
    """Write the snapshots that are missing or old, at most MOST_STALE. Return of how many disputes.

    An error of one is logged, and the next night takes it up again.
    """
    actor = system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id))
    with station_scope(actor.scope()):
        found = list(stale(since).values_list("station_id", "pk")[:MOST_STALE])

    def one(place: tuple[int, int]) -> int:
        station_id, dispute_id = place
        write_sides(bureau_id, station_id, dispute_id)
        return 1

    return sum_of_each(
        found, one, lambda place: logger.exception("the sides of a dispute were not told", dispute=place[1])
    )


def sides_elsewhere(actor: Actor, enterprise_id: int) -> list[DisputeSide]:
    """Return the snapshots of an enterprise's sides in disputes that others lead, for the police of its station. One query."""
    rows = DisputeSide.objects.filter(station_id__in=actor.stations, enterprise_id=enterprise_id)
    return list(rows.filter(is_lead=False, ended_at=None)[:MOST_ELSEWHERE])


def own_sides(actor: Actor) -> QuerySet[DisputeSide]:
    """Return what an enterprise's people see of its disputes: those that are not settled first, then by the next day."""
    rows = DisputeSide.objects.filter(
        station_id__in=actor.stations, enterprise_id=actor.enterprise_id, ended_at=None
    )
    return rows.order_by(
        F("settled_on").desc(nulls_first=True), F("next_on").asc(nulls_last=True), "-opened_on", "-pk"
    )
