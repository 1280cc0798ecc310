from disputes.models.dispute import Dispute
from disputes.models.of_dispute import (
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
)
from disputes.models.party import Party
from disputes.models.risk import RiskMeasure, RiskReview
from disputes.models.side import DisputeSide

__all__ = [
    "Dispute",
    "DisputeSide",
    "OfDispute",
    "Party",
    "RiskMeasure",
    "RiskReview",
    "belonging_to",
    "of_dispute",
    "of_dispute_indexes",
]
