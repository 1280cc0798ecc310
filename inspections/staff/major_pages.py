"""Pages of major hazards: recording a stage, and the bureau's listed supervision."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facts.staff.files import attach_all, files_field
from facts.staff.views import OfFact
from foundation.ui.forms import answer_field, day_field, reason_field
from foundation.ui.views import RecordForm
from foundation.words import Words
from inspections import major
from inspections.access import Permission
from inspections.choices import Stage
from inspections.models import Hazard

LABELS = {
    Stage.GUARANTEES: _("Guaranteed on"),
    Stage.PLAN: _("Submitted on"),
    Stage.REVIEW: _("Reviewed on"),
    Stage.ACCEPTANCE: _("Accepted on"),
}


class StagePage(OfFact, RecordForm):
    """Recording one stage of a major hazard, with files."""

    form_class = forms.Form
    record: Hazard
    done_text = _("It was recorded. Both sides see it on the page of the hazard.")

    @property
    def stage(self) -> Stage:
        code = self.kwargs["stage"]
        if code not in major.ASKED:
            raise Http404("no such stage")
        return Stage(code)

    def get_title(self) -> Words:
        return self.stage.label

    def get_refusal(self) -> Words:
        return major.refuses_stage(self.record)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        for item in major.ASKED[self.stage]:
            if item.is_day:
                form.fields[item.name] = day_field(item.label)
                continue
            form.fields[item.name] = forms.CharField(
                label=item.label,
                max_length=major.LONGEST,
                widget=forms.Textarea(attrs={"rows": 3}) if item.is_long else forms.TextInput(),
            )
        if self.stage in major.CONCLUDE:
            form.fields["passed"] = answer_field(_("Passed"), required=True)
        form.fields["on"] = day_field(LABELS[self.stage], initial=timezone.localdate)
        if self.actor.is_police:
            form.fields["reported_by"] = forms.CharField(
                label=_("Reported by"),
                max_length=80,
                help_text=_("Who of the enterprise told you, or handed in the paper."),
            )
        form.fields["file"] = files_field(_("Photos or files"), required=False)
        return form

    def perform(self, form: BaseForm) -> Any:
        given = dict(form.cleaned_data)
        made = major.record_stage(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            stage=self.stage,
            on=given["on"],
            reported_by=given.get("reported_by", ""),
            passed=given.get("passed"),
            **{item.name: given[item.name] for item in major.ASKED[self.stage]},
        )
        attach_all(self, given.get("file") or [], permission=Permission.RECORD_HAZARDS)
        return made


class ListPage(OfFact, RecordForm):
    """Putting a hazard under the bureau's listed supervision."""

    form_class = forms.Form
    record: Hazard
    title = submit_label = _("Put under listed supervision")
    text = _("The enterprise and its officers are told, and read the reason with your name.")
    done_text = _("The hazard is under listed supervision.")

    def get_refusal(self) -> Words:
        return major.refuses_listing(self.record)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        form.fields["number"] = forms.CharField(
            label=_("Number of the notice"), max_length=60, required=False
        )
        form.fields["listed_on"] = day_field(_("Listed on"), initial=timezone.localdate)
        form.fields["reason"] = reason_field()
        return form

    def perform(self, form: BaseForm) -> Any:
        given = form.cleaned_data
        return major.list_hazard_for_supervision(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            reason=given["reason"],
            listed_on=given["listed_on"],
            number=given["number"],
        )


class LiftPage(OfFact, RecordForm):
    """Ending the listed supervision of a hazard."""

    form_class = forms.Form
    record: Hazard
    title = submit_label = _("Lift listed supervision")
    text = _("The enterprise and its officers are told, and read the reason with your name.")
    done_text = _("The listed supervision was lifted.")

    def get_refusal(self) -> Words:
        return major.refuses_lifting(self.record)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        form.fields["lifted_on"] = day_field(_("Lifted on"), initial=timezone.localdate)
        form.fields["reason"] = reason_field()
        return form

    def perform(self, form: BaseForm) -> Any:
        given = form.cleaned_data
        return major.lift_supervision(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            reason=given["reason"],
            lifted_on=given["lifted_on"],
        )
