"""The form of a check-in."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts.models import User
from foundation.ui.forms import choices_of, today_field
from inspections.checkins.choices import Purpose

FARTHEST_M = 100_000  # a radius beyond this says nothing


class CheckInForm(forms.Form):
    """Who came, what for, by which approval; when, if not now; and where, if the officer allows it."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=Purpose.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    officers = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Officers who are here"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    approval = forms.CharField(
        label=gettext_lazy("By which approval"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Its number, or who ordered it. The enterprise reads it."),
    )
    arrived_on = today_field(gettext_lazy("Day"), required=False)
    arrived_time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Only if you came earlier and had no network. It is marked as typed."),
    )
    latitude = forms.DecimalField(
        widget=forms.HiddenInput,
        required=False,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = forms.DecimalField(
        widget=forms.HiddenInput,
        required=False,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    accuracy = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=FARTHEST_M)

    def __init__(self, *args: Any, officers: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people_here = officers
        choices_of(self, "officers").choices = [(each.pk, str(each)) for each in officers]

    def people(self) -> list[tuple[int, str, str, bool]]:
        """Return id, name and police number of each officer, and whether they are chosen."""
        chosen = {str(each) for each in self["officers"].value() or ()}
        return [(each.pk, str(each), each.police_number, str(each.pk) in chosen) for each in self.people_here]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        day = data.get("arrived_on")
        if day and day != timezone.localdate() and not data.get("arrived_time"):
            self.add_error("arrived_time", ValidationError(_("Enter the time of that day.")))
        return data

    def values(self) -> dict[str, Any]:
        """Return the input as arguments of the operation."""
        data = self.cleaned_data
        time, place = data.get("arrived_time"), None
        numbers: list[Decimal | None] = [data.get("latitude"), data.get("longitude")]
        if None not in numbers:
            place = (*numbers, data.get("accuracy") or 0)
        return {
            "purpose": data.get("purpose") or "",
            "officers": data.get("officers") or [],
            "approval": data.get("approval") or "",
            "arrived_at": timezone.make_aware(
                dt.datetime.combine(data.get("arrived_on") or timezone.localdate(), time)
            )
            if time
            else None,
            "place": place,
        }
