"""Telling the enterprises that are sides of a dispute: the task that writes their snapshots is queued here."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from disputes.models import Dispute, Party
from disputes.tasks import tell_sides_of
from enterprises.models import Enterprise


def tell_after_hand_over(sender: Any, *, enterprise: Enterprise, **_more: Any) -> None:
    """Tell the other enterprises of disputes that an enterprise leads which station leads them from now on.

    In a closed file nothing is owed, so nobody asks which station that is; reopening it tells them.
    """
    others = Party.objects.filter(dispute_id=OuterRef("pk"), voided_at=None).exclude(
        registered_id__in=(0, enterprise.pk)
    )
    rows = Dispute.objects.filter(Exists(others), enterprise_id=enterprise.pk, voided_at=None, closed_on=None)
    for dispute in rows.select_related("station"):
        tell_sides(dispute)


def tell_sides(dispute: Dispute) -> None:
    """Let the snapshots of a dispute's sides be written anew once the transaction is done. Every operation on a dispute calls it.

    Calling it twice costs nothing but a second look. If the queue is down, the nightly task does it (``tell_stale_sides``).
    """
    bureau_id = dispute.station.bureau_id
    transaction.on_commit(
        partial(tell_sides_of.delay, bureau_id, dispute.station_id, dispute.pk), robust=True
    )
