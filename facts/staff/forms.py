"""Forms over facts: the enterprise picker, days, corrections with a reason, errors of operations at their fields."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.operations import FROM_A_FORM
from facts.selectors import enterprise_or_none, find_enterprises
from foundation.accounts.actors import Actor
from foundation.ids import LARGEST_VERSION
from foundation.ui.forms import DAY_FORMATS, DayInput

# typed by nobody as part of the record itself
_OF_THE_FORM = {"enterprise", "find", "form_key", "reason", "version"}


class EnterprisePicker(forms.Widget):
    """Search field over the register with the matches as radio buttons, so that big registers need no long list.

    Typing asks the page's own address with ``?find=`` (fact_pages answers). Without scripts the form itself brings
    the matches back.
    """

    template_name = "facts/_enterprise_picker.html"
    actor: Actor | None = None
    text = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.text = str(data.get("find") or "")[:100].replace("\x00", "")
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = value if isinstance(value, Enterprise) else enterprise_or_none(self.actor, value)
        found = find_enterprises(self.actor, self.text) if self.text.strip() and not chosen else []
        return context | {"chosen": chosen, "found": found, "text": self.text}


class EnterpriseField(forms.Field):
    """The enterprise a record is about, out of those the actor may see."""

    widget = EnterprisePicker
    default_error_messages = {
        "required": _("Choose the enterprise: type a part of its name, then pick it from the list."),
        "invalid": _("This enterprise is not in your register. Pick one from the list."),
    }

    def __init__(self, *, actor: Actor, **options: Any) -> None:
        super().__init__(label=_("Enterprise"), **options)
        self.actor = self.widget.actor = actor

    def clean(self, value: Any) -> Enterprise:
        if value in (None, ""):
            raise ValidationError(self.error_messages["required"], code="required")
        enterprise = value if isinstance(value, Enterprise) else enterprise_or_none(self.actor, value)
        if enterprise is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return enterprise


class FactForm(forms.ModelForm):
    """A record as typed. It checks what a field alone can tell; the operation checks the rest and has the last word.

    ``half`` are fields that stand two in a row. ``portal_fields`` is what an enterprise's people may fill in.
    """

    half: tuple[str, ...] = ()
    portal_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        if actor.is_enterprise and self.portal_fields:
            self.fields = {name: self.fields[name] for name in self.portal_fields}
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget, field.input_formats = DayInput(), DAY_FORMATS
                field.error_messages["invalid"] = _("Write the day as 2026-10-04.")
            elif isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
            elif isinstance(field, forms.TypedChoiceField) and not field.required:
                field.choices = [("", _("Not said yet")), *(pair for pair in field.choices if pair[0])]

    def _post_clean(self) -> None:
        """Leave the instance as it is: building and validating it is the operation's work."""

    def values(self) -> dict[str, Any]:
        """What was typed about the record itself, for the operation."""
        return {name: value for name, value in self.cleaned_data.items() if name not in _OF_THE_FORM}

    def take_errors(self, error: ValidationError) -> None:
        """Show what an operation refused: at the fields it names, else above the form."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, problems in by_field.items():
            self.add_error(name if name in self.fields else None, problems)


def new_key() -> str:
    return str(uuid.uuid4())


class NewFactForm(FactForm):
    """A new record: the enterprise first. For an enterprise's people it is their own.

    ``form_key`` is drawn once for each form that is shown, so that a form sent twice makes one record.
    """

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if not actor.is_enterprise:
            self.fields = {"enterprise": EnterpriseField(actor=actor), **self.fields}
        self.fields["form_key"] = forms.Field(widget=forms.HiddenInput, required=False, initial=new_key)

    def values(self) -> dict[str, Any]:
        """As typed, with the key of this form; a key that is none is left out."""
        try:
            key = uuid.UUID(str(self.cleaned_data.get("form_key") or ""))
        except ValueError:
            return super().values()
        return super().values() | {"external_key": f"{FROM_A_FORM}{key}"}

    @property
    def enterprise_id(self) -> int:
        return self.actor.enterprise_id or self.cleaned_data["enterprise"].pk


class Versioned(forms.Form):
    """Carries the version of the record that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION)
    take_errors = FactForm.take_errors

    def accept_version(self, version: int) -> None:
        """Let the next try start from the present version; what was typed stays."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class Reason(Versioned):
    """Why a record is voided."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the log together with your name."),
    )  # fmt: skip


class CorrectionForm(FactForm, Reason):
    """An existing record with a new content, the reason for it and the version that was shown."""


class ActForm(Versioned):
    """A step in the life of a record; the page adds the days, the reason or the answers the act needs."""

    def add_day(
        self, name: str, label: Any, *, initial: Any = timezone.localdate, help_text: Any = ""
    ) -> None:
        """One day; today unless another one is given, None for an empty field."""
        self.fields[name] = forms.DateField(
            label=label, widget=DayInput(), input_formats=DAY_FORMATS, help_text=help_text,
            initial=initial, error_messages={"invalid": _("Write the day as 2026-10-04.")},
        )  # fmt: skip

    def add_reason(self, *, required: bool, label: Any = None) -> None:
        self.fields["reason"] = forms.CharField(
            label=label or _("Reason"),
            max_length=1000,
            required=required,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def add_answer(self, name: str, label: Any, *, required: bool = False) -> None:
        """Yes or no; not known only where an answer is not required."""
        unsaid = [] if required else [("", _("Not known"))]
        self.fields[name] = forms.TypedChoiceField(
            label=label, required=required, choices=[*unsaid, ("true", _("Yes")), ("false", _("No"))],
            coerce=lambda value: value == "true", empty_value=None, widget=forms.RadioSelect, initial="" if unsaid else None,
            error_messages={"required": _("Choose yes or no.")},
        )  # fmt: skip
