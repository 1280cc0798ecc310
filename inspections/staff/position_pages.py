"""Key positions: the page of an enterprise's people, the acts, what a picker of places answers, and a hazard's panel."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from enterprises.models import Enterprise
from enterprises.selectors import get_enterprise, own_inactivity
from facts.staff.views import OfFact
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.file import address_of
from foundation.ids import id_of
from foundation.ui.forms import day_field
from foundation.ui.pickers import Choice, PickerInput, names
from foundation.ui.views import ActPage, ButtonPage, Crumb, OfRecord, Page, Picker
from foundation.words import Words
from inspections import positions
from inspections.access import Permission
from inspections.choices import PositionKind
from inspections.models import Hazard, KeyPosition
from inspections.staff.panels import panel

TITLE = gettext_lazy("Key positions")
TAB = "positions"  # of the enterprise file
MOST_FOUND = 12


def place_input(enterprise_id: int | None = None) -> PickerInput:
    """Return the widget for a place: one of the key positions, or other words. Without an id, of the enterprise chosen beside."""
    where: dict[str, Any] = {"beside": "enterprise"}
    if enterprise_id:
        where = {"at": (enterprise_id,)}
    source = "inspections:pick_place_at" if enterprise_id else "inspections:pick_place"
    hint = gettext_lazy("Key position, or other words")
    return PickerInput(source, names, free=True, placeholder=hint, **where)


def page_of(actor: Actor, enterprise_id: int) -> str:
    """Return the address of the page with the key positions of an enterprise."""
    return reverse("inspections:key_positions") if actor.is_enterprise else address_of(enterprise_id, TAB)


class PlacePicker(Picker):
    """The key positions in use at the enterprise in the URL, or the one chosen beside; of people of one, at their own."""

    permission = Permission.VIEW_KEY_POSITIONS

    @cached_property
    def enterprise_id(self) -> int | None:
        return self.actor.enterprise_id or id_of(self.request.GET.get("beside", ""))

    def find(self, text: str) -> list[Choice]:
        if not self.enterprise_id:
            return []
        found = positions.names_of_positions(self.actor, self.enterprise_id, text, most=MOST_FOUND)
        return [Choice(each.name, each.name, str(each.get_kind_display())) for each in found]

    def named(self, values: Sequence[str]) -> list[Choice]:
        """Return those that were picked before and are key positions here: a place of another enterprise is none."""
        if not self.enterprise_id:
            return []
        rows = positions.visible_positions(self.actor, self.enterprise_id).filter(ended_on=None)
        return names(list(rows.filter(name__in=values).values_list("name", flat=True)))


class PlacePickerAt(PlacePicker, OfRecord):
    """The same for an enterprise that is known."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.record  # noqa: B018  # 404 for one that the actor does not see, whatever is asked
        return super().get(request, *args, **kwargs)

    def find_record(self) -> Enterprise:
        return get_enterprise(self.actor, self.kwargs["enterprise_id"])

    @cached_property
    def enterprise_id(self) -> int:
        return int(self.record.pk)


class OwnKeyPositions(Page, TemplateView):
    """The key positions of the enterprise of its people."""

    permission = Permission.VIEW_OWN_KEY_POSITIONS
    title = TITLE
    template_name = "inspections/key_positions.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = shown_positions(self.actor, self.actor.enterprise_id)
        return super().get_context_data(**found, **context)


def shown_positions(actor: Actor, enterprise_id: int) -> dict[str, Any]:
    """Return what the list of an enterprise's key positions shows. One query, of an enterprise's people two."""
    may_manage = allows(actor, Permission.MANAGE_KEY_POSITIONS) and not own_inactivity(actor)
    found = positions.list_positions(actor, enterprise_id)
    return {
        "positions": found,
        "in_use": sum(each.ended_on is None for each in found),
        "may_manage": may_manage,
        "positions_of": enterprise_id,
    }


# --- acts -----------------------------------------------------------------------------------------------------------


class PositionForm(forms.Form):
    """What a key position is called, and what it is."""

    name = forms.CharField(
        label=pgettext_lazy("of a place", "Name"),
        max_length=160,
        help_text=gettext_lazy("As people there call it, for example: cashier's office, floor 2."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("Choose")), *PositionKind.choices]
    )


class KindForm(forms.Form):
    """What a key position is, whose name stands there."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("Choose")), *PositionKind.choices]
    )


class EndForm(forms.Form):
    """From which day it is no key position."""

    ended_on = day_field(
        gettext_lazy("No key position from"),
        initial=timezone.localdate,
        help_text=gettext_lazy("It stays with its hazards."),
    )


class KeyPositionAdd(ActPage):
    """Add a key position to an enterprise."""

    permission = Permission.MANAGE_KEY_POSITIONS
    form_class = PositionForm
    title = gettext_lazy("Add a key position")
    submit_label = gettext_lazy("Add")

    def find_record(self) -> Enterprise:
        return get_enterprise(self.actor, self.kwargs["enterprise_id"])

    def get_version(self) -> None:
        return None

    def get_back_url(self) -> str:
        return page_of(self.actor, self.record.pk)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE if self.actor.is_enterprise else self.record.name, self.get_back_url())]

    def perform(self, form: BaseForm) -> KeyPosition:
        return positions.add_key_position(actor=self.actor, enterprise_id=self.record.pk, **self.values(form))

    def get_done_text(self) -> str:
        return _("“%(name)s” is a key position.") % {"name": self.result.name}


class OfPosition(OfRecord):
    """An act on a key position; leads back to the list."""

    permission = Permission.MANAGE_KEY_POSITIONS

    def get_refusal(self) -> Words:
        return positions.ENDED if self.record.ended_on else ""

    def find_record(self) -> KeyPosition:
        return positions.get_position(self.actor, self.kwargs["id"])

    def get_about(self) -> str:
        name = str(self.record)
        return name if self.actor.is_enterprise else f"{name} · {self.record.enterprise.name}"

    def get_back_url(self) -> str:
        return page_of(self.actor, self.record.enterprise_id)

    def get_trail(self) -> list[Crumb]:
        first = TITLE if self.actor.is_enterprise else self.record.enterprise.name
        return [Crumb(first, self.get_back_url())]


class KeyPositionChange(OfPosition, ActPage):
    """Call a key position otherwise, or change its kind."""

    form_class = PositionForm
    title = gettext_lazy("Rename the key position")
    text = gettext_lazy("Its hazards stay with it and keep the words with which they were recorded.")
    done_text = gettext_lazy("The key position was changed.")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.record.name, "kind": self.record.kind}

    def perform(self, form: BaseForm) -> KeyPosition:
        return positions.change_key_position(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


class KeyPositionEnd(OfPosition, ActPage):
    """End a key position."""

    form_class = EndForm
    title = gettext_lazy("End the key position")
    submit_label = pgettext_lazy("key position", "End")
    done_text = gettext_lazy("The key position has ended. Its hazards still name it.")

    def perform(self, form: BaseForm) -> KeyPosition:
        return positions.end_key_position(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


class KeyPositionResume(OfPosition, ButtonPage):
    """Take the end of a key position back."""

    done_text = gettext_lazy("The key position is in use again.")

    def perform(self) -> KeyPosition:
        return positions.resume_key_position(actor=self.actor, id=self.record.pk)


class HazardPosition(OfFact, ActPage):
    """Make the place of a hazard a key position of its enterprise."""

    form_class = KindForm
    title = gettext_lazy("Make the place a key position")
    submit_label = gettext_lazy("Add")
    record: Hazard

    def get_version(self) -> None:
        return None

    def get_initial(self) -> dict[str, Any]:
        return {"kind": positions.kind_of_name(self.record.place)}

    def get_text(self) -> Words:
        words = _(
            "“%(place)s” becomes a key position. All hazards of the enterprise with this place belong to it then."
        )
        return words % {"place": self.record.place}

    def get_refusal(self) -> Words:
        return refusal_to_add(self.record)

    def perform(self, form: BaseForm) -> Model:
        return positions.add_key_position(
            actor=self.actor,
            enterprise_id=self.record.enterprise_id,
            name=self.record.place,
            **self.values(form),
        )

    def get_done_text(self) -> str:
        return _("“%(name)s” is a key position.") % {"name": self.result.name}


def refusal_to_add(hazard: Hazard) -> str:
    """Return why the place of a hazard does not become a key position; empty if it can."""
    if hazard.key_position_id:
        return _("Its place is a key position.")
    return "" if hazard.place and not hazard.is_voided else _("It has no place.")


@panel("inspections/_position.html")
def position(actor: Actor, hazard: Hazard, _log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    """The key position at which a hazard is, or the way to make its place one."""
    may_add = allows(actor, Permission.MANAGE_KEY_POSITIONS) and not refusal_to_add(hazard)
    found = positions.position_of(actor, hazard)
    if found is None and not may_add:
        return None
    return {"position": found, "may_add": may_add, "url": page_of(actor, hazard.enterprise_id)}
