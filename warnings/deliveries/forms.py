"""The form of a subscription that the bureau and the department share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.choices import ANY, NOTHING
from deliveries.models import Subscription
from deliveries.wording import transition_words
from enterprises.choices import Colour

BEFORE = (ANY, NOTHING, *Colour.values)
AFTER = (ANY, *Colour.values)
EVERY_CHANGE = f"{ANY}>{ANY}"  # does not filter, so it is neither offered nor stored
TICKS = {"class": "form-check-input"}


class TuneForm(forms.Form):
    """Title, colours and changes of colour, the fields that a department may tune. An empty choice does not filter."""

    title = forms.CharField(label=_("Title"), max_length=120)
    colours = forms.MultipleChoiceField(
        label=_("Colours"),
        choices=Colour.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
    )
    transitions = forms.MultipleChoiceField(
        label=_("Changes of colour"), required=False, widget=forms.CheckboxSelectMultiple(attrs=TICKS)
    )
    afters = AFTER

    def __init__(self, *args: Any, instance: Subscription | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        steps = [f"{before}>{after}" for before in BEFORE for after in AFTER]
        self.words = {step: transition_words(step) for step in steps}
        transitions: Any = self.fields["transitions"]
        transitions.choices = list(self.words.items())
        if instance is not None:
            self.initial = {**self.shown_of(instance), **self.initial}

    def shown_of(self, row: Subscription) -> dict[str, Any]:
        """Return the initial values of the form for a subscription."""
        return {"title": row.title, "colours": row.colours, "transitions": row.transitions}

    def clean_colours(self) -> list[str]:
        return sorted(self.cleaned_data["colours"])

    def clean_transitions(self) -> list[str]:
        return sorted(step for step in self.cleaned_data["transitions"] if step != EVERY_CHANGE)

    def matrix(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return the changes to choose from as rows (colour before) of cells (colour after)."""
        chosen = set(self["transitions"].value() or ())
        return [(before, [self._cell(f"{before}>{after}", chosen) for after in AFTER]) for before in BEFORE]

    def _cell(self, step: str, chosen: set[str]) -> dict[str, Any]:
        offered = step != EVERY_CHANGE
        return {"step": step, "checked": step in chosen, "offered": offered, "words": self.words[step]}
