"""The form of a subscription that the bureau and the department share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliveries.choices import ANY, NOTHING
from deliveries.models import Subscription
from deliveries.presets import COVERS, OWN, PRESETS, TURNED_RED, cover_of
from deliveries.wording import transition_words
from enterprises.choices import Colour

BEFORE = (ANY, NOTHING, *Colour.values)
AFTER = (ANY, *Colour.values)
EVERY_CHANGE = f"{ANY}>{ANY}"  # does not filter, so it is neither offered nor stored
TICKS = {"class": "form-check-input"}
NOTHING_TICKED = _(
    "Tick at least one colour or change, or choose “Everything”: nothing ticked would send every rating."
)


class TuneForm(forms.Form):
    """Title, and which ratings: a ready-made choice, or colours and changes of one's own. A department may tune these.

    Ticking nothing is refused: who wants everything says so.
    """

    title = forms.CharField(label=_("Title"), max_length=120)
    cover = forms.ChoiceField(
        label=_("Which ratings?"), choices=COVERS, required=False, widget=forms.RadioSelect(attrs=TICKS)
    )
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
        self.initial = {"cover": TURNED_RED, **(self.shown_of(instance) if instance else {}), **self.initial}

    def shown_of(self, row: Subscription) -> dict[str, Any]:
        """Return the initial values of the form for a subscription."""
        cover = cover_of(row.colours, row.transitions)
        return {"title": row.title, "cover": cover, "colours": row.colours, "transitions": row.transitions}

    def clean_colours(self) -> list[str]:
        return sorted(self.cleaned_data["colours"])

    def clean_transitions(self) -> list[str]:
        return sorted(step for step in self.cleaned_data["transitions"] if step != EVERY_CHANGE)

    def clean(self) -> dict[str, Any]:
        """Let a ready-made choice replace the boxes; refuse one's own choice without any box."""
        data = super().clean() or self.cleaned_data
        cover = str(data.get("cover") or "")
        if cover in PRESETS:
            data |= {"colours": [], "transitions": sorted(PRESETS[cover])}
        elif cover == OWN and not (
            data.get("colours") or data.get("transitions") or self._has_faulty_boxes()
        ):
            self.add_error("cover", NOTHING_TICKED)
        return data

    def _has_faulty_boxes(self) -> bool:
        return bool(self.errors.keys() & {"colours", "transitions"})

    def values(self) -> dict[str, Any]:
        """Return the fields as arguments of the operation."""
        data = self.cleaned_data
        return {
            "title": data.get("title", ""),
            "colours": data.get("colours", []),
            "transitions": data.get("transitions", []),
        }

    def matrix(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return the changes to choose from as rows (colour before) of cells (colour after)."""
        chosen = set(self["transitions"].value() or ())
        return [(before, [self._cell(f"{before}>{after}", chosen) for after in AFTER]) for before in BEFORE]

    def _cell(self, step: str, chosen: set[str]) -> dict[str, Any]:
        offered = step != EVERY_CHANGE
        return {"step": step, "checked": step in chosen, "offered": offered, "words": self.words[step]}
