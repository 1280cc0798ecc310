"""Forms of disputes."""

from disputes.models import Dispute
from facts.staff.forms import CorrectionForm, NewFactForm

NEW = ["summary", "kind", "opened_on", "due_on", "people", "amount", "note"]


class NewDisputeForm(NewFactForm):
    half = ("kind", "opened_on", "due_on", "people", "amount")

    class Meta:
        model = Dispute
        fields = NEW


class DisputeCorrectionForm(CorrectionForm):
    half = (*NewDisputeForm.half, "settled_on")

    class Meta:
        model = Dispute
        fields = ["summary", "kind", "opened_on", "due_on", "settled_on", "people", "amount", "note"]
