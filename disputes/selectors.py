"""Reads of disputes."""

import datetime as dt

from django.db.models import Expression, Q, QuerySet

from disputes.choices import DisputeState
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.database.composing import PERSON


def list_disputes(
    actor: Actor, *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[Dispute]:
    """Return the disputes this actor may see, latest first."""
    return visible(actor, Dispute, voided=voided, enterprise_id=enterprise_id)


def open_disputes() -> Q:
    """Return the condition for disputes not settled yet."""
    return Q(settled_on=None, voided_at=None)


def overdue_disputes(today: dt.date | Expression | None = None) -> Q:
    """Return the condition for disputes not settled although the deadline has passed."""
    return DISPUTE_LIFE.where(DisputeState.OVERDUE, today=today)


def led_by_person() -> Q:
    """Return the condition, with ``PERSON``, on disputes that somebody was named to lead, whoever looks after the enterprise."""
    return Q(lead_id=PERSON)
