"""Correcting one answer of a recorded inspection, from its page."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from facts.operations import VOIDED
from facts.staff.views import OfFact
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage
from foundation.words import Words
from inspections.access import Permission
from inspections.checklists.correcting import LONGEST_NOTE, correct_answer, get_item
from inspections.models import CheckedItem, Inspection


class AnswerForm(ReasonForm):
    """What was answered, and why it is corrected."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("checklist", "Answer"), required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["answer", "note", "reason"]


class AnswerCorrect(OfFact, ActPage):
    """Correct the answer to one item. Says which hazard stays as it is."""

    permission = Permission.CORRECT_INSPECTIONS
    form_class = AnswerForm
    title = gettext_lazy("Correct an answer")
    submit_label = gettext_lazy("Save the correction")
    record: Inspection

    @cached_property
    def item(self) -> CheckedItem:
        return get_item(self.actor, self.record, self.kwargs["item"])

    def get_version(self) -> int:
        return self.record.version

    def get_refusal(self) -> Words:
        return VOIDED if self.record.is_voided else ""

    def get_about(self) -> str:
        return f"{self.item.code} {self.item.question.words}"

    def get_text(self) -> Words:
        if not self.item.hazard_id:
            return _("Conclusion and hazards do not change with it. What stood there stays on record.")
        return _(
            "The hazard that was recorded for it stays as it is: correct or void it on its own page, and correct the"
            " conclusion if it no longer fits."
        )

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"answer": self.item.answer, "note": self.item.note}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        options = [(each.value, each.label) for each in self.item.question.options]
        form.fields["answer"].choices = [*options, ("", _("Not answered"))]  # type: ignore[attr-defined]  # a ChoiceField
        return form

    def perform(self, form: BaseForm) -> CheckedItem:
        return correct_answer(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            code=self.item.code,
            **self.values(form),
        )

    def get_done_text(self) -> Words:
        if self.item.hazard_id:
            return _("The answer was corrected. Its hazard was not: look at it on its own page.")
        return _("The answer was corrected.")
