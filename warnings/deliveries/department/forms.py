"""Forms of the department's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.choices import ANY, NOTHING
from deliveries.models import Subscription
from deliveries.operations.receipts import LONGEST, one_line_break
from deliveries.wording import transition_words
from enterprises.choices import Colour
from foundation.ids import LARGEST_VERSION

BEFORE = (ANY, NOTHING, *(str(each) for each in (Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY)))
AFTER = (ANY, *(str(each) for each in (Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY)))


class LinesField(forms.CharField):
    """A text of several lines, counted as the browser counts it."""

    def to_python(self, value: Any) -> str:
        return super().to_python(one_line_break(value) if isinstance(value, str) else value)


class FeedbackForm(forms.Form):
    """What was done about a message."""

    text = LinesField(
        label=_("What did your department do?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST}),
        error_messages={"required": _("Write what was done.")},
        help_text=_("At most 4,000 characters. The bureau reads it, too."),
    )


class NarrowForm(forms.Form):
    """Which ratings of a message to show."""

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

    def chosen(self) -> dict[str, str]:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in ("q", "show")}


class TuneForm(forms.Form):
    """The department's own say in what it is told."""

    title = forms.CharField(label=_("Title"), max_length=120)
    colours = forms.MultipleChoiceField(
        label=_("Colours"),
        required=False,
        choices=Colour.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    transitions = forms.MultipleChoiceField(
        label=_("Changes"),
        required=False,
        choices=[(f"{before}>{after}", f"{before}>{after}") for before in BEFORE for after in AFTER],
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)

    @classmethod
    def of(cls, row: Subscription) -> "TuneForm":
        return cls(
            initial={
                "title": row.title,
                "colours": row.colours,
                "transitions": row.transitions,
                "version": row.version,
            }
        )

    def grid(self) -> list[dict[str, Any]]:
        """The transitions as a table: a row for each colour before, a box for each colour after."""
        ticked = {str(each) for each in (self["transitions"].value() or [])}
        return [
            {
                "before": before,
                "boxes": [
                    {"after": after, "value": step, "words": transition_words(step), "ticked": step in ticked}
                    for after in AFTER
                    for step in [f"{before}>{after}"]
                ],
            }
            for before in BEFORE
        ]

    def ticked_colours(self) -> list[dict[str, Any]]:
        ticked = {str(each) for each in (self["colours"].value() or [])}
        return [{"value": value, "ticked": value in ticked} for value in AFTER[1:]]


class ReplayForm(forms.Form):
    """From which message on to send again."""

    from_sequence = forms.IntegerField(label=_("From message number"), min_value=1)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("Optional, for the audit log.")
    )

    def __init__(self, *args: Any, latest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_sequence"].max_value = latest
        self.fields["from_sequence"].widget.attrs |= {"min": 1, "max": latest}
