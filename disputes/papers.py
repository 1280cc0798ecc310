"""Papers about disputes: which forms there are."""

from disputes.after.papers import FORMS as AFTER_SETTLEMENT
from disputes.mediation.paper_forms import FORMS as OF_MEDIATION
from foundation.contributions.papers import register

register(*OF_MEDIATION, *AFTER_SETTLEMENT)
