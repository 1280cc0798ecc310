"""Pages of inspections and self-checks; those of hazards stand in hazard_pages."""

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from facts.models import Fact
from facts.staff.pages import Act, FactPages
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from inspections import operations
from inspections.models import Inspection, SelfCheck
from inspections.selectors import hazards_of, open_hazards_of
from inspections.staff import forms, tables


class InspectionPages(FactPages):
    """Police inspections; a new one takes the hazards it found along."""

    app, prefix, permission, icon = "inspections", "", "inspections", "clipboard-check"
    names = {
        "list": "inspections", "create": "inspection_create", "detail": "inspection",
        "correct": "inspection_correct", "void": "inspection_void",
    }  # fmt: skip
    model, table, filter = Inspection, tables.InspectionTable, tables.InspectionFilter
    new_form, correction_form = forms.NewInspectionForm, forms.InspectionCorrectionForm
    shown = ("inspected_on", "kind", "conclusion", "inspectors", "note")
    create, correct, void = (
        operations.create_inspection,
        operations.correct_inspection,
        operations.void_inspection,
    )
    new_template = "inspections/new_inspection.html"
    detail_template = "inspections/inspection.html"

    title = _("Inspections")
    new_label = _("Record an inspection")
    new_title = _("Record an inspection")
    saved = _("The inspection was recorded.")
    empty_title = _("No inspection yet")
    empty_text = _("Record the first one; what it finds becomes a hazard with a deadline.")

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"inspected_on": timezone.localdate(), "inspectors": actor.name}

    def new_page(self, request: HttpRequest) -> HttpResponse:
        if "row" in request.GET:
            return self.hazard_row(request)
        return super().new_page(request)

    def hazard_row(self, request: HttpRequest) -> HttpResponse:
        """One more empty row for a hazard, with the counters of the formset that follow from it."""
        text = request.GET["row"]
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        number = max(0, min(number, forms.MOST_HAZARDS - 1))
        row = forms.HazardRowForm(
            prefix=f"{forms.PREFIX}-{number}", empty_permitted=True, use_required_attribute=False
        )
        return render(request, "inspections/_more_hazards.html", {
            "row": row, "number": number, "next": number + 1, "most": forms.MOST_HAZARDS,
        })  # fmt: skip

    def new_parts(self, request: HttpRequest) -> dict[str, Any]:
        data = request.POST if request.method == "POST" else None
        return {"hazards": forms.HazardFormSet(data, prefix=forms.PREFIX)}

    def save_new(self, actor: Actor, form: Any, parts: dict[str, Any]) -> Inspection:
        hazards = parts["hazards"].values()
        forms.refuse_contradiction(form.cleaned_data["conclusion"], hazards)
        return operations.create_inspection(
            actor=actor, enterprise_id=form.enterprise_id, hazards=hazards, **form.values()
        )

    def show_errors(self, error: ValidationError, form: Any, parts: dict[str, Any]) -> None:
        named = error.error_dict.items() if hasattr(error, "error_dict") else [("", error.error_list)]
        rest = {name: problems for name, problems in named if not parts["hazards"].take_error(name, problems)}
        if rest:
            form.take_errors(ValidationError(rest) if "" not in rest else error)

    def void_form(self, request: HttpRequest, fact: Inspection) -> Any:
        """Offers to void what the inspection found and is still open, named one by one."""
        form = super().void_form(request, fact)
        found = open_hazards_of(request.actor, fact)
        if found and allows(request.actor, "hazards:correct"):
            form.fields["hazards_too"] = django_forms.BooleanField(
                label=_("Void its hazards too"), required=False, initial=True,
                help_text=format_html("<ul class=\"mb-0\">{}</ul>", format_html_join("", "<li>{}</li>", [[each] for each in found])),
            )  # fmt: skip
        return form

    def acts(self, actor: Actor, fact: Inspection) -> list[Act]:
        if not allows(actor, "hazards:record"):
            return []
        url = f"{self.url('hazard_create')}?enterprise={fact.enterprise_id}&inspection={fact.pk}"
        return [Act(_("Add a hazard"), url, "plus", dialog=False)]

    def more(self, request: HttpRequest, fact: Inspection) -> dict[str, Any]:
        return {"hazards": [
            {"hazard": each, "state": each.state, "tone": tables.STATE_TONES[each.state]}
            for each in hazards_of(request.actor, fact)
        ]}  # fmt: skip

    def summary(self, fact: Inspection) -> dict[str, Any]:
        if not fact.conclusion:
            return {}
        return {"state": fact.get_conclusion_display(), "tone": tables.CONCLUSION_TONES[fact.conclusion]}


class SelfCheckPages(FactPages):
    """Self-checks, typed by the enterprise in its portal or by an officer who was handed the sheet."""

    app, prefix, permission, icon = "inspections", "self-checks/", "self_checks", "checklist"
    names = {
        "list": "self_checks", "create": "self_check_create", "detail": "self_check",
        "correct": "self_check_correct", "void": "self_check_void",
    }  # fmt: skip
    model, table, filter = SelfCheck, tables.SelfCheckTable, tables.SelfCheckFilter
    new_form, correction_form = forms.NewSelfCheckForm, forms.SelfCheckCorrectionForm
    shown = ("checked_on", "target", "checked_by", "findings", "note")
    create, correct, void = (
        operations.create_self_check,
        operations.correct_self_check,
        operations.void_self_check,
    )

    title = _("Self-checks")
    new_label = _("Record a self-check")
    new_title = _("Record a self-check")
    saved = _("The self-check was recorded.")
    empty_title = _("No self-check yet")
    empty_text = _("At least one a week is expected, forty a year.")

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"checked_on": timezone.localdate()} | (
            {"checked_by": actor.name} if actor.is_enterprise else {}
        )

    def acts(self, actor: Actor, fact: Fact) -> list[Act]:
        if not allows(actor, "hazards:record"):
            return []
        url = f"{self.url('hazard_create')}?enterprise={fact.enterprise_id}"
        return [Act(_("Report a hazard found by it"), url, "plus", dialog=False)]
