"""Filters above a list that django-filter does not bring."""

from typing import Any

import django_filters
from django import forms

from foundation.ids import LARGEST_ID
from foundation.ui.forms import DAY_FORMATS, DayInput
from foundation.words import Words


class IdFilter(django_filters.Filter):
    """An id in the address, chosen elsewhere and never typed."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        hidden = {"widget": forms.HiddenInput, "min_value": 1, "max_value": LARGEST_ID}
        super().__init__(*args, **{**hidden, **options})


class TickFilter(django_filters.Filter):
    """A box to tick; its method is called for an empty one too."""

    field_class = forms.BooleanField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"widget": forms.CheckboxInput, **options})


def day_filter(label: Words, **options: Any) -> django_filters.DateFilter:
    """Return a filter by day with the calendar of every other form."""
    return django_filters.DateFilter(label=label, widget=DayInput, input_formats=DAY_FORMATS, **options)
