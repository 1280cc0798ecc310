"""Parts of forms that every app uses: days, reasons, answers, and the hidden fields that guard a form.

The views of the kit add the hidden fields, so a form names only what a person fills in:

- ``acting``: the role grant under which the form was shown;
- ``version``: the version of the record that was shown;
- ``form_key``: generated for each form that creates something, so that sending it twice makes one record;
- ``shown``: marks of the values a form of changes began with, which tell what the person changed from what they left.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.faults import by_field
from foundation.ids import LARGEST_VERSION
from foundation.normalising import nfkc
from foundation.words import LONGEST_REASON, Words

DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"]
ACTING, VERSION, FORM_KEY, SHOWN = "acting", "version", "form_key", "shown"
GUARDS = frozenset({ACTING, VERSION, FORM_KEY, SHOWN})
_AMOUNT = re.compile(r"[+-]?([0-9]{1,30}|[0-9]{1,3}(,[0-9]{3}){1,9})([.][0-9]{0,20})?")
TOO_LARGE = _("This amount is too large. Check the number of zeros.")
NO_DAY = _("Enter a date such as 2026-10-04.")


class DayInput(forms.DateInput):
    """The browser's own calendar; a day is written 2026-10-04 in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class AmountField(forms.DecimalField):
    """An amount in yuan as people write it: digits, a point, commas between thousands."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Enter an amount such as 1440.50."),
        "min_value": _("An amount cannot be negative."),
        **dict.fromkeys(("max_value", "max_digits", "max_whole_digits"), TOO_LARGE),
    }

    def to_python(self, value: Any) -> Any:
        text = nfkc(str("" if value is None else value)).strip()
        if text and not _AMOUNT.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text.replace(",", ""))


def day_field(label: Words, *, required_text: Words = "", **options: Any) -> forms.DateField:
    """Return a field for a day. ``initial`` is empty by default."""
    messages = {"invalid": NO_DAY} | ({"required": required_text} if required_text else {})
    return forms.DateField(
        label=label, widget=DayInput(), input_formats=DAY_FORMATS, error_messages=messages, **options
    )


def today_field(label: Words, **options: Any) -> forms.DateField:
    """Return a field for a day that starts with today."""
    return day_field(label, **{"initial": timezone.localdate, **options})


def reason_field(*, required: bool = True, label: Words = "", **options: Any) -> forms.CharField:
    """Return a field for the reason that is kept in the audit log."""
    return forms.CharField(
        label=label or _("Reason"),
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
        **{"max_length": LONGEST_REASON, **options},
    )


def choices_of(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """Return a field of a form, to set its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def rows_of(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """Return a field of a form, to set its queryset."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


def answer_field(label: Words, *, required: bool = False) -> forms.TypedChoiceField:
    """Return a field for yes or no. "Not known" is offered only if an answer is not required."""
    unsaid = [] if required else [("", _("Unknown"))]
    return forms.TypedChoiceField(
        label=label,
        required=required,
        choices=[*unsaid, ("true", _("Yes")), ("false", _("No"))],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        initial="" if unsaid else None,
        error_messages={"required": _("Choose yes or no.")},
    )


def area_field() -> forms.TypedChoiceField:
    """Return a field that says which kind of area is meant; beside it the form has ``stations``."""
    return forms.TypedChoiceField(
        label=_("Area"),
        choices=[
            ("true", _("The whole bureau, also stations that are added later")),
            ("false", _("Only these police stations")),
        ],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Say whether it is the whole bureau or only some police stations.")},
    )


def area_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the area in a form's cleaned data as arguments of an operation."""
    whole = bool(data.get("whole_bureau"))
    return {"whole_bureau": whole, "stations": [] if whole else data.get("stations", [])}


class ReasonForm(forms.Form):
    """The reason for an act, kept in the audit log."""

    reason = reason_field(help_text=_("It is kept in the audit log together with your name."))


def use_project_widgets(form: forms.BaseForm) -> None:
    """Give the fields that Django made from a model this project's widgets and texts."""
    for field in form.fields.values():
        if isinstance(field, forms.DateField):
            field.widget, field.input_formats = DayInput(), DAY_FORMATS
            field.error_messages["invalid"] = NO_DAY
        elif isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 3
        elif isinstance(field, forms.TypedChoiceField):
            choices: Any = field.choices
            unsaid = _("Choose") if field.required else _("Not answered yet")
            if not field.required or any(pair[0] == "" for pair in choices):
                field.choices = [("", unsaid), *(pair for pair in choices if pair[0])]


class OperationForm(forms.ModelForm):
    """A model's fields as the arguments of an operation, which validates and saves. The instance is only shown."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        use_project_widgets(self)

    def _post_clean(self) -> None:
        """Do nothing: the operation changes and validates the instance."""


def new_key() -> str:
    """Return a key for a newly shown form."""
    return str(uuid.uuid4())


def key_of(value: Any) -> str:
    """Return a form's key, empty if it is invalid."""
    try:
        return str(uuid.UUID(str(value or "")))
    except ValueError:
        return ""


def guard(form: forms.BaseForm, name: str, *, initial: Any, required: bool = False) -> None:
    """Add one of the hidden fields to a form."""
    # no id: a page may hold several forms, and nothing labels these fields
    widget = forms.HiddenInput({"id": False})
    hidden = {"widget": widget, "required": required, "initial": initial}
    if isinstance(initial, int) and name == VERSION:
        form.fields[name] = forms.IntegerField(min_value=1, max_value=LARGEST_VERSION, **hidden)
    else:
        form.fields[name] = forms.Field(**hidden)


def renew(form: forms.BaseForm, name: str, value: Any) -> None:
    """Set another value in a hidden field of a refused form, for the next try. What was typed stays."""
    if name in form.fields and form.is_bound:
        data: Any = copy(form.data)  # the request's QueryDict is read-only, its copy is not
        data[form.add_prefix(name)] = str(value)
        form.data = data


def raw_values(form: forms.BaseForm) -> dict[str, Any]:
    """Return the value of each field as a browser sends it: what was sent, or what an unbound form shows."""
    found = {}
    for name in form.fields.keys() - GUARDS:
        bound = form[name]
        widget = bound.field.widget
        value = (
            widget.value_from_datadict(form.data, form.files, bound.html_name)
            if form.is_bound
            else bound.value()
        )
        found[name] = _as_sent(value if form.is_bound else _formatted(widget, value))
    return found


def _formatted(widget: forms.Widget, value: Any) -> Any:
    return value if isinstance(value, bool) else widget.format_value(value)


def _as_sent(value: Any) -> str | list[str]:
    if isinstance(value, list | tuple | set):
        several = sorted(str(each) for each in value if each not in (None, ""))
        return several if len(several) != 1 else several[0]
    return "" if value is None or value is False else str(value).replace("\r\n", "\n").strip()


def marks_of(form: forms.BaseForm) -> dict[str, str]:
    """Return a short mark of each field's value, the same for the same value."""
    return {
        name: hashlib.sha256(repr(value or "").encode()).hexdigest()[:12]
        for name, value in raw_values(form).items()
    }


def marks_shown(form: forms.BaseForm) -> dict[str, str]:
    """Return the marks of the values that a form was shown with; none if it does not say."""
    try:
        shown = json.loads(form.data.get(form.add_prefix(SHOWN), ""))
    except (ValueError, RecursionError):
        return {}
    return {name: str(mark) for name, mark in shown.items()} if isinstance(shown, dict) else {}


def untouched(form: forms.BaseForm) -> set[str]:
    """Return the fields that were sent with the value they were shown with; none if the form does not say."""
    shown = marks_shown(form)
    return {name for name, mark in marks_of(form).items() if shown.get(name) == mark}


def replace_values(form: forms.BaseForm, values: Mapping[str, Any]) -> None:
    """Show other values in some fields of a refused form, as a browser would send them."""
    data: Any = copy(form.data)
    for name, value in values.items():
        several = value if isinstance(value, list) else [value] if value else []
        data.setlist(form.add_prefix(name), several)
    form.data = data


def values_of(form: forms.BaseForm) -> dict[str, Any]:
    """Return what was typed, without the kit's hidden fields."""
    given = form.values() if hasattr(form, "values") else form.cleaned_data
    return {name: value for name, value in given.items() if name not in GUARDS}


def fill_faulted(form: forms.BaseForm) -> None:
    """Give the fields that have a fault their empty value, so that the operation can judge the others."""
    for name in form.errors.keys() & form.fields.keys():
        field = form.fields[name]
        nothing: list[str] | str | None = None
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            nothing = [] if isinstance(field, forms.MultipleChoiceField) else ""
        form.cleaned_data.setdefault(name, getattr(field, "empty_value", nothing))


def take_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show what an operation refused: at the fields it names, or else above the form. A fault of the form's own stands.

    ``follows`` of a form names fields whose faults follow from another field, and are left out if that one has a fault.
    """
    follows = getattr(form, "follows", {})
    for name, problems in sorted(by_field(error).items(), key=lambda each: each[0] in follows):
        if name not in form.errors and follows.get(name) not in form.errors:
            form.add_error(name if name in form.fields else None, problems)


class Fault(NamedTuple):
    """One error of a page: the field (empty: of the whole form), the id of its element, and the words."""

    label: str
    id: str
    words: str


def faults_of(form: forms.BaseForm, parts: Iterable[Any] = ()) -> list[Fault]:
    """Return every error of a form and of the further forms and formsets of its page, in the order of the page.

    ``title_of`` of a form says to which of several like parts a field belongs, "" if to none.
    """
    found = _faults(form)
    for part in parts:
        if not isinstance(part, BaseFormSet):
            found += _faults(part)
            continue
        found += [Fault("", "", str(words)) for words in part.non_form_errors()] if part.is_bound else []
        for number, each in enumerate(part.forms, start=1):
            title = part.title_of(number) if hasattr(part, "title_of") else str(number)
            found += [
                Fault(f"{title} · {label}" if label else title, id or _first_id(each), words)
                for label, id, words in _faults(each)
            ]
    return found


def _faults(form: forms.BaseForm) -> list[Fault]:
    found = [Fault("", "", str(words)) for words in form.non_field_errors()]
    for field in form:
        address = field.id_for_label or f"{field.auto_id}_0"  # the first of several radio buttons
        title = form.title_of(field.name) if hasattr(form, "title_of") else ""
        asked = str(field.label).rstrip("?？")  # a colon follows
        label = f"{title} · {asked}" if title else asked
        found += [Fault(label, str(address), str(words)) for words in field.errors]
    return found


def _first_id(form: forms.BaseForm) -> str:
    return next((str(field.id_for_label or f"{field.auto_id}_0") for field in form.visible_fields()), "")
