"""Filters of the ratings of a quarter: those that changed colour, and all."""

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour
from enterprises.register_filter import IndustryFilter
from foundation.accounts.models import Station

OF_REGISTER = ("liaison", "section", "area", "street")
WAYS = [("down", _("Down")), ("up", _("Up"))]


class ChangedFilter(filters.FilterSet):
    """Turns the query string into arguments of ``page_selectors.changed``. An invalid value is an error at its field.

    The selector filters the rows, not this class.
    """

    q = filters.CharFilter(label=_("Search"), max_length=100)
    way = filters.ChoiceFilter(
        label=_("Direction"),
        choices=WAYS,
        empty_label=_("Up, down, not rated"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, data: Any, *, queryset: Any) -> None:
        super().__init__(data, queryset=queryset)
        self.form.fields["q"].widget.attrs["placeholder"] = _("Name, code, person or phone")

    def chosen(self) -> dict[str, str]:
        """Return the values of a valid filter, "" for those not set."""
        found = self.form.cleaned_data
        return {"text": found.get("q") or "", "way": found.get("way") or ""}


class RatedFilter(IndustryFilter):
    """Turns the query string into arguments of ``comparing.rated``, and narrows by what the register says.

    The selector filters by the rest: what is in force, and in which words the actor may search.
    """

    q = filters.CharFilter(label=_("Search"), max_length=100)
    colour = filters.ChoiceFilter(label=_("Colour"), choices=Colour.choices, empty_label=_("Any colour"))
    way = filters.ChoiceFilter(label=_("Direction"), choices=WAYS, empty_label=_("Any"))
    lost = filters.ChoiceFilter(label=_("Points lost at"), empty_label=_("Any criterion"))
    station = filters.ChoiceFilter(label=_("Station"), empty_label=_("All stations"))

    def __init__(
        self,
        *args: Any,
        stations: Sequence[Station],
        lines: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.filters["lost"].extra["choices"] = lines
        if len(stations) > 1:
            self.filters["station"].extra["choices"] = [(str(each.pk), each.name) for each in stations]
        else:
            del self.filters["station"]
        order = ("q", "station", "colour", "way", "lost", *OF_REGISTER)
        self.filters = {name: self.filters[name] for name in order if name in self.filters}
        self.form.fields["q"].widget.attrs["placeholder"] = _("Name, code, person or phone")

    def filter_queryset(self, queryset: Any) -> Any:
        """Narrow by what the register says only."""
        for name in OF_REGISTER:
            if value := self.form.cleaned_data.get(name):
                queryset = self.filters[name].filter(queryset, value)
        return queryset
