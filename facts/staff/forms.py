"""Forms of facts: the enterprise picker, new records, corrections with a reason."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from facts.models import Fact
from facts.selectors import enterprise_or_none, find_enterprises
from foundation.accounts.actors import Actor
from foundation.ui.forms import OperationForm, ReasonForm, choices_of, day_field, reason_field

# fields of the form that are not part of the record
_FORM_ONLY = {"enterprise", "find", "reason"}


class EnterprisePicker(forms.Widget):
    """A search field over the register with the matches as radio buttons, because registers are too big for a list.

    Typing requests the page's own URL with ``?find=`` (FactCreate answers). Without JavaScript, submitting the form
    shows the matches.
    """

    template_name = "facts/_enterprise_picker.html"
    actor: Actor
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
    """A record's enterprise, one of those the actor may see."""

    widget = EnterprisePicker
    default_error_messages = {
        "required": _("Type part of the enterprise's name, then choose it from the list."),
        "invalid": _("This enterprise is not on your register. Choose one from the list."),
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


class FactForm(OperationForm):
    """A record as typed. The form checks single fields; the operation checks the rest and decides.

    ``half`` are fields shown two in a row. ``portal_fields`` are those that an enterprise's people fill in; by default
    all but the note.
    """

    half: tuple[str, ...] = ()
    portal_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        if actor.is_enterprise:
            # notes are internal to the police
            shown = self.portal_fields or [name for name in self.fields if name != "note"]
            asked = [name for name in self.fields if name in shown or name in _FORM_ONLY]
            self.fields = {name: self.fields[name] for name in sorted(asked, key=[*shown, *asked].index)}

    def values(self) -> dict[str, Any]:
        """Return the input for the record itself, as arguments of the operation."""
        return {name: value for name, value in self.cleaned_data.items() if name not in _FORM_ONLY}


class NewFactForm(FactForm):
    """A new record, with its enterprise first. For an enterprise's people it is their own."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if not actor.is_enterprise:
            self.fields = {"enterprise": EnterpriseField(actor=actor), **self.fields}

    @property
    def enterprise_id(self) -> int | None:
        """The id of the enterprise; None if none was chosen yet."""
        chosen = self.cleaned_data.get("enterprise")
        return self.actor.enterprise_id or (chosen.pk if chosen else None)


class CorrectionForm(FactForm, ReasonForm):
    """An existing record with new content, and the reason."""


Form = TypeVar("Form", bound=FactForm)


def form_of(
    base: type[Form],
    model: type[Fact],
    fields: Sequence[str],
    *,
    half: Sequence[str],
    portal_fields: Sequence[str],
) -> type[Form]:
    """Return the form of a kind: its fields, and what ``base`` adds to them."""
    made = forms.modelform_factory(model, form=base, fields=list(fields))
    assert issubclass(made, base)
    made.half, made.portal_fields = tuple(half), tuple(portal_fields)
    return made


class CorrectStepForm(forms.Form):
    """Which step, and the day on which it was, or that it never happened."""

    step = forms.TypedChoiceField(label=_("Step"), coerce=int, empty_value=None)
    on = day_field(_("It was on"), required=False)
    never = forms.BooleanField(label=_("It never happened"), required=False)
    reason = reason_field(help_text=_("It is kept in the audit log together with your name."))

    def __init__(self, *args: Any, steps: Sequence[tuple[int, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices_of(self, "step").choices = list(steps)
