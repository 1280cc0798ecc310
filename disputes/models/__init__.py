from disputes.models.dispute import Dispute
from disputes.models.follow_up import FollowUp
from disputes.models.of_dispute import (
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
)
from disputes.models.risk import RiskMeasure, RiskReview
from disputes.models.screening import Screening

__all__ = [
    "Dispute",
    "FollowUp",
    "OfDispute",
    "RiskMeasure",
    "RiskReview",
    "Screening",
    "belonging_to",
    "of_dispute",
    "of_dispute_indexes",
]
