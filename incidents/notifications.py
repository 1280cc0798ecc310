"""Who is notified of incidents. Enterprises see none, because incidents may name persons."""

from django.utils.translation import gettext_lazy as _

from facts.causes import act_for_officers, corrections, new_records
from foundation.contributions.notifications import register
from incidents.staff.views import IncidentPages

INCIDENTS = IncidentPages()

register(
    *new_records(INCIDENTS, police=_("A new incident: %(object)s")),
    act_for_officers(INCIDENTS, "verify", _("Verified: %(object)s")),
    *corrections(INCIDENTS),
)
