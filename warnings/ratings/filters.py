"""Filters of the list of enterprises whose colour changed."""

from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

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
