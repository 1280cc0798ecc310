"""The fields for industry, area, street and enterprise: pickers over text fields (:mod:`foundation.ui.pickers`)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from enterprises import areas, industries, selectors
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.identifiers import compact, readable
from foundation.ids import id_of
from foundation.ui.pickers import Choice, Named, PickerInput, names
from foundation.ui.templatetags.anqi import colour
from foundation.words import listed

STEP = " › "


def industry_choice(code: str) -> Choice:
    """Return an industry in words. A code that is not in the table keeps the words of what it stands under."""
    table = industries.table()
    above = STEP.join(industries.industry_name(each) for each in table.path(code))
    if code in table.names:
        return Choice(code, f"{code} {industries.industry_name(code)}", above, more=code in table.below)
    return Choice(code, code, STEP.join([_("Not in GB/T 4754-2017"), *([above] if above else [])]))


def area_choice(code: str) -> Choice:
    """Return an administrative area in words, also a former one."""
    table = areas.table()
    if code in table.names:
        return Choice(code, areas.area_name(code), code, more=code in table.below)
    if name := areas.area_name(code):
        note = _("%(code)s · until %(year)s") % {"code": code, "year": areas.until(code)}
        return Choice(code, name, note)
    return Choice(code, code, _("Not in GB/T 2260"))


def enterprise_choice(enterprise: Enterprise) -> Choice:
    """Return an enterprise with what tells it from others."""
    note = " · ".join(filter(None, [enterprise.credit_code or enterprise.external_id, enterprise.address]))
    return Choice(str(enterprise.pk), enterprise.name, note, mark=colour(enterprise.colour, "shape"))


def industries_named(values: Sequence[str]) -> list[Choice]:
    """Return the words of codes, however they are written."""
    return [Choice(**{**vars(industry_choice(compact(each))), "value": each}) for each in values]


def areas_named(values: Sequence[str]) -> list[Choice]:
    """Return the words of codes."""
    return [area_choice(each) for each in values]


def industry_input(**options: Any) -> PickerInput:
    """Return the widget for an industry."""
    own = {"placeholder": gettext_lazy("Word, pinyin or code")}
    return PickerInput("enterprises:pick_industry", industries_named, **{**own, **options})


def area_input(**options: Any) -> PickerInput:
    """Return the widget for an administrative area."""
    own = {"placeholder": gettext_lazy("Name, pinyin or code")}
    return PickerInput("enterprises:pick_area", areas_named, **{**own, **options})


def street_input(**options: Any) -> PickerInput:
    """Return the widget for a street or township: those in use, or a new one."""
    own = {"placeholder": gettext_lazy("Name or pinyin"), "free": True}
    return PickerInput("enterprises:pick_street", names, **{**own, **options})


def officers_input(**options: Any) -> PickerInput:
    """Return the widget for names of officers, separated by commas: those of the station, or others."""
    own = {"placeholder": gettext_lazy("Name or pinyin"), "several": True, "free": True}
    return PickerInput("enterprises:pick_officer", names, **{**own, **options})


def officer_input(named: Named, **options: Any) -> PickerInput:
    """Return the widget for officers by their ids: those of all stations of the actor."""
    own = {"placeholder": pgettext_lazy("person", "Name or pinyin"), "several": True}
    return PickerInput("enterprises:pick_liaison", named, **{**own, **options})


def officers_by_id(actor: Actor, values: Sequence[str]) -> list[Choice]:
    """Return the officers with these ids, of those the actor may choose from."""
    ids = [number for number in map(id_of, values) if number is not None]
    return officer_choices(actor, selectors.list_officers(actor).filter(pk__in=ids)) if ids else []


def officer_choices(actor: Actor, officers: Iterable[User]) -> list[Choice]:
    """Return officers; if the actor has several stations, with theirs, which tell namesakes apart."""
    found = list(officers)
    ids = [each.pk for each in found] if len(actor.stations) > 1 else []
    at = selectors.stations_of_officers(actor, ids) if ids else {}
    return [Choice(str(each.pk), str(each), listed(at.get(each.pk, ()))) for each in found]


class EnterpriseField(forms.Field):
    """One of the enterprises that the actor may see: its id, or a name or code that fits one alone."""

    default_error_messages = {
        "required": gettext_lazy("Type part of the enterprise's name, then choose it from the list."),
        "invalid": gettext_lazy("This enterprise is not on your register. Choose one from the list."),
        "several": gettext_lazy("Several enterprises match. Enter the full name or the credit code."),
    }

    def __init__(self, *, actor: Actor, in_address: bool = False, **options: Any) -> None:
        self.actor = actor
        widget = PickerInput(
            "enterprises:pick_enterprise",
            self.choices,
            placeholder=gettext_lazy("Name, initials or code"),
            in_address=in_address,
        )
        super().__init__(**{"label": gettext_lazy("Enterprise"), "widget": widget, **options})

    def choices(self, values: Sequence[str]) -> list[Choice]:
        """Return the words of ids, of those the actor may see."""
        return [enterprise_choice(each) for each in selectors.with_ids(self.actor, values)]

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Enterprise) else value

    def clean(self, value: Any) -> Enterprise | None:
        text = value if isinstance(value, Enterprise) else str(value or "").strip()
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if isinstance(text, Enterprise):
            return text
        if "\x00" in text or len(text) > 200:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        named = selectors.with_ids(self.actor, [text]) if id_of(text) is not None else []
        fits = named or list(selectors.list_enterprises(self.actor, text=text, register=selectors.ALL)[:2])
        code, name = compact(text), readable(text)
        exact = [each for each in fits if readable(each.name) == name or (code and each.credit_code == code)]
        found = exact or fits
        if len(found) > 1:
            raise ValidationError(self.error_messages["several"], code="several")
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found[0]
