"""Audit log labels for disputes."""

from disputes.agreements.audit import agreement_actions
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from facts.declarations import register_kind
from foundation.contributions import audit

register_kind(
    "dispute",
    Dispute,
    life=DISPUTE_LIFE,
    formerly="disputes.Dispute",
    named_by=("kind", "summary"),
    joined_by=" · ",
)

audit.register(*agreement_actions())
