"""Forms of the department's pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from deliveries.choices import Progress
from deliveries.department.reading import UNANSWERED
from deliveries.operations.receipts import LONGEST, one_line_break
from deliveries.wording import transition_words
from enterprises.choices import Colour
from foundation.ids import LARGEST_ID
from foundation.ui.forms import choices_of


class LinesField(forms.CharField):
    """A multi-line text whose length is counted as browsers count it."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(one_line_break(value) if isinstance(value, str) else value)


class AnswerForm(forms.Form):
    """What the department says of a message, or of one enterprise in it."""

    progress = forms.ChoiceField(
        label=_("How far are you?"),
        required=False,
        choices=[("", _("Leave as it is")), *Progress.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    text = LinesField(
        label=_("What did your department do?"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST}),
        help_text=_(
            "The bureau reads it too; of an enterprise, also its police station. What others wrote stays."
        ),
    )


class NarrowForm(forms.Form):
    """The ratings of a message to show."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    show = forms.ChoiceField(label=pgettext_lazy("of a colour", "Change"), required=False)
    colour = forms.ChoiceField(
        label=_("Colour"), required=False, choices=[("", _("Any colour")), *Colour.choices]
    )
    station = forms.ChoiceField(label=_("Station"), required=False)
    progress = forms.ChoiceField(
        label=_("Feedback"),
        required=False,
        choices=[("", _("Any")), (UNANSWERED, _("Not answered yet")), *Progress.choices],
    )

    def __init__(self, data: Any, *, steps: Sequence[str] = (), stations: Sequence[str] = ()) -> None:
        super().__init__(data, auto_id="narrow_%s")
        self.fields["q"].widget.attrs["placeholder"] = _("Enterprise, station or credit code")
        choices_of(self, "show").choices = [
            ("", _("Any change")),
            ("worse", _("Worse than before")),
            ("better", _("Better than before")),
            *((step, transition_words(step)) for step in steps),
            *Colour.choices,
        ]
        choices_of(self, "station").choices = [("", _("All stations")), *((name, name) for name in stations)]
        if len(stations) < 2:
            del self.fields["station"]
        for name in self.fields:
            if name != "q":
                self.fields[name].widget.attrs["class"] = "form-select"

    @property
    def form(self) -> "NarrowForm":
        """The form itself: what shows filters asks for it."""
        return self

    def chosen(self) -> dict[str, str]:
        """Return the filter values of a valid form."""
        return {name: self.cleaned_data[name] or "" for name in self.fields}


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
        self.latest = latest
        for name in ("from_sequence", "to_sequence"):
            self.fields[name].widget.attrs |= {"min": 1, "max": latest}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("from_sequence"), given.get("to_sequence")
        if last is not None and last > self.latest:
            words = gettext("The last message that was delivered is No. %(last)s.")
            self.add_error("to_sequence", words % {"last": self.latest})
        elif first is not None and last is not None and last < first:
            self.add_error("to_sequence", _("The last number is smaller than the first."))
        return given
