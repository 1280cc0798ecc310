"""Papers about disputes: which forms there are."""

from disputes.mediation.paper_forms import FORMS as OF_MEDIATION
from foundation.contributions.papers import register

register(*OF_MEDIATION)
