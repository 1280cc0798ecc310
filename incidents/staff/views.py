"""Pages of incidents."""

from django.utils.translation import gettext_lazy as _

from facts.staff.pages import FactPages
from incidents.access import Permission
from incidents.lives import INCIDENT_LIFE
from incidents.models import Incident
from incidents.operations import INCIDENT_WRITES
from incidents.staff.tables import IncidentFilter, IncidentTable


class IncidentPages(FactPages):
    """Police calls and cases concerning an enterprise."""

    model, permission, icon, life = Incident, Permission.VIEW_INCIDENTS, "bell", INCIDENT_LIFE
    writes = INCIDENT_WRITES
    fields = ("kind", "occurred_on", "serious", "summary", "note")
    # somebody else than who recorded it verifies it
    correct_fields = shown = (
        "kind",
        "occurred_on",
        "verified_on",
        "at_fault",
        "duty_fulfilled",
        "serious",
        "summary",
        "note",
    )
    half = ("kind", "occurred_on", "verified_on", "at_fault", "duty_fulfilled", "serious")
    table, filter = IncidentTable, IncidentFilter

    title = _("Incidents")
    new_label = _("Record an incident")
    saved = _("The incident was recorded.")
    empty_title = _("No incidents")
    empty_text = _("A call or case counts in a rating once it is verified.")
