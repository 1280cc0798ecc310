"""Audit log labels for disputes."""

from disputes.lives import DISPUTE_LIFE
from disputes.mediation.log import ACTIONS as MEDIATION
from disputes.models import Dispute
from facts.declarations import register_kind
from foundation.contributions.audit import register

register_kind(
    "dispute",
    Dispute,
    life=DISPUTE_LIFE,
    formerly="disputes.Dispute",
    named_by=("kind", "summary"),
    joined_by=" · ",
)

register(*MEDIATION)
