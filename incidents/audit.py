"""Words of what is done to incidents."""

from django.utils.translation import gettext_lazy as _

from facts.kinds import register_kind
from foundation.contributions.audit import Action
from incidents.models import Incident

register_kind(
    "incident",
    Incident,
    formerly="incidents.Incident",
    actions=[Action("incident.verify", _("Verified"), "circle-check", names_no_kind=True)],
)
