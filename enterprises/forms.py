"""Forms of the register. They parse and present; the operations validate."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BLANK_CHOICE_DASH
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises import selectors
from enterprises.choices import InactiveReason, KeyUnitClass, LiaisonKind, ProtectionLevel
from enterprises.models import Enterprise
from enterprises.operations.custody import NO_MERGER
from enterprises.operations.register import EDITABLE
from foundation.accounts.actors import Actor
from foundation.identifiers import compact, readable
from foundation.ids import LARGEST_ID, id_of
from foundation.ui.forms import OperationForm, choices_of, reason_field, rows_of, today_field
from foundation.words import Words

REASON: dict[str, Any] = {"max_length": 2000, "help_text": _("It is kept in the audit log.")}


class Title(HTML):
    """A heading between groups of fields, translated when rendered."""

    def __init__(self, title: Words) -> None:
        super().__init__("")
        self.title = title

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        return format_html('<h2 class="section-title mt-3 mb-2">{}</h2>', self.title)


def _row(*names: str) -> Row:
    return Row(*(Column(name, css_class="col-sm-6") for name in names))


class EnterpriseForm(OperationForm):
    """An entry of the register."""

    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        Title(_("Basic information")),
        "name",
        _row("credit_code", "site"),
        _row("industry_code", "category"),
        Title(_("Location")),
        "address",
        _row("division_code", "phone"),
        Title(_("Responsible people")),
        _row("legal_representative", "responsible_person"),
        _row("security_chief", "headcount"),
        Title(_("Supervision")),
        _row("key_unit_class", "protection_level"),
        _row("registered_on"),
        Field("dangerous_goods"),
    )

    class Meta:
        model = Enterprise
        fields = EDITABLE
        widgets = {
            "credit_code": forms.TextInput({"autocapitalize": "characters", "spellcheck": "false"}),
            "headcount": forms.NumberInput({"inputmode": "numeric"}),
            "phone": forms.TelInput(),
        }
        help_texts = {
            "credit_code": _("18 characters. The last one is a check character."),
            "industry_code": _("A letter and up to four digits, such as C3670 (GB/T 4754)."),
            "division_code": _("By GB/T 2260, such as 110105."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # a blank choice, because most enterprises are not key security units
        choices_of(self, "key_unit_class").choices = [*BLANK_CHOICE_DASH, *KeyUnitClass.choices]
        choices_of(self, "protection_level").choices = [*BLANK_CHOICE_DASH, *ProtectionLevel.choices]


class NewEnterpriseForm(EnterpriseForm):
    """A new entry. It asks since when: always is an answer, but none is not; from today on costs the first quarter."""

    ALWAYS, SINCE = "always", "since"
    since = forms.ChoiceField(
        label=_("On the register"),
        choices=[
            (ALWAYS, _("Always")),
            (SINCE, _("Since a certain day")),
        ],
        widget=forms.RadioSelect(),
        help_text=_(
            "Always: every quarter counts. Since a day: only what comes after it. The day on which you enter it is rarely right."
        ),
        error_messages={"required": _("Say since when it has been on the register, or that it always was.")},
    )
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        *EnterpriseForm.helper.layout.fields[:-2],
        _row("since", "registered_on"),
        *EnterpriseForm.helper.layout.fields[-1:],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["registered_on"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Combine the answer and the day."""
        cleaned = super().clean() or self.cleaned_data
        since, day = cleaned.get("since"), cleaned.get("registered_on")
        if since == self.SINCE and not day and "registered_on" not in self.errors:
            self.add_error("registered_on", _("Enter the day."))
        if since == self.ALWAYS and day:
            self.add_error("since", _("You also entered a day. Choose “since”, or clear the day."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the input as arguments of the operation."""
        return {name: value for name, value in self.cleaned_data.items() if name != "since"}


class HandOverForm(forms.Form):
    """The receiving station, the first day there, and the reason."""

    to_station: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Receiving station"), queryset=None, empty_label=_("Choose a station")
    )
    on = today_field(_("From"))
    reason = reason_field(**REASON)

    def __init__(self, *args: Any, actor: Actor, enterprise: Enterprise, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_of(self, "to_station").queryset = selectors.other_stations(actor, enterprise.station_id)


class InactivityForm(forms.Form):
    """Whether suspended, closed or merged, from which day, and why."""

    kind = forms.ChoiceField(label=_("State"), choices=InactiveReason.choices, widget=forms.RadioSelect())
    from_on = today_field(_("From"))
    merged_into = forms.CharField(
        label=_("Merged into"),
        required=False,
        max_length=200,
        help_text=_("Only for a merger: the name or credit code of the enterprise it merged into."),
    )
    reason = reason_field(
        max_length=2000,
        help_text=_("The enterprise reads this. Say what must happen before it can be put back."),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor

    def clean_merged_into(self) -> Enterprise | None:
        """Find by name or code the enterprise that it merged into."""
        wanted = self.cleaned_data["merged_into"]
        if not wanted or not self.cleaned_data.get("kind"):
            return None
        if self.cleaned_data["kind"] != InactiveReason.MERGED:
            raise ValidationError(NO_MERGER)
        fits = list(selectors.list_enterprises(self.actor, text=wanted)[:2])
        code, name = compact(wanted), readable(wanted)
        exact = [
            each for each in fits if readable(each.name) == name or (code and each.credit_code == code)
        ] or fits
        if not exact:
            raise ValidationError(_("No enterprise on the register matches."))
        if len(exact) > 1:
            raise ValidationError(_("Several enterprises match. Enter the full name or the credit code."))
        return exact[0]


class ReactivateForm(forms.Form):
    """From which day the enterprise is on the register again, and why."""

    on = today_field(_("Back on the register from"))
    reason = reason_field(**REASON)


class VoidInactivityForm(forms.Form):
    """Which time off the register was recorded by mistake, and why."""

    period = forms.TypedChoiceField(
        label=_("Period"), coerce=int, empty_value=None, widget=forms.RadioSelect()
    )
    reason = reason_field(**REASON)

    def __init__(self, *args: Any, periods: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices_of(self, "period").choices = list(periods)
        if periods:
            self.fields["period"].initial = periods[0][0]


class LiaisonForm(forms.Form):
    """The officer, main or deputy, and the first day. Without an officer the post is vacant."""

    officer: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Officer"), queryset=None, required=False, empty_label=_("None (leave vacant)")
    )
    kind = forms.ChoiceField(label=_("Assigned as"), choices=LiaisonKind.choices, initial=LiaisonKind.MAIN)
    on = today_field(_("From"))

    def __init__(self, *args: Any, actor: Actor, station_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_of(self, "officer").queryset = selectors.list_officers(actor, station_id)


class BulkLiaisonForm(forms.Form):
    """The enterprises ticked in the list, and the officer who becomes their liaison officer today."""

    enterprise = forms.TypedMultipleChoiceField(coerce=int)
    officer = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    kind = forms.ChoiceField(choices=LiaisonKind.choices, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        chosen = [value for value in data.getlist("enterprise") if id_of(value) is not None]
        choices_of(self, "enterprise").choices = [(value, value) for value in chosen]
