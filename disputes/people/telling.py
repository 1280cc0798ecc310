"""Telling the enterprises that are sides of a dispute: the task that writes their snapshots is queued here."""

from functools import partial

from django.db import transaction

from disputes.models import Dispute
from disputes.tasks import tell_sides_of


def tell_sides(dispute: Dispute) -> None:
    """Let the snapshots of a dispute's sides be written anew once the transaction is done. Every operation on a dispute calls it.

    Calling it twice costs nothing but a second look. If the queue is down, the nightly task does it (``tell_stale_sides``).
    """
    bureau_id = dispute.station.bureau_id
    transaction.on_commit(
        partial(tell_sides_of.delay, bureau_id, dispute.station_id, dispute.pk), robust=True
    )
