"""Forms of the department's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.operations.receipts import LONGEST, one_line_break
from enterprises.choices import Colour
from foundation.ids import LARGEST_ID


class LinesField(forms.CharField):
    """A multi-line text whose length is counted as browsers count it."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(one_line_break(value) if isinstance(value, str) else value)


class FeedbackForm(forms.Form):
    """What the department did about a message."""

    text = LinesField(
        label=_("What did your department do?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST}),
        error_messages={"required": _("Describe what was done.")},
        help_text=_("At most 4,000 characters. The bureau can read it too."),
    )


class NarrowForm(forms.Form):
    """The ratings of a message to show."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All ratings")),
            ("worse", _("Worse than before")),
            ("better", _("Better than before")),
            *Colour.choices,
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="narrow_%s")
        self.fields["q"].widget.attrs["placeholder"] = _("Enterprise, station or credit code")

    @property
    def form(self) -> "NarrowForm":
        """The form itself: what shows filters asks for it."""
        return self

    def chosen(self) -> dict[str, str]:
        """Return the filter values of a valid form."""
        return {name: self.cleaned_data[name] or "" for name in ("q", "show")}


class ReplayForm(forms.Form):
    """The numbers of the first and last message to send again; without a last one, all that follow."""

    from_sequence = forms.IntegerField(label=_("From message number"), min_value=1, max_value=LARGEST_ID)
    to_sequence = forms.IntegerField(
        label=_("To message number"),
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        help_text=_("Empty: all from there on. The same number: this one alone."),
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("Optional, for the audit log.")
    )

    def __init__(self, *args: Any, latest: int, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("from_sequence", "to_sequence"):
            self.fields[name].widget.attrs |= {"min": 1, "max": latest}
