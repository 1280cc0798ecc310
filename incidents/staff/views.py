"""Pages of incidents."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facts.staff.forms import ActForm
from facts.staff.pages import Act, FactPages
from foundation.accounts.access import allows, page
from foundation.accounts.actors import Actor
from incidents import operations
from incidents.choices import IncidentKind
from incidents.models import Incident
from incidents.selectors import get_incident
from incidents.staff import forms, tables


class IncidentPages(FactPages):
    """Police calls and cases concerning an enterprise."""

    app, permission, icon = "incidents", "incidents", "bell"
    names = {"list": "list", "create": "create", "detail": "detail", "correct": "correct", "void": "void"}
    model, table, filter = Incident, tables.IncidentTable, tables.IncidentFilter
    new_form, correction_form = forms.NewIncidentForm, forms.IncidentCorrectionForm
    shown = ("kind", "occurred_on", "verified_on", "at_fault", "duty_fulfilled", "serious", "summary", "note")
    create, correct, void = operations.create_incident, operations.correct_incident, operations.void_incident

    title = _("Incidents")
    new_label = _("Record an incident")
    new_title = _("Record an incident")
    saved = _("The incident was recorded.")
    empty_title = _("No incident here")
    empty_text = _("A call or case counts in a rating once it is verified.")

    def urls(self) -> list[URLPattern]:
        return [
            *super().urls(),
            path("<int:id>/verify/", page("incidents:act")(self.verify_page), name="verify"),
        ]

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"occurred_on": timezone.localdate()}

    def acts(self, actor: Actor, fact: Incident) -> list[Act]:
        if fact.verified_on or not allows(actor, "incidents:act"):
            return []
        return [Act(_("Verify"), self.url("verify", fact.pk), "circle-check")]

    def summary(self, fact: Incident) -> dict[str, Any]:
        if fact.verified_on:
            return {"state": _("Verified"), "tone": "green"}
        return {"state": _("Not verified"), "tone": "yellow"}

    def verify_page(self, request: HttpRequest, id: int) -> HttpResponse:
        incident = get_incident(request.actor, id)
        if incident.verified_on:
            words = gettext("This incident was verified already, on %(day)s.")
            return self.leave(request, incident, words % {"day": incident.verified_on})
        form = ActForm(
            request.POST if request.method == "POST" else None, initial={"version": incident.version}
        )
        form.add_day("verified_on", _("Verified on"))
        form.add_answer("at_fault", _("Is the enterprise at fault?"), required=True)
        is_case = incident.kind == IncidentKind.CRIMINAL_CASE
        form.add_answer("duty_fulfilled", _("Did it fulfil its duty?"), required=is_case)

        def do(form: ActForm) -> None:
            operations.verify_incident(actor=request.actor, id=incident.pk, **form.cleaned_data)

        return self.act_on(request, incident, form, do, {
            "title": _("Verify the incident"), "text": _("It counts in the rating of the quarter of this day."),
            "submit_label": _("Verify"), "done": _("The incident was verified."),
        })  # fmt: skip
