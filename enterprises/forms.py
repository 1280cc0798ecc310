"""Forms of the register. They parse and present; the operations validate."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, LayoutObject, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BLANK_CHOICE_DASH
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from enterprises import selectors
from enterprises.choices import InactiveReason, KeyUnitClass, LiaisonKind, ProtectionLevel
from enterprises.models import Enterprise
from enterprises.operations.leaving import NO_MERGER
from enterprises.operations.register import EDITABLE
from enterprises.pickers import EnterpriseField, area_input, industry_input, street_input
from foundation.accounts.actors import Actor
from foundation.ui.forms import OperationForm, choices_of, reason_field, rows_of, today_field
from foundation.ui.pickers import PickerSelect
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


# What the page notices while somebody types
TWINS = HTML(
    """<div id="twins" aria-live="polite" hx-get="{% url 'enterprises:twins' %}" hx-include="#id_name, #id_credit_code, #id_address"
      hx-trigger="input delay:400ms from:#id_name, input delay:400ms from:#id_credit_code, change from:#id_address"
      hx-swap="innerHTML" hx-sync="this:replace" data-steady></div>"""
)
PLACE = HTML(
    """<div id="place" aria-live="polite" hx-get="{% url 'enterprises:read_address' %}" hx-include="#id_address"
      hx-trigger="input delay:500ms from:#id_address, change from:#id_address" hx-swap="innerHTML" hx-sync="this:replace" data-steady></div>"""
)


class Later(LayoutObject):
    """Fields that can wait, folded away until they hold something or have a fault."""

    def __init__(self, title: Words, *fields: Any) -> None:
        self.title, self.fields = title, list(fields)

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        rows = self.get_rendered_fields(form, context, template_pack, **kwargs)
        names = [pointer.name for pointer in self.get_field_names()]
        is_open = any(form[name].errors or form[name].value() for name in names)
        template = '<details class="later"{}><summary>{}</summary>{}</details>'
        return format_html(template, mark_safe(" open") if is_open else "", self.title, rows)


LOCATION = ("address", PLACE, _row("division_code", "street"))
PEOPLE = (
    _row("legal_representative", "responsible_person"),
    _row("security_chief", "headcount"),
    _row("phone"),
)


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
        *LOCATION,
        Title(_("Responsible people")),
        *PEOPLE,
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
            "industry_code": industry_input(),
            "division_code": area_input(),
            "street": street_input(beside="division_code"),
        }
        help_texts = {
            "credit_code": _("18 characters. The last one is a check character."),
            "industry_code": _("GB/T 4754: a word or a code, such as C3670."),
            "division_code": _("GB/T 2260: a name or a code, such as 110105."),
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
        "name",
        _row("credit_code", "site"),
        TWINS,
        _row("since", "registered_on"),
        *LOCATION,
        _row("industry_code"),
        Later(
            _("More about it, now or later"),
            _row("category"),
            *PEOPLE,
            _row("key_unit_class", "protection_level"),
            Field("dangerous_goods"),
        ),
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

    def __init__(self, *args: Any, actor: Actor, station_id: int | None, **options: Any) -> None:
        """``station_id``: where the enterprise is now; None for several, which may be with different stations."""
        super().__init__(*args, **options)
        rows_of(self, "to_station").queryset = selectors.other_stations(actor, station_id or 0)


class InactivityForm(forms.Form):
    """Whether suspended, closed or merged, from which day, and why."""

    kind = forms.ChoiceField(label=_("State"), choices=InactiveReason.choices, widget=forms.RadioSelect())
    from_on = today_field(_("From"))
    reason = reason_field(
        max_length=2000,
        help_text=_("The enterprise reads this. Say what must happen before it can be put back."),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        reason = self.fields.pop("reason")
        self.fields["merged_into"] = EnterpriseField(
            actor=actor,
            label=_("Merged into"),
            required=False,
            help_text=_("Only for a merger: the enterprise it merged into."),
            error_messages={"invalid": _("No enterprise on the register matches.")},
        )
        self.fields["reason"] = reason

    def clean_merged_into(self) -> Enterprise | None:
        """Accept one only for a merger."""
        found = self.cleaned_data["merged_into"]
        kind = self.cleaned_data.get("kind")
        if found and kind and kind != InactiveReason.MERGED:
            raise ValidationError(NO_MERGER)
        return found if kind else None


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
        label=_("Officer"),
        queryset=None,
        required=False,
        empty_label=_("None (leave vacant)"),
        widget=PickerSelect(),
    )
    kind = forms.ChoiceField(label=_("Assigned as"), choices=LiaisonKind.choices, initial=LiaisonKind.MAIN)
    on = today_field(_("From"))

    def __init__(self, *args: Any, actor: Actor, station_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_of(self, "officer").queryset = selectors.list_officers(actor, station_id)


class LiaisonOfManyForm(LiaisonForm):
    """The same for many enterprises at once, which need an officer: no post becomes vacant by the dozen."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        officer = self.fields["officer"]
        officer.required = True
        rows_of(self, "officer").empty_label = str(_("Choose an officer"))


class KeyUnitClassForm(forms.Form):
    """The class of key unit that many enterprises get, or none."""

    NONE = "none"
    key_unit_class = forms.ChoiceField(label=_("Key unit class"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        none = (self.NONE, _("Not a key unit"))
        choices_of(self, "key_unit_class").choices = [*BLANK_CHOICE_DASH, *KeyUnitClass.choices, none]
