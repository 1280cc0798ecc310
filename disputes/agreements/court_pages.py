"""Pages of the joint judicial confirmation: recording its steps, taking the last one back."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disputes.agreements import confirming
from disputes.agreements.pages import NeedsAgreement, OnShown
from disputes.choices import ConfirmationStep
from foundation.ui.forms import ReasonForm, day_field
from foundation.ui.views import ActPage
from foundation.words import Words


class ConfirmationForm(forms.Form):
    """A step of the judicial confirmation."""

    on = day_field(gettext_lazy("Day"), initial=timezone.localdate)
    court = forms.CharField(label=gettext_lazy("Court"), max_length=120, required=False)
    number = forms.CharField(
        label=pgettext_lazy("by the court", "Number of the decision"), max_length=60, required=False
    )


class ConfirmationRecord(OnShown, ActPage):
    """Record a step of the judicial confirmation: applied for, accepted, confirmed or refused."""

    form_class = ConfirmationForm
    submit_label = gettext_lazy("Record")
    done_text = gettext_lazy("It was recorded.")

    @property
    def step(self) -> ConfirmationStep:
        code = self.kwargs["code"]
        if code not in ConfirmationStep.values:
            raise Http404("no such step")
        return ConfirmationStep(code)

    def get_title(self) -> Words:
        return _("Judicial confirmation: %(step)s") % {"step": self.step.label}

    def get_text(self) -> Words:
        found = self.in_force
        until = found.agreement.confirm_by if found and self.step == ConfirmationStep.APPLIED else None
        if until is None:
            return ""
        words = _("Both sides apply together, by %(day)s at the latest (People's Mediation Law, Article 33).")
        return words % {"day": until.isoformat()}

    def get_refusal(self) -> Words:
        if words := super().get_refusal():
            return words
        found = self.in_force
        if found and self.step in confirming.next_steps(found):
            return ""
        return _("This step cannot follow now. Look at the dispute again.")

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        for name, is_asked in (
            ("court", self.step == ConfirmationStep.APPLIED),
            ("number", self.step in confirming.DECIDED),
        ):
            if is_asked:
                form.fields[name].required = True
            else:
                del form.fields[name]
        return form

    def perform(self, form: BaseForm) -> Any:
        return confirming.record_step(
            actor=self.actor, id=self.record.pk, step=self.step, **self.values(form)
        )


class ConfirmationTakeBack(NeedsAgreement, ActPage):
    """Take back the last step of the confirmation."""

    form_class = ReasonForm
    title = gettext_lazy("Take the court's last step back?")
    text = gettext_lazy("Only if it was recorded wrongly. The row stays, with your reason.")
    submit_label = gettext_lazy("Take it back")
    done_text = gettext_lazy("It was taken back.")
    danger = True

    def perform(self, form: BaseForm) -> Any:
        return confirming.take_back_step(
            actor=self.actor, id=self.record.pk, step_id=self.kwargs["confirmation"], **self.values(form)
        )
