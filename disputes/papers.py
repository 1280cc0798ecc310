"""Papers about disputes."""

from disputes.agreements.paper_forms import AGREEMENT_FORMS
from foundation.contributions.papers import register

register(*AGREEMENT_FORMS)
