"""Pages of obstructions of inspections."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facts.staff.changing import FactVoid
from facts.staff.forms import NewFactForm
from facts.staff.pages import FactPages, Tab
from facts.staff.views import FactCreate, FactRecord
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.ids import id_of
from foundation.ui.views import Button, Crumb
from foundation.words import Words
from inspections.access import Permission
from inspections.confirming import refusal_to_void
from inspections.lives import OBSTRUCTION_LIFE
from inspections.models import Inspection, Obstruction
from inspections.obstructing import OBSTRUCTION_WRITES, obstructed_inspection


class NewObstructionForm(NewFactForm):
    """A new obstruction; ``inspection_id`` is the inspection on whose page the link was."""

    inspection_id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"].widget = forms.Textarea(attrs={"rows": 3, "maxlength": 200})


class ObstructionCreate(FactCreate):
    """A new obstruction: of the inspection whose link leads here, or of one that did not come about."""

    @cached_property
    def inspection(self) -> Inspection | None:
        """The inspection whose link leads here."""
        return obstructed_inspection(self.actor, id_of(self.given("inspection")[:20]))

    def get_initial(self) -> dict[str, Any]:
        initial, inspection = super().get_initial(), self.inspection
        if inspection is None:
            return initial
        return initial | {"inspection_id": inspection.pk, "obstructed_on": inspection.inspected_on}

    def get_text(self) -> Words:
        if self.inspection is None:
            return super().get_text()
        return gettext("During this inspection: %(inspection)s") % {"inspection": self.inspection}

    def get_trail(self) -> list[Crumb]:
        if self.inspection is None:
            return super().get_trail()
        return [*super().get_trail(), Crumb(str(self.inspection), self.get_back_url())]

    def get_back_url(self) -> str:
        if self.inspection is None:
            return super().get_back_url()
        return reverse("inspections:inspection", args=[self.inspection.pk])


class ObstructionRecord(FactRecord):
    """An obstruction with a link to the inspection."""

    template_name = "inspections/about.html"
    record: Obstruction

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(about=self.get_about_record(), **context)
        if refusal_to_void(self.record):
            context["void_url"] = ""
        return context

    def get_by_another(self) -> dict[str, Any] | None:
        """Return what somebody else may do; nobody voids what was confirmed."""
        found = super().get_by_another()
        if found is None or not refusal_to_void(self.record):
            return found
        labels = [each for each in found["labels"] if each != gettext("Void")]
        return found | {"labels": labels} if labels else None

    def get_about_record(self) -> dict[str, Any] | None:
        """Return title and address of the inspection, for those who see inspections."""
        if self.record.inspection_id is None or not allows(self.actor, Permission.VIEW_INSPECTIONS):
            return None
        inspection = obstructed_inspection(self.actor, self.record.inspection_id)
        pages = FactPages.of_kind("inspection")
        if inspection is None or pages is None:
            return None
        return {
            "kind": inspection._meta.verbose_name,
            "record": inspection,
            "url": pages.url("detail", inspection.pk),
        }


class ObstructionVoid(FactVoid):
    """Voiding what nobody has confirmed."""

    record: Obstruction

    def get_refusal(self) -> Words:
        return super().get_refusal() or refusal_to_void(self.record)


class ObstructionPages(FactPages):
    """Obstructions of inspections: what officers met with, and what somebody else confirmed."""

    model, permission, icon, life = (
        Obstruction,
        Permission.VIEW_OBSTRUCTIONS,
        "barrier-block",
        OBSTRUCTION_LIFE,
    )
    prefix, noun, nouns = "obstructions/", "obstruction", "obstructions"
    tab = Tab("work", _("Obstructions"), order=4)
    writes = OBSTRUCTION_WRITES
    fields = ("kind", "obstructed_on", "what", "by_whom", "evidence", "note")
    correct_fields = shown = (
        *("kind", "obstructed_on", "what", "by_whom", "evidence"),
        *("confirmed_on", "withdrawn_on", "note"),
    )
    half = ("kind", "obstructed_on", "confirmed_on", "withdrawn_on")
    new_form = NewObstructionForm
    create_view, record_view, void_view = ObstructionCreate, ObstructionRecord, ObstructionVoid

    title = _("Obstructions of inspections")
    new_label = _("Record an obstruction")
    saved = _("It was recorded. Somebody else has to confirm it.")
    empty_title = _("No obstructions")
    empty_text = _("An obstruction counts in a rating once somebody else has confirmed it.")

    def summary(self, fact: Obstruction) -> dict[str, Any]:
        also = _("Withdrawal asked for") if fact.waits_for_withdrawal else ""
        return super().summary(fact) | {"also": also}


def obstruction_link(actor: Actor, inspection: Inspection) -> list[Button]:
    """Return a button to record that an inspection was obstructed."""
    if inspection.is_voided or not allows(actor, Permission.RECORD_OBSTRUCTIONS):
        return []
    page = ObstructionPages().url("create")
    url = f"{page}?enterprise={inspection.enterprise_id}&inspection={inspection.pk}"
    return [Button(_("Record an obstruction"), url, "barrier-block", dialog=False)]
