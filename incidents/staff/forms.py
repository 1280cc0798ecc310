"""Forms of incidents."""

from facts.staff.forms import CorrectionForm, NewFactForm
from incidents.models import Incident

FIELDS = ["kind", "occurred_on", "verified_on", "at_fault", "duty_fulfilled", "serious", "summary", "note"]
HALF = ("kind", "occurred_on", "verified_on", "at_fault", "duty_fulfilled", "serious")


class NewIncidentForm(NewFactForm):
    half = HALF

    class Meta:
        model = Incident
        fields = FIELDS


class IncidentCorrectionForm(CorrectionForm):
    half = HALF

    class Meta:
        model = Incident
        fields = FIELDS
