"""Reads of disputes."""

import datetime as dt

from django.db.models import Expression, Q, QuerySet
from django.utils.translation import gettext_lazy

from disputes.choices import DisputeState, Risk
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.database.composing import PERSON
from foundation.deadlines.selectors import limit_in_force

HIGH_RISK = gettext_lazy("High risk")


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


def proposed_deadline(actor: Actor, opened_on: dt.date) -> dt.date:
    """Return the day by which a dispute is to be settled unless an officer sets another one. One query."""
    return limit_in_force(actor, "settlement", opened_on).from_day(opened_on).last_on or opened_on


def with_high(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Annotate disputes with ``is_high``: by HIGH_RISK they are marked on Today."""
    return rows.annotate(is_high=Q(risk=Risk.HIGH))


def led_by_person() -> Q:
    """Return the condition, with ``PERSON``, on disputes that somebody was named to lead, whoever looks after the enterprise."""
    return Q(lead_id=PERSON)
