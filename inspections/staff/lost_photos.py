"""The page on which somebody says that photos of an inspection will never come."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from facts.staff.views import OfFact
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage
from foundation.words import Words
from inspections.access import Permission
from inspections.field.losing import awaited_photos, lose_photos, refusal_to_lose
from inspections.models import FieldPhoto, Inspection


class LostPhotosForm(ReasonForm):
    """Which photos, and why nobody waits for them any more."""

    photos = forms.MultipleChoiceField(label=_("Photos"), widget=forms.CheckboxSelectMultiple)
    field_order = ["photos", "reason"]


class PhotosLost(OfFact, ActPage):
    """End the waiting for photos, with a reason."""

    permission = Permission.RECORD_INSPECTIONS
    form_class = LostPhotosForm
    title = _("Photos will not come")
    text = _(
        "The record then says that they are lost, who said so and why. Nothing is deleted: a photo that arrives after"
        " all is added."
    )
    submit_label = _("Stop waiting")
    done_text = _("Nobody waits for these photos any more.")
    record: Inspection

    @cached_property
    def awaited(self) -> list[FieldPhoto]:
        return awaited_photos(self.actor, self.record)

    def get_version(self) -> None:
        return None  # it changes no field of the inspection, and which photos still wait is looked up when it is done

    def get_refusal(self) -> Words:
        return refusal_to_lose(self.actor, self.record)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"photos": [str(each.pk) for each in self.awaited]}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        form.fields["photos"].choices = [(str(each.pk), str(each)) for each in self.awaited]  # type: ignore[attr-defined]  # its own field
        return form

    def perform(self, form: BaseForm) -> Inspection:
        values = self.values(form)
        chosen = [int(each) for each in values["photos"]]
        lose_photos(actor=self.actor, id=self.record.pk, photos=chosen, reason=values["reason"])
        return self.record
