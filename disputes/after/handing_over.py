"""Follow-ups of an officer who leaves go to a successor."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from disputes.acting import record
from disputes.models import FollowUp
from enterprises.operations.register import lock_in_order
from foundation.accounts.actors import Actor
from foundation.accounts.models import User

HAND_OVER = "follow_up_hand_over"  # of the log


def waiting_at(stations: Collection[int]) -> QuerySet[FollowUp]:
    """Return the follow-ups of stations that are still to be done, of disputes that are not voided."""
    stands = Q(dispute__voided_at=None) | Q(dispute__merged_into_id__gt=0)
    rows = FollowUp.objects.filter(stands, done_on=None, dropped_on=None, voided_at=None)
    return rows.filter(station_id__in=stations).order_by()


def hand_over_follow_ups(*, actor: Actor, officer_id: int, station_id: int, successor: User | None) -> int:
    """Give the follow-ups that an officer is to do to a successor, or to whoever leads the dispute. Return how many.

    Called within the station's scope, by whoever takes the role away.
    """
    rows = waiting_at([station_id]).filter(officer_id=officer_id)
    lock_in_order(rows.values_list("enterprise_id", flat=True))
    mine = list(
        rows.select_for_update(of=("self",), no_key=True).select_related("dispute__station").order_by("pk")
    )
    for each in mine:
        each.officer_id = successor.pk if successor else 0
        each.officer_name = str(successor)[:80] if successor else ""
        each.save(update_fields=["officer_id", "officer_name", "changed_at"])
        record(actor, each.dispute, HAND_OVER, {"planned_on": each.planned_on.isoformat()})
    return len(mine)
