"""Pages of a dispute's file: reviewing the risk, who leads it, merging it into another one."""

from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseForm
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.access import Permission
from disputes.choices import Risk, RiskReason
from disputes.filing.leading import name_lead
from disputes.filing.merging import OTHER, THIS, merge_into, others
from disputes.filing.risk import (
    MeasureGiven,
    complete_measure,
    measures_of,
    open_measures,
    refusal_to_review,
    review_risk,
    reviews_of,
)
from disputes.filing.rules import reasons_in_figures
from disputes.models import Dispute
from disputes.staff.masked import MaskedPage
from disputes.staff.views import DisputePages
from enterprises.selectors import list_officers
from facts import four_eyes
from facts.operations import VOIDED
from facts.staff.views import OfFact
from foundation.ui.forms import choices_of, day_field, reason_field
from foundation.ui.views import ActPage, ButtonPage
from foundation.words import Words


class RiskForm(forms.Form):
    """Reasons, the level, and one measure more."""

    reasons = forms.MultipleChoiceField(
        label=_("Why it may grow"),
        choices=RiskReason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("As it follows from the reasons")), *Risk.choices], required=False
    )
    why = forms.CharField(
        label=_("Why another level"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    what = forms.CharField(label=pgettext_lazy("against a risk", "Measure"), required=False, max_length=200)
    who = forms.CharField(label=_("By whom"), required=False, max_length=80)
    until_on = day_field(_("Until"), required=False)

    half = ("who", "until_on")


class RiskPage(MaskedPage, OfFact, ActPage):
    """Reviewing the risk of a dispute. What follows from people and amount is ticked; the last review's reasons too."""

    form_class = RiskForm
    title = _("How likely is it to grow?")
    text = _(
        "A high risk is told to the chief at once and stands first on Today. Each level has a day for the next review."
    )
    submit_label = _("Record the review")
    done_text = _("The risk was reviewed.")
    record: Dispute

    def get_initial(self) -> dict[str, Any]:
        dispute = self.record
        given: set[str] = {str(each) for each in reasons_in_figures(dispute.people, dispute.amount)}
        for latest in reviews_of(dispute)[:1]:
            given |= set(latest.reasons)
        return {"reasons": [each for each in RiskReason.values if each in given], "who": self.actor.name}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        measures = open_measures(measures_of(self.record))
        return super().get_context_data(before="disputes/_measures.html", measures=measures, **context)

    def get_refusal(self) -> Words:
        return refusal_to_review(self.record)

    def perform(self, form: BaseForm) -> Model:
        given = self.values(form)
        measure = MeasureGiven(given.pop("what"), given.pop("who"), given.pop("until_on"))
        if not measure.what and not measure.until_on:  # only the name was proposed
            measure = MeasureGiven("", "", None)
        return review_risk(
            actor=self.actor, id=self.record.pk, version=self.version(form), measure=measure, **given
        )


class MeasureDone(OfFact, ButtonPage):
    """The button that says a measure was taken."""

    done_text = _("The measure is done.")
    record: Dispute

    def perform(self) -> Model:
        return complete_measure(actor=self.actor, id=self.record.pk, measure_id=self.kwargs["measure"])


class LeadForm(forms.Form):
    """Who leads a dispute."""

    officer_id = forms.TypedChoiceField(label=_("Led by"), coerce=int, required=False, empty_value=None)
    reason = reason_field(required=False)


class LeadPage(OfFact, ActPage):
    """Naming who leads a dispute."""

    form_class = LeadForm
    title = _("Who leads this dispute?")
    submit_label = _("Save")
    done_text = _("It was noted who leads the dispute.")
    record: Dispute

    def get_initial(self) -> dict[str, Any]:
        return {"officer_id": self.record.lead_id or self.actor.user_id}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        officers = list_officers(self.actor, self.record.station_id)
        named = [(str(each.pk), str(each)) for each in officers]
        choices_of(form, "officer_id").choices = [("", _("The liaison officer of the enterprise")), *named]
        return form

    def get_refusal(self) -> Words:
        return VOIDED if self.record.is_voided else ""

    def perform(self, form: BaseForm) -> Model:
        return name_lead(actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form))


class MergeForm(forms.Form):
    """Which file survives."""

    into = forms.TypedChoiceField(label=_("Merge into"), coerce=int)
    counts = forms.ChoiceField(
        label=_("Which agreement counts"),
        choices=[
            ("", _("Only one file has an agreement, or none")),
            (OTHER, _("That of the file that stays")),
            (THIS, _("That of this file")),
        ],
        required=False,
    )
    reason = reason_field()


class MergePage(OfFact, ActPage):
    """Merging a dispute into another one of the enterprise."""

    form_class = MergeForm
    title = _("Merge this file into another one?")
    text = _(
        "Everything in this file then stands in the other one, and this one leads there. It drops out of every list and measure."
    )
    submit_label = _("Merge")
    done_text = _("The files were merged.")
    danger = True
    record: Dispute
    result: Dispute

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        choices_of(form, "into").choices = [
            ("", "–"),
            *(
                (str(each.pk), f"{each.opened_on.isoformat()} · {each}")
                for each in others(self.actor, self.record)
            ),
        ]
        return form

    def get_refusal(self) -> Words:
        """It drops out of every measure, so nobody merges what they reported themselves."""
        return VOIDED if self.record.is_voided else four_eyes.refusal(self.actor, self.record)

    def get_success_url(self) -> str:
        return self.pages.url("detail", self.result.pk)

    def perform(self, form: BaseForm) -> Model:
        return merge_into(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


def filing_urls() -> list[URLPattern]:
    """Return the URLs of these pages."""
    pages = DisputePages()
    return [
        path(f"<int:id>/{route}", view.as_view(pages=pages, permission=permission), name=name)
        for route, view, permission, name in (
            ("risk/", RiskPage, Permission.REVIEW_RISK, "risk"),
            ("risk/<int:measure>/done/", MeasureDone, Permission.REVIEW_RISK, "risk_measure_done"),
            ("lead/", LeadPage, Permission.LEAD_DISPUTES, "lead"),
            ("merge/", MergePage, Permission.CORRECT_DISPUTES, "merge"),
        )
    ]
