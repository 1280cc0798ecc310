"""Filters that django-filter lacks."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.ids import LARGEST_ID
from foundation.ui.forms import DAY_FORMATS, DayInput
from foundation.words import Words


class PeriodForm(forms.Form):
    """The form of a filter by days ``since`` and ``until``, which must be in order. Name it as ``Meta.form``."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return cleaned


class IdFilter(django_filters.Filter):
    """An id in the URL, never typed into the form."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        hidden = {"widget": forms.HiddenInput, "min_value": 1, "max_value": LARGEST_ID}
        super().__init__(*args, **{**hidden, **options})


class TickFilter(django_filters.Filter):
    """A checkbox. Its method is also called if it is not ticked."""

    field_class = forms.BooleanField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"widget": forms.CheckboxInput, **options})


def day_filter(label: Words, **options: Any) -> django_filters.DateFilter:
    """Return a filter by day with the same calendar as all forms."""
    return django_filters.DateFilter(label=label, widget=DayInput, input_formats=DAY_FORMATS, **options)
