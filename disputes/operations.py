"""What each act on a dispute changes; everything else about writing one is common to all facts."""

import datetime as dt

from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from foundation.accounts.actors import Actor


@DISPUTE_LIFE.operation("settle")
def settle_dispute(dispute: Dispute, *, actor: Actor, settled_on: dt.date) -> None:
    """Record the day the dispute was settled."""
    dispute.settled_on = settled_on
