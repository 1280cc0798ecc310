from disputes.models.dispute import Dispute
from disputes.models.of_dispute import (
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
)
from disputes.models.risk import RiskMeasure, RiskReview

__all__ = [
    "Dispute",
    "OfDispute",
    "RiskMeasure",
    "RiskReview",
    "belonging_to",
    "of_dispute",
    "of_dispute_indexes",
]
