"""Forms of facts: new records, corrections with a reason."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django import forms
from django.db.models import DecimalField
from django.utils.translation import gettext_lazy as _

from enterprises.pickers import EnterpriseField
from facts.models import Fact
from foundation.accounts.actors import Actor
from foundation.ui.forms import AmountField, OperationForm, ReasonForm, choices_of, day_field, reason_field

# fields of the form that are not part of the record
_FORM_ONLY = {"enterprise", "reason"}


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
            self.fields = {"enterprise": EnterpriseField(actor=actor, in_address=True), **self.fields}

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
    made = forms.modelform_factory(
        model,
        form=base,
        fields=list(fields),
        field_classes={
            name: AmountField for name in fields if isinstance(model._meta.get_field(name), DecimalField)
        },
    )
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
