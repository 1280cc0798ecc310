from disputes.models.agreement import Agreement, AgreementSignature, Instalment
from disputes.models.dispute import Dispute
from disputes.models.of_dispute import (
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
)
from disputes.models.payment import Breach, Confirmation, Payment
from disputes.models.risk import RiskMeasure, RiskReview

__all__ = [
    "Agreement",
    "AgreementSignature",
    "Breach",
    "Confirmation",
    "Dispute",
    "Instalment",
    "OfDispute",
    "Payment",
    "RiskMeasure",
    "RiskReview",
    "belonging_to",
    "of_dispute",
    "of_dispute_indexes",
]
