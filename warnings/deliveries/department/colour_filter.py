"""The filter of the colours that a department may know."""

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliveries.covering import Place
from enterprises.choices import Colour
from enterprises.industries import section_choices
from foundation.ui.forms import DayInput
from ratings.filters import WAYS

TURNED_RED = "red"  # from any other colour, or rated red for the first time

SELECT = {"class": "form-select"}


class ColourFilter(filters.FilterSet):
    """Turns the query string into what the page asks of its selectors. An invalid value is an error at its field."""

    q = filters.CharFilter(label=_("Search"), max_length=100)
    colour = filters.ChoiceFilter(
        label=_("Colour"), choices=Colour.choices, empty_label=_("Any colour"), widget=forms.Select(SELECT)
    )
    way = filters.ChoiceFilter(
        label=pgettext_lazy("of a colour", "Change"),
        choices=[*WAYS, (TURNED_RED, _("Turned red"))],
        empty_label=_("Any"),
        widget=forms.Select(SELECT),
    )
    since = filters.DateFilter(label=_("Published since"), widget=DayInput())
    lost = filters.ChoiceFilter(
        label=_("Points lost at"), empty_label=_("Any criterion"), widget=forms.Select(SELECT)
    )
    section = filters.ChoiceFilter(
        label=_("Industry"),
        choices=section_choices,
        empty_label=_("All industries"),
        widget=forms.Select(SELECT),
    )
    station = filters.ChoiceFilter(
        label=_("Station"), empty_label=_("All stations"), widget=forms.Select(SELECT)
    )

    def __init__(
        self, *args: Any, stations: Sequence[Place], lines: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.filters["lost"].extra["choices"] = lines
        if len(stations) > 1:
            self.filters["station"].extra["choices"] = [(str(each.pk), each.name) for each in stations]
        else:
            del self.filters["station"]
        self.form.fields["q"].widget.attrs["placeholder"] = _("Name, initials or credit code")

    def filter_queryset(self, queryset: Any) -> Any:
        """Leave the rows to the page, which reads them in another scope."""
        return queryset
