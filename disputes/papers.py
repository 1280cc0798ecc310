"""Papers about disputes: which forms there are."""

from disputes.after.papers import FORMS as AFTER_SETTLEMENT
from disputes.agreements.paper_forms import AGREEMENT_FORMS
from disputes.mediation.paper_forms import FORMS as OF_MEDIATION
from foundation.contributions.papers import register

register(*OF_MEDIATION, *AGREEMENT_FORMS, *AFTER_SETTLEMENT)
