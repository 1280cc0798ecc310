"""Audit log labels for disputes."""

from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from facts.declarations import register_kind

register_kind(
    "dispute",
    Dispute,
    life=DISPUTE_LIFE,
    formerly="disputes.Dispute",
    named_by=("kind", "summary"),
    joined_by=" · ",
)
