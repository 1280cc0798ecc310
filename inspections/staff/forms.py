"""Forms of inspections, hazards and self-checks."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.forms.formsets import BaseFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.pickers import officers_input
from facts.staff.forms import CorrectionForm, NewFactForm
from foundation.ids import LARGEST_ID
from foundation.ui.forms import day_field, today_field
from inspections.choices import Conclusion
from inspections.first_deadline import Suggestion
from inspections.items import Items
from inspections.models import Inspection
from inspections.staff.item_pages import ItemInput, propose_in
from inspections.staff.position_pages import place_input

Suggest = Callable[[str, str], Suggestion]  # of item and day, as they are typed
MOST_HAZARDS = 10
PREFIX = "hazards"
NO_DEADLINE = _("Enter the deadline for rectification.")

LAST = ("major", "description", "note")  # fields at the end of the hazard form


def due_reason_field() -> forms.CharField:
    """Return the field for why a deadline is longer than proposed."""
    return forms.CharField(
        label=_("Reason for a longer deadline"),
        max_length=2000,
        required=False,
        help_text=_("Only for a deadline later than proposed. The enterprise reads this."),
    )


def beside(names: Iterable[str], name: str, before: str) -> list[str]:
    """Return names of fields with one of them after another."""
    rest = [each for each in names if each != name]
    return [each for other in rest for each in ((other, name) if other == before else (other,))]


class ByOfficers:
    """The officers who inspected are picked, or typed."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "inspectors" in self.fields:
            self.fields["inspectors"].widget = officers_input()


class NewInspectionForm(ByOfficers, NewFactForm):
    """A new inspection; the hazards it found are listed below it."""


class InspectionCorrectionForm(ByOfficers, CorrectionForm):
    """The inspection alone; its hazards are corrected on their own pages."""


class AcceptForm(forms.Form):
    """The day on which hazards passed re-inspection."""

    closed_on = today_field(_("Re-inspected on"))


class ConclusionField(forms.ChoiceField):
    """What an inspection that asks for rectification concludes once its last hazard is voided."""

    NONE = "none"

    def __init__(self, visit: Inspection) -> None:
        words = _(
            "This is the last hazard of “%(inspection)s”, which says “%(conclusion)s”. If it found something else, add that"
            " there first."
        )
        super().__init__(
            label=_("What the inspection then concludes"),
            choices=[(Conclusion.QUALIFIED, Conclusion.QUALIFIED.label), (self.NONE, _("No conclusion"))],
            widget=forms.RadioSelect,
            help_text=words % {"inspection": visit, "conclusion": visit.get_conclusion_display()},
        )

    def clean(self, value: Any) -> str:
        chosen = super().clean(value)
        return "" if chosen == self.NONE else chosen


class HazardRowForm(forms.Form):
    """One hazard on the page of an inspection. An empty row is ignored.

    ``suggest`` returns what is proposed for what was typed, by the name of a field: severity and deadline of its item.
    What is proposed is no hazard yet. ``items``: the list of which the first row brings the names.
    """

    item = forms.CharField(
        label=_("Item"), max_length=120, required=False
    )  # required once the row has anything
    place = forms.CharField(label=_("Place"), max_length=160, required=False, widget=place_input())
    due_on = day_field(_("To be rectified by"), required=False)
    due_reason = due_reason_field()
    major = forms.BooleanField(label=_("Major hazard"), required=False)
    on_the_spot = forms.BooleanField(
        label=_("Put right on the spot"),
        required=False,
        help_text=_("Both inspectors saw it. It needs no deadline and no acceptance."),
    )

    def __init__(self, *args: Any, suggest: Suggest, items: Items | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.suggest = suggest
        self.fields["item"].widget = ItemInput(items)
        typed = self.data if self.is_bound else {}
        propose_in(
            self,
            suggest(str(typed.get(self.add_prefix("item"), "")), str(typed.get("inspected_on", ""))),
            day="inspected_on",
            field=self.add_prefix,
        )

    @cached_property
    def changed_data(self) -> list[str]:
        """What was typed: without a proposed deadline, whether it was left or removed.

        Before scripts answer, that is the deadline of an ordinary hazard found today.
        """
        typed, ordinary = self["due_on"].data, self.suggest("", "").proposed.last_on
        is_left = not typed or typed == (ordinary.isoformat() if ordinary else "")
        return [name for name in super().changed_data if name != "due_on" or not is_left]

    def clean_item(self) -> str:
        """Refuse a row that says something about a hazard, but not what it is."""
        if not self.cleaned_data["item"]:
            raise ValidationError(self.fields["item"].error_messages["required"], code="required")
        return self.cleaned_data["item"]


class HazardRows(BaseFormSet):
    """The hazards of one inspection, up to ten."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Let only the first row bring the list of items."""
        return super().get_form_kwargs(index) | ({"items": None} if index else {})

    def values(self) -> list[dict[str, Any]]:
        """Return the filled rows in order."""
        return [form.cleaned_data for form in self.filled()]

    def filled(self) -> list[HazardRowForm]:
        return [form for form in self.forms if form.has_changed()]

    def title_of(self, number: int) -> str:
        """Return the title of the n-th row, from 1."""
        return _("Hazard %(number)s") % {"number": number}

    def take_error(self, name: str, problems: Any) -> bool:
        """Show an error named ``hazards-<n>.<field>`` at the n-th filled row; False if the name has another form."""
        place, dot, field = name.partition(".")
        number = place.removeprefix(f"{PREFIX}-")
        if not dot or not number.isdigit():
            return False
        form = self.filled()[int(number)]
        if field not in form.errors:
            form.add_error(field if field in form.fields else None, ValidationError(problems))
        return True


HazardFormSet = formset_factory(
    HazardRowForm,
    formset=HazardRows,
    extra=1,
    max_num=MOST_HAZARDS,
    absolute_max=MOST_HAZARDS,
    validate_max=True,
)


class ReportedToday:
    """For an enterprise's people, who are not asked when they reported it: a wrong day of finding is the only fault."""

    fields: dict[str, forms.Field]

    @property
    def follows(self) -> dict[str, str]:
        return {} if "reported_on" in self.fields else {"reported_on": "found_on"}


class HazardCorrectionForm(ReportedToday, CorrectionForm):
    """The content of a hazard; its acts are pages of their own."""


class NewHazardForm(ReportedToday, NewFactForm):
    """A new hazard; ``inspection`` is the id of the inspection whose page links here."""

    major = forms.BooleanField(label=_("Major hazard"), required=False)
    inspection = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST_ID
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.actor.is_enterprise:  # the police must set a deadline; imported hazards may have none
            self.fields["due_on"].required = True
            self.fields["due_on"].error_messages["required"] = NO_DEADLINE
        if "major" in self.fields:  # after the days, before the long texts
            self.order_fields([name for name in self.fields if name not in LAST] + list(LAST))
