"""Forms of the register. They shape and translate; what is right and wrong is the operations' to say."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enterprises import selectors
from enterprises.choices import InactiveReason, LiaisonKind
from enterprises.models import Enterprise
from enterprises.operations.register import EDITABLE
from foundation.accounts.actors import Actor
from foundation.ids import LARGEST_ID, LARGEST_VERSION, id_of
from foundation.ui.forms import day_field


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the log."),
    )


class ActForm(forms.Form):
    """A form whose fields are one operation's arguments; that operation's errors come back to the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def refuse(self, error: ValidationError) -> None:
        """Show an operation's error: at its fields where the form has them, else above."""
        for name, messages in getattr(error, "message_dict", {"": error.messages}).items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class EnterpriseForm(forms.ModelForm):
    """An entry of the register. ``version`` is the one that was opened; empty for a new entry."""

    version = forms.IntegerField(
        required=False, widget=forms.HiddenInput(), min_value=0, max_value=LARGEST_VERSION
    )
    registered_on = day_field(_("On the register since"), required=False, help_text=_("Empty: always."))

    class Meta:
        model = Enterprise
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credit_code"].widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}
        self.fields["headcount"].widget.attrs["inputmode"] = "numeric"
        self.fields["phone"].widget.input_type = "tel"
        self.fields["credit_code"].help_text = _("18 characters; the last one is checked.")
        self.fields["industry_code"].help_text = _("GB/T 4754: a letter and up to four digits, as C3670.")
        self.fields["division_code"].help_text = _("GB/T 2260: six digits.")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Title(_("Who it is")),
            "name",
            _row("credit_code", "site"),
            _row("industry_code", "category"),
            Title(_("Where it is")),
            "address",
            _row("division_code", "phone"),
            Title(_("Who answers for it")),
            _row("legal_representative", "responsible_person"),
            _row("security_chief", "headcount"),
            Title(_("What it needs of us")),
            _row("key_unit_class", "registered_on"),
            Field("dangerous_goods"),
        )

    refuse = ActForm.refuse

    def values(self) -> dict[str, Any]:
        """The operation's arguments."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    def clean_credit_code(self) -> str:
        return self.cleaned_data["credit_code"].strip().upper()

    def validate_unique(self) -> None:
        """Left to the operation, which also knows of enterprises that are invisible here."""

    def validate_constraints(self) -> None:
        """As validate_unique."""

    def _post_clean(self) -> None:
        """Nothing is written to the instance: it is what the person opened, the operation loads its own."""


class HandOverForm(ActForm):
    """To which station, from which day, why."""

    to_station = forms.ModelChoiceField(
        label=_("Receiving station"), queryset=None, empty_label=_("Choose a station")
    )
    on = day_field(_("From"), initial=timezone.localdate)
    reason = reason_field()

    def __init__(self, *args: Any, actor: Actor, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_station"].queryset = selectors.other_stations(actor, enterprise.station_id)


class InactivityForm(ActForm):
    """Suspended, closed or merged, from when, why."""

    kind = forms.ChoiceField(label=_("State"), choices=InactiveReason.choices, widget=forms.RadioSelect())
    from_on = day_field(_("From"), initial=timezone.localdate)
    merged_into = forms.CharField(
        label=_("Merged into"),
        required=False,
        max_length=200,
        help_text=_("Only when merged: the name or credit code of the enterprise it became part of."),
    )
    reason = reason_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        """Find the enterprise it merged into by name or code."""
        data = super().clean()
        data["merged_into_id"] = None
        wanted = (data.get("merged_into") or "").strip()
        if data.get("kind") == InactiveReason.MERGED and wanted:
            fits = list(selectors.list_enterprises(self.actor, text=wanted)[:2])
            exact = [each for each in fits if wanted in (each.name, each.credit_code)] or fits
            if len(exact) == 1:
                data["merged_into_id"] = exact[0].pk
            elif exact:
                self.add_error(
                    "merged_into", _("Several enterprises fit; write the whole name or the credit code.")
                )
            else:
                self.add_error("merged_into", _("No enterprise on the register fits."))
        return data


class ReactivateForm(ActForm):
    """From when it is on the register again, and why."""

    on = day_field(_("Back on the register from"), initial=timezone.localdate)
    reason = reason_field()


class LiaisonForm(ActForm):
    """Who, in which place, from when. An empty officer leaves the place vacant."""

    officer = forms.ModelChoiceField(
        label=_("Officer"), queryset=None, required=False, empty_label=_("Nobody (leave it vacant)")
    )
    kind = forms.ChoiceField(label=_("As"), choices=LiaisonKind.choices, initial=LiaisonKind.MAIN)
    on = day_field(_("From"), initial=timezone.localdate)

    def __init__(self, *args: Any, actor: Actor, station_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = selectors.list_officers(actor, station_id)


class BulkLiaisonForm(forms.Form):
    """The enterprises ticked in the list, and the officer they get as from today."""

    enterprise = forms.TypedMultipleChoiceField(coerce=int)
    officer = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    kind = forms.ChoiceField(choices=LiaisonKind.choices, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        chosen = [value for value in data.getlist("enterprise") if id_of(value) is not None]
        self.fields["enterprise"].choices = [(value, value) for value in chosen]


class Title(HTML):
    """A heading between groups of fields, translated when it is shown."""

    def __init__(self, title: Any) -> None:
        super().__init__("")
        self.title = title

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> str:
        return format_html('<h2 class="section-title mt-3 mb-2">{}</h2>', self.title)


def _row(*names: str) -> Row:
    return Row(*(Column(name, css_class="col-sm-6") for name in names))
