from disputes.models.dispute import Dispute
from disputes.models.follow_up import FollowUp
from disputes.models.of_dispute import (
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
)
from disputes.models.party import Party
from disputes.models.risk import RiskMeasure, RiskReview
from disputes.models.screening import Screening
from disputes.models.session import Appointment, MediationSession, Offer, SessionDocument
from disputes.models.side import DisputeSide
from disputes.models.team import TeamMember
from disputes.models.way import Way, WayStep

__all__ = [
    "Appointment",
    "Dispute",
    "DisputeSide",
    "FollowUp",
    "MediationSession",
    "OfDispute",
    "Offer",
    "Party",
    "RiskMeasure",
    "RiskReview",
    "Screening",
    "SessionDocument",
    "TeamMember",
    "Way",
    "WayStep",
    "belonging_to",
    "of_dispute",
    "of_dispute_indexes",
]
