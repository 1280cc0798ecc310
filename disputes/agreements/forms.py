"""The form of an agreement: what was agreed, and its instalments as rows that a proposal fills in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disputes.agreements.checking import LONGEST, Given, fen_in
from disputes.agreements.performance import (
    LAST_YEAR,
    MOST_INSTALMENTS,
    days_every,
    days_monthly,
    split_by_percent,
    split_evenly,
    yuan_of,
)
from disputes.choices import AgreementEnd, AgreementKind, PaymentWay, Side
from foundation.accounts.police_numbers import check_police_number
from foundation.identifiers import IdentifierFormField, compact
from foundation.ui.forms import DAY_FORMATS, AmountField, choices_of, day_field, reason_field, today_field

ROWS = "rows"  # how many rows of instalments the form has
LEAST_ROWS = 1
EVERY = {
    "1m": gettext_lazy("every month"),
    "15": gettext_lazy("every 15 days"),
    "10": gettext_lazy("every 10 days"),
    "7": gettext_lazy("every week"),
    "3m": gettext_lazy("every three months"),
}


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    """Return a field for an amount in yuan. What cannot be is said by the operation, in one place."""
    return AmountField(label=label, max_digits=20, **options)


def _text(name: str, label: Any, *, rows: int = 0, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=LONGEST[name], widget=widget, **options)


class AgreementForm(forms.Form):
    """An agreement; ``rows`` instalments ``due_on_<n>``, ``amount_<n>``, ``way_<n>``. Rows that are empty do not count."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=AgreementKind.choices,
        widget=forms.RadioSelect,
    )
    concluded_on = today_field(gettext_lazy("They agreed on"))
    place = _text("place", pgettext_lazy("session", "Place"), required=False)
    presided_by = _text("presided_by", gettext_lazy("Presided by"))
    presided_number = IdentifierFormField(
        normalise=compact,
        validators=[check_police_number],
        label=gettext_lazy("Police number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    organisation = _text(
        "organisation",
        gettext_lazy("Mediated by"),
        required=False,
        help_text=gettext_lazy("The committee of people's mediation, or the police station."),
    )
    mediators = _text("mediators", gettext_lazy("Other mediators"), required=False)
    witnesses = _text("witnesses", gettext_lazy("Witnesses"), required=False)
    facts = _text("facts", gettext_lazy("Main facts"), rows=4)
    terms = _text("terms", gettext_lazy("What was agreed"), rows=5)
    debtor = forms.ChoiceField(
        label=gettext_lazy("Who pays"),
        choices=[("", "—"), *Side.choices],
        required=False,
        initial="respondent",
    )
    creditor = forms.ChoiceField(
        label=gettext_lazy("Who is paid"),
        choices=[("", "—"), *Side.choices],
        required=False,
        initial="applicant",
    )
    total = amount_field(gettext_lazy("Agreed sum (yuan)"), required=False)
    number = forms.IntegerField(
        label=gettext_lazy("Number of instalments"),
        required=False,
        min_value=1,
        max_value=MOST_INSTALMENTS,
        initial=1,
    )
    first_on = day_field(gettext_lazy("First one due on"), required=False)
    every = forms.ChoiceField(label=gettext_lazy("Then"), choices=[*EVERY.items()], required=False)
    shares = forms.CharField(
        label=gettext_lazy("Shares in percent"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Only if they are not equal: 50 30 20"),
    )
    copies = forms.IntegerField(label=gettext_lazy("Copies"), min_value=1, max_value=60, initial=3)
    third_signs = forms.BooleanField(
        label=gettext_lazy("Others concerned sign as well (such as who is jointly liable)"), required=False
    )
    ended_as = forms.ChoiceField(
        label=gettext_lazy("Why there is another one"),
        choices=[
            (
                AgreementEnd.REPLACED.value,
                gettext_lazy("They agreed anew: what was paid stays with the one before"),
            ),
            (
                AgreementEnd.CORRECTED.value,
                gettext_lazy("It was recorded wrongly: what was paid counts here"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=AgreementEnd.REPLACED,
    )
    end_reason = reason_field()
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, replaces: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not replaces:
            for name in ("ended_as", "end_reason", "replaces"):
                del self.fields[name]
        given: Mapping[str, Any] = self.data if self.is_bound else self.initial
        for n in range(1, row_count(given) + 1):
            # validated by the operation, so that what is wrong with a row is said at once with everything else
            self.fields[f"due_on_{n}"] = day_field(_("Day of instalment %(n)d") % {"n": n}, required=False)
            self.fields[f"amount_{n}"] = amount_field(
                _("Amount of instalment %(n)d") % {"n": n}, required=False
            )
            self.fields[f"way_{n}"] = forms.ChoiceField(
                label=_("Way of instalment %(n)d") % {"n": n},
                choices=PaymentWay.choices,
                required=False,
                initial=PaymentWay.TRANSFER,
            )
            for name in ("due_on", "amount"):
                self.fields[f"{name}_{n}"].widget.attrs["class"] = "form-control"
            self.fields[f"way_{n}"].widget.attrs["class"] = "form-select"
            self.fields[f"amount_{n}"].widget.attrs["data-amount"] = ""
        self.fields["total"].widget.attrs["data-total"] = ""
        choices_of(self, "every").initial = "1m"

    @property
    def lines(self) -> list[tuple[int, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Number and fields of each row."""
        return [
            (n, self[f"due_on_{n}"], self[f"amount_{n}"], self[f"way_{n}"])
            for n in range(1, MOST_INSTALMENTS + 1)
            if f"due_on_{n}" in self.fields
        ]

    def filled(self) -> list[int]:
        """Return the numbers of the rows in which something was entered."""
        given = self.cleaned_data
        numbers = [n for n, *_fields in self.lines]
        return [
            n
            for n in numbers
            if given.get(f"due_on_{n}")
            or given.get(f"amount_{n}") is not None
            or {f"due_on_{n}", f"amount_{n}"} & set(self.errors)
        ]

    def instalments(self) -> list[Given]:
        """Return what was entered in those rows."""
        given = self.cleaned_data
        return [
            Given(
                given.get(f"due_on_{n}"),
                given.get(f"amount_{n}"),
                given.get(f"way_{n}") or PaymentWay.TRANSFER,
            )
            for n in self.filled()
        ]


def row_count(given: Mapping[str, Any]) -> int:
    """Return how many rows a form has, by what was sent or what it begins with."""
    try:
        number = int(given.get(ROWS) or LEAST_ROWS)
    except (TypeError, ValueError):
        number = LEAST_ROWS
    return max(LEAST_ROWS, min(number, MOST_INSTALMENTS))


class ProposalForm(forms.Form):
    """What the proposal of the instalments needs of the form of an agreement."""

    total = amount_field(gettext_lazy("Agreed sum (yuan)"))
    number = forms.IntegerField(min_value=1, max_value=MOST_INSTALMENTS)
    first_on = forms.DateField(input_formats=DAY_FORMATS, required=False)
    every = forms.ChoiceField(choices=[*EVERY.items()])
    shares = forms.CharField(required=False, max_length=400)

    def rows(self) -> dict[str, Any]:
        """Return the values of the rows, which add up to the sum. Raise ValidationError by field."""
        given = self.cleaned_data
        try:
            fen = fen_in(given["total"])
        except ValidationError as error:
            raise ValidationError({"total": error.messages}) from error
        percents = _percents(given["shares"])
        number = len(percents) or given["number"]
        first_on = given["first_on"] or timezone.localdate()
        every = given["every"]
        if first_on.year >= LAST_YEAR:
            raise ValidationError(
                {"first_on": _("This day is after %(year)d. Check the year.") % {"year": LAST_YEAR}}
            )
        try:
            parts = split_by_percent(fen, percents) if percents else split_evenly(fen, number)
        except ValueError as error:
            words = (
                _("The shares must be more than 0 and 100 together.")
                if percents
                else _("The sum is too small.")
            )
            raise ValidationError({"shares" if percents else "number": words}) from error
        if every.endswith("m"):
            days = days_monthly(first_on, number, int(every[:-1]))
        else:
            days = days_every(first_on, number, int(every))
        found: dict[str, Any] = {ROWS: number, "number": number, "first_on": first_on}
        for n, (day, part) in enumerate(zip(days, parts, strict=True), start=1):
            found |= {f"due_on_{n}": day, f"amount_{n}": yuan_of(part)}
        return found


def _percents(text: str) -> list[Decimal]:
    words = (
        text.replace("%", " ")
        .replace("％", " ")
        .replace("、", " ")
        .replace("，", " ")
        .replace(",", " ")
        .split()
    )
    try:
        found = [Decimal(each) for each in words]
    except ArithmeticError as error:
        raise ValidationError({"shares": _("Enter percents such as 50 30 20.")}) from error
    if len(found) > MOST_INSTALMENTS or not all(each.is_finite() and abs(each) <= 100 for each in found):
        raise ValidationError({"shares": _("Enter percents such as 50 30 20.")})
    return found
