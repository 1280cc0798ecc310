from disputes.models.agreement import Agreement, AgreementSignature, Instalment
from disputes.models.dispute import Dispute
from disputes.models.follow_up import FollowUp
from disputes.models.kind import KindOfDispute
from disputes.models.of_dispute import (
    FILE,
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
    of_files,
)
from disputes.models.party import Party
from disputes.models.payment import Breach, Confirmation, Payment
from disputes.models.report import EnterpriseReport
from disputes.models.risk import RiskMeasure, RiskReview
from disputes.models.screening import Screening
from disputes.models.session import Appointment, MediationSession, Offer, SessionDocument
from disputes.models.side import DisputeSide
from disputes.models.team import TeamMember
from disputes.models.way import Way, WayStep

__all__ = [
    "FILE",
    "Agreement",
    "AgreementSignature",
    "Appointment",
    "Breach",
    "Confirmation",
    "Dispute",
    "DisputeSide",
    "EnterpriseReport",
    "FollowUp",
    "Instalment",
    "KindOfDispute",
    "MediationSession",
    "OfDispute",
    "Offer",
    "Party",
    "Payment",
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
    "of_files",
]
