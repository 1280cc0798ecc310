"""What each act on a dispute changes; everything else about writing one is common to all facts."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from facts.rules import refuse_day_off_register
from foundation.accounts.actors import Actor


@DISPUTE_LIFE.operation("settle")
def settle_dispute(dispute: Dispute, *, actor: Actor, settled_on: dt.date) -> None:
    """Record the day the dispute was settled."""
    dispute.settled_on = settled_on


@DISPUTE_LIFE.operation("close")
def close_dispute(dispute: Dispute, *, actor: Actor, closed_on: dt.date) -> None:
    """Record the day on which the file was closed. No measure changes: it stays settled."""
    dispute.closed_on = closed_on


@DISPUTE_LIFE.operation("reopen")
def reopen_dispute(
    dispute: Dispute, *, actor: Actor, reopened_on: dt.date, due_on: dt.date | None = None
) -> None:
    """Record that a settled or closed dispute broke out again, with a new deadline. Only the system may leave it without one.

    Until that day it stays settled, with the deadline it had.
    """
    if due_on and due_on < reopened_on:
        raise ValidationError({"due_on": _("The new deadline cannot be before the day of reopening.")})
    refuse_day_off_register(actor, dispute, reopened_on, at="reopened_on")
    dispute.settled_on, dispute.due_on, dispute.closed_on = None, due_on, None
