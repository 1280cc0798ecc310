"""Forms for subscriptions, addresses and operations on a push."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.forms import TICKS, TuneForm
from deliveries.models import Subscription
from deliveries.models.subscription import INDUSTRY
from deliveries.presets import PRESETS
from enterprises.industries import section_choices
from enterprises.pickers import industry_input
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import list_departments, list_stations
from foundation.identifiers import compact
from foundation.ids import LARGEST_ID
from foundation.ui.forms import area_field, area_of, reason_field

SEPARATORS = re.compile(r"[\s,;，；、]+")
FILTERS = ("whole_bureau", "stations", "sections", "codes", "cover", "colours", "transitions")


class SubscriptionForm(TuneForm):
    """Title and filters of a subscription, as the bureau decides them. An empty choice does not filter."""

    whole_bureau = area_field()
    stations = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Police stations"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
    )
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Industries"),
        choices=section_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
    )
    codes = forms.CharField(
        label=gettext_lazy("Single industries"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Beginnings of GB/T 4754 codes, such as C26 or C3670, separated by commas."),
        widget=industry_input(several=True),
    )
    field_order = ("department", "title", *FILTERS)
    follows: ClassVar = {"stations": "whole_bureau"}

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.station_names = dict(list_stations(actor).values_list("pk", "name"))
        stations: Any = self.fields["stations"]
        stations.choices = list(self.station_names.items())

    def shown_of(self, row: Subscription) -> dict[str, Any]:
        return super().shown_of(row) | {
            "whole_bureau": str(row.whole_bureau).lower(),
            "stations": row.stations,
            "sections": [code for code in row.industries if len(code) == 1],
            "codes": ", ".join(code for code in row.industries if len(code) > 1),
        }

    def clean_stations(self) -> list[int]:
        """Return the stations ticked, none if the whole bureau is chosen."""
        return [] if self.cleaned_data.get("whole_bureau") else sorted(self.cleaned_data["stations"])

    def clean_codes(self) -> list[str]:
        codes = [compact(code) for code in _split(self.cleaned_data["codes"])]
        wrong = [code for code in codes if not re.match(INDUSTRY.regex, code)]
        if wrong:
            raise forms.ValidationError(
                _("%(code)s is not an industry code: enter a letter from A to T and up to four digits."),
                params={"code": wrong[0][:20]},
            )
        return codes

    def values(self) -> dict[str, Any]:
        """Return title and filters as arguments of the operations."""
        data = self.cleaned_data
        industries = [*data.get("sections", []), *data.get("codes", [])]
        return super().values() | {**area_of(data), "industries": industries}

    def as_subscription(self) -> Subscription:
        """Return the filters as an unsaved subscription, to describe them. Check :meth:`filter_errors` first."""
        if self.is_bound:
            self.is_valid()
            return Subscription(**self.values())
        shown = self.initial.get
        return Subscription(
            whole_bureau=shown("whole_bureau") == "true",
            stations=shown("stations", []),
            industries=[*shown("sections", []), *_split(shown("codes", ""))],
            colours=shown("colours", []),
            transitions=shown("transitions", PRESETS.get(shown("cover", ""), [])),
        )

    def filter_errors(self) -> list[str]:
        """Return the errors of the filters as typed, with which they cannot be described. No area yet is none."""
        if not self.is_bound:
            return []
        return [str(error) for name in FILTERS[1:] for error in self.errors.get(name, ())]


class NewSubscriptionForm(SubscriptionForm):
    """The form of a new subscription, which also has a department."""

    department = forms.TypedChoiceField(
        label=gettext_lazy("Department"),
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        rows = list_departments(actor, actor.bureau_id).values_list("pk", "name")
        department: Any = self.fields["department"]
        department.choices = [("", _("Choose a department")), *rows]

    def values(self) -> dict[str, Any]:
        return super().values() | {"department_id": self.cleaned_data.get("department")}


def _split(text: str) -> list[str]:
    """Return the words of a text, without duplicates. Commas, semicolons and spaces separate them."""
    return list(dict.fromkeys(word for word in SEPARATORS.split(text) if word))


class AddressForm(forms.Form):
    """The address of a push, and the approved hosts and networks."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "The receiver's https:// address. Leave empty to stop the push; the department then "
            "fetches its messages."
        ),
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "https://",
            }
        ),
    )
    allowed_hosts = forms.CharField(
        label=gettext_lazy("Approved hosts and networks"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy(
            "One per line: a host name such as hooks.example.org, an address, or a network such "
            "as 10.20.0.0/16."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, instance: Subscription, **options: Any) -> None:
        super().__init__(*args, **options)
        shown = {"url": instance.url, "allowed_hosts": "\n".join(instance.allowed_hosts)}
        self.initial = {**shown, **self.initial}

    def clean_allowed_hosts(self) -> list[str]:
        return _split(self.cleaned_data["allowed_hosts"])


class ReplayForm(forms.Form):
    """The number of the first message to send again, and the reason."""

    from_sequence = forms.IntegerField(
        label=gettext_lazy("From message number"), min_value=1, max_value=LARGEST_ID
    )
    reason = reason_field()


class SkipForm(forms.Form):
    """The message that was next when the page was opened, and the reason to skip it."""

    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_ID)
    reason = reason_field()
