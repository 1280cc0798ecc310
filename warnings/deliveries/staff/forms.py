"""Forms of subscriptions, addresses and acts on a push. They shape input; operations decide."""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.choices import ANY, NOTHING
from deliveries.models import Receipt, Subscription
from deliveries.models.subscription import INDUSTRY
from deliveries.staff import reads
from deliveries.wording import transition_words
from enterprises.choices import Colour
from enterprises.industries import SECTIONS
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import list_bureaus, list_departments, list_stations
from foundation.ids import LARGEST_ID, LARGEST_VERSION

SEPARATORS = re.compile(r"[\s,;，；、]+")
BEFORE = (ANY, NOTHING, *Colour.values)
AFTER = (ANY, *Colour.values)
EVERYTHING = f"{ANY}>{ANY}"
STEPS = [f"{before}>{after}" for before in BEFORE for after in AFTER]
TYPED = ("stations", "sections", "codes", "colours", "transitions")  # the filters among the fields
SELECT = {"class": "form-select"}
CHECK = {"class": "form-check-input"}


class SubscriptionForm(forms.Form):
    """Title and filters of a subscription; an empty choice narrows nothing."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    stations = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Police stations"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Industries"),
        choices=[(code, f"{code} · {name}") for code, name in SECTIONS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )
    codes = forms.CharField(
        label=gettext_lazy("Single industries"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Beginnings of GB/T 4754 codes, as C26 or C3670, with commas between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    colours = forms.MultipleChoiceField(
        label=gettext_lazy("Colours"),
        choices=Colour.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )
    transitions = forms.MultipleChoiceField(
        label=gettext_lazy("Changes of colour"),
        choices=[(step, step) for step in STEPS],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stations = dict(list_stations(actor).values_list("pk", "name"))
        self.fields["stations"].choices = list(self.stations.items())

    def clean_codes(self) -> list[str]:
        codes = [code.upper() for code in SEPARATORS.split(self.cleaned_data["codes"]) if code]
        wrong = [code for code in codes if not INDUSTRY.regex.match(code)]
        if wrong:
            raise forms.ValidationError(
                _("%(code)s is no industry: write a letter from A to T and up to four digits."),
                params={"code": wrong[0][:20]},
            )
        return codes

    def values(self) -> dict[str, Any]:
        """Title and filters as the operations take them. ``*>*`` narrows nothing, so it is not kept."""
        data = self.cleaned_data
        return {
            "title": data.get("title", "").strip(),
            "stations": data.get("stations", []),
            "industries": [*data.get("sections", []), *data.get("codes", [])],
            "colours": data.get("colours", []),
            "transitions": [step for step in data.get("transitions", []) if step != EVERYTHING],
        }

    def told(self) -> Subscription:
        """The filters as an unsaved subscription, for the preview; see :meth:`wrong` first."""
        if self.is_bound:
            self.is_valid()
            return Subscription(**self.values())
        codes = SEPARATORS.split(self.initial.get("codes", ""))
        return Subscription(
            stations=self.initial.get("stations", []),
            industries=[*self.initial.get("sections", []), *(code for code in codes if code)],
            colours=self.initial.get("colours", []),
            transitions=self.initial.get("transitions", []),
        )

    def wrong(self) -> list[str]:
        """What is wrong with the filters as typed: while anything is, they cannot be said in words."""
        if not self.is_bound:
            return []
        return [error for name in TYPED for error in self.errors.get(name, ())]

    afters = AFTER

    def matrix(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Rows (colour before) with their cells (colour after) of the changes to choose."""
        chosen = set(self["transitions"].value() or ())
        return [(before, [self._cell(f"{before}>{after}", chosen) for after in AFTER]) for before in BEFORE]

    @staticmethod
    def _cell(step: str, chosen: set[str]) -> dict[str, Any]:
        return {
            "step": step,
            "checked": step in chosen,
            "offered": step != EVERYTHING,
            "words": transition_words(step),
        }


class NewSubscriptionForm(SubscriptionForm):
    """A new one also says for whom."""

    department = forms.TypedChoiceField(
        label=gettext_lazy("Department"), coerce=int, widget=forms.Select(attrs=SELECT)
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        rows = list_departments(actor, actor.bureau_id).values_list("pk", "name")
        self.fields["department"].choices = [("", _("Choose a department")), *rows]


class EditedSubscriptionForm(SubscriptionForm):
    """A change remembers which version it was made on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION)

    @staticmethod
    def of(row: Subscription) -> dict[str, Any]:
        """What the form shows of a subscription."""
        return {
            "title": row.title,
            "stations": row.stations,
            "sections": [code for code in row.industries if len(code) == 1],
            "codes": ", ".join(code for code in row.industries if len(code) > 1),
            "colours": row.colours,
            "transitions": row.transitions,
            "version": row.version,
        }

    def accept(self, version: int) -> None:
        """Having seen that somebody was quicker, the person may save again."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class AddressForm(forms.Form):
    """Where messages go, and what is approved."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("The receiver's https:// address. Empty stops the push; the department then fetches its messages."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "placeholder": "https://"}),
    )  # fmt: skip
    allowed_hosts = forms.CharField(
        label=gettext_lazy("Approved hosts and networks"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("One a line: a host name as hooks.example.org, an address, or a network as 10.20.0.0/16."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION)

    def clean_url(self) -> str:
        return self.cleaned_data["url"].strip()

    def clean_allowed_hosts(self) -> list[str]:
        return list(
            dict.fromkeys(entry for entry in SEPARATORS.split(self.cleaned_data["allowed_hosts"]) if entry)
        )

    accept = EditedSubscriptionForm.accept


class ReplayForm(forms.Form):
    """From which message on."""

    from_sequence = forms.IntegerField(
        label=gettext_lazy("From message number"), min_value=1, max_value=LARGEST_ID
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class SkipForm(forms.Form):
    """The message that was meant when the page was opened, and why it is left out."""

    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_ID)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


STAGES = [
    ("undelivered", gettext_lazy("Not delivered")),
    ("unacknowledged", gettext_lazy("Not acknowledged")),
    ("unanswered", gettext_lazy("Without feedback")),
    ("answered", gettext_lazy("With feedback")),
]
_STAGE = {
    "undelivered": Q(delivered_at=None) & ~Q(subscription__url=""),  # what is fetched is never delivered
    "unacknowledged": Q(acknowledged_at=None),
    "unanswered": Q(feedback_at=None),
    "answered": Q(feedback_at__isnull=False),
}


class ReceiptFilter(filters.FilterSet):
    """Receipts by department, quarter and how far they got."""

    department = filters.ChoiceFilter(
        field_name="department_id",
        label=gettext_lazy("Department"),
        empty_label=gettext_lazy("All departments"),
        widget=forms.Select(attrs=SELECT),
    )
    period = filters.ChoiceFilter(
        field_name="period_code",
        label=gettext_lazy("Quarter"),
        empty_label=gettext_lazy("All quarters"),
        widget=forms.Select(attrs=SELECT),
    )
    state = filters.ChoiceFilter(
        method="by_stage",
        label=gettext_lazy("State"),
        choices=STAGES,
        empty_label=gettext_lazy("All"),
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, actor: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        rows = list_departments(actor, actor.bureau_id).values_list("pk", "name")
        self.filters["department"].extra["choices"] = list(rows)
        self.filters["period"].extra["choices"] = [(code, code) for code in reads.quarters(actor)]

    def by_stage(self, rows: QuerySet[Receipt], _name: str, value: str) -> QuerySet[Receipt]:
        return rows.filter(_STAGE[value])


STATES = [
    ("alarm", gettext_lazy("Alarm")),
    ("failing", gettext_lazy("Failing")),
    ("paused", gettext_lazy("Paused")),
    ("waiting", gettext_lazy("Waiting")),
    ("fine", gettext_lazy("Fine")),
    ("fetched", gettext_lazy("Fetched, not pushed")),
    ("ended", gettext_lazy("Ended")),
]
_STATE = {
    "alarm": Q(urgency=reads.ALARM),
    "failing": Q(failing_since__isnull=False, paused_why="", active=True),
    "paused": ~Q(paused_why="") & Q(active=True),
    "waiting": Q(urgency=reads.WAITING),
    "fine": Q(urgency=reads.FINE),
    "fetched": Q(url="", active=True),
    "ended": Q(active=False),
}


class BoardFilter(filters.FilterSet):
    """The board by words, bureau and state."""

    q = filters.CharFilter(method="containing", label=gettext_lazy("Title or department"), max_length=100)
    bureau = filters.ChoiceFilter(
        field_name="bureau_id",
        label=gettext_lazy("Bureau"),
        empty_label=gettext_lazy("All bureaus"),
        widget=forms.Select(attrs=SELECT),
    )
    state = filters.ChoiceFilter(
        method="by_state",
        label=gettext_lazy("State"),
        choices=STATES,
        empty_label=gettext_lazy("All"),
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = Subscription
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, actor: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        self.filters["bureau"].extra["choices"] = list(
            list_bureaus(actor).order_by("code").values_list("pk", "name")
        )

    def containing(self, rows: QuerySet[Subscription], _name: str, text: str) -> QuerySet[Subscription]:
        text = text.replace("\x00", "").strip()
        return rows.filter(Q(title__icontains=text) | Q(department__name__icontains=text))

    def by_state(self, rows: QuerySet[Subscription], _name: str, value: str) -> QuerySet[Subscription]:
        return rows.filter(_STATE[value])
