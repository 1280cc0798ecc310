"""Pages of findings of forgery."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facts.doubting import kept_at
from facts.staff.changing import FactVoid
from facts.staff.forms import NewFactForm
from facts.staff.pages import FactPages, Tab
from facts.staff.views import FactCreate, FactRecord
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model
from foundation.words import Words
from inspections.access import Permission
from inspections.choices import ForgedKind
from inspections.confirming import refusal_to_void
from inspections.forging import FORGERY_WRITES, about_in, about_of, forgeries_about
from inspections.lives import FORGERY_LIFE
from inspections.models import Forgery, Hazard
from inspections.staff.panels import panel


class NewForgeryForm(NewFactForm):
    """A new finding; ``about`` names the record and the file on whose page the link was."""

    about = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)


class ForgeryCreate(FactCreate):
    """A new finding, about the record or the photo whose link leads here, or about neither."""

    def get_initial(self) -> dict[str, Any]:
        initial, named = super().get_initial(), self.given("about")[:80]
        about = about_in(self.actor, named) if named else None
        if about is None:
            return initial
        what, kind = str(about.record), ForgedKind.LEDGER
        if about.file:
            what = f"{what}: {about.file.name}"
            kind = ForgedKind.PHOTO
        return initial | {"about": named, "kind": kind, "what": what[:200]}


class ForgeryRecord(FactRecord):
    """A finding, with a link to what it is about, and the request to withdraw it."""

    template_name = "inspections/about.html"
    record: Forgery

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
        """Return title and address of the record that it is about, and of its file."""
        forgery, pages = self.record, FactPages.of_kind(self.record.about_kind)
        if pages is None or not allows(self.actor, pages.permission):
            return None
        about = about_of(self.actor, forgery.about_kind, forgery.about_id, forgery.about_file)
        if about is None:
            return None
        file = about.file
        return {
            "kind": about.record._meta.verbose_name,
            "record": about.record,
            "url": pages.url("detail", about.record.pk),
            "file": file,
            "file_url": pages.url("file", about.record.pk, file.pk) if file and not file.is_voided else "",
        }


class ForgeryVoid(FactVoid):
    """Voiding what nobody has confirmed."""

    record: Forgery

    def get_refusal(self) -> Words:
        return super().get_refusal() or refusal_to_void(self.record)


class ForgeryPages(FactPages):
    """Findings of forgery: what looks forged, and what somebody else confirmed."""

    model, permission, icon, life = Forgery, Permission.VIEW_FORGERIES, "file-alert", FORGERY_LIFE
    prefix, noun, nouns = "forgeries/", "forgery", "forgeries"
    tab = Tab("work", _("Forgery"), order=3)
    writes = FORGERY_WRITES
    fields = ("kind", "found_on", "what", "note")
    correct_fields = shown = ("kind", "found_on", "what", "confirmed_on", "withdrawn_on", "note")
    half = ("kind", "found_on", "confirmed_on", "withdrawn_on")
    new_form = NewForgeryForm
    create_view, record_view, void_view = ForgeryCreate, ForgeryRecord, ForgeryVoid

    title = _("Forgery")
    new_label = _("Record a forgery")
    saved = _("It was recorded. Somebody else has to confirm it.")
    empty_title = _("No findings of forgery")
    empty_text = _("A finding counts in a rating once somebody else has confirmed it.")

    def summary(self, fact: Forgery) -> dict[str, Any]:
        also = _("Withdrawal asked for") if fact.waits_for_withdrawal else ""
        return super().summary(fact) | {"also": also}


kept_at("inspections:forgery_create", Permission.RECORD_FORGERIES)


@panel("inspections/_forgeries.html")
def _of_hazard(actor: Actor, hazard: Hazard, _log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    if hazard.has_forgeries is False:
        return None
    found = forgeries_about(actor, hazard, kind_of_model(Hazard).code)
    return {"forgeries": [(each, FORGERY_LIFE.tone(each.state)) for each in found]} if found else None
