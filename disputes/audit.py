"""Words of what is done to disputes."""

from django.utils.translation import gettext_lazy as _

from disputes.models import Dispute
from facts.kinds import register_kind
from foundation.contributions.audit import Action

register_kind(
    "dispute",
    Dispute,
    formerly="disputes.Dispute",
    actions=[Action("dispute.settle", _("Settled"), "circle-check", "green", names_no_kind=True)],
)
