"""The form of one item of a checklist's draft."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.checklists import publishing
from inspections.items import LONGEST_DAYS


class QuestionForm(forms.Form):
    """One item of the draft."""

    section = forms.CharField(
        label=pgettext_lazy("checklist", "Section"), max_length=publishing.LONGEST_SECTION
    )
    code = forms.CharField(
        label=pgettext_lazy("of an item", "Code"),
        max_length=20,
        help_text=_("Stays for good once published: figures and repeats follow it over all versions."),
    )
    ask = forms.CharField(label=_("What is asked"), max_length=publishing.LONGEST_ASK)
    ask_en = forms.CharField(
        label=_("What is asked, in English"), max_length=publishing.LONGEST_ASK, required=False
    )
    help = forms.CharField(
        label=_("How to check"),
        max_length=publishing.LONGEST_HELP,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    help_en = forms.CharField(
        label=_("How to check, in English"),
        max_length=publishing.LONGEST_HELP,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    source = forms.CharField(label=_("Source"), max_length=publishing.LONGEST_ASK, required=False)
    weight = forms.IntegerField(
        label=_("Weight"), min_value=1, max_value=publishing.HEAVIEST, initial=1, help_text=_("1 to 5")
    )
    critical = forms.BooleanField(
        label=_("Critical"), required=False, help_text=_("Cannot be left out without a reason.")
    )
    may_skip = forms.BooleanField(label=_("May be not applicable"), required=False, initial=True)
    hazard = forms.CharField(
        label=_("Hazard if it fails"),
        max_length=publishing.LONGEST_HAZARD,
        help_text=_("Goes into the list of hazard items, with severity and days."),
    )
    hazard_en = forms.CharField(
        label=_("Hazard in English"), max_length=publishing.LONGEST_HAZARD, required=False
    )
    major = forms.BooleanField(label=_("Major hazard"), required=False)
    days = forms.IntegerField(
        label=pgettext_lazy("to rectify", "Working days"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Empty: the time limit of the bureau."),
    )

    def __init__(self, *args: Any, sections: list[str], is_published: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_published:
            self.fields["code"].widget.attrs["readonly"] = True
            self.fields["code"].help_text = _("Published, so it stays: figures and repeats follow it.")
        self.fields["section"].widget = forms.TextInput({"list": "checklist-sections"})
        self.fields["section"].help_text = format_html(
            '<datalist id="checklist-sections">{}</datalist>',
            format_html_join("", '<option value="{}">', ([each] for each in sections)),
        )
