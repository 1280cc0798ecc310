from disputes.models.dispute import Dispute
from disputes.models.of_dispute import (
    OfDispute,
    belonging_to,
    of_dispute,
    of_dispute_indexes,
)

__all__ = ["Dispute", "OfDispute", "belonging_to", "of_dispute", "of_dispute_indexes"]
