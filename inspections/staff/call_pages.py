"""Calling an enterprise about a hazard that nobody there has opened: whom, a text to send, and noting the call."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from facts.staff.views import SHOWN_ENTRIES, OfFact
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model
from foundation.ui.views import ActPage
from foundation.words import Words
from inspections.calling import ACT, calls_about, note_call, person_to_call, refusal_to_call, words_to_send
from inspections.models import Hazard, HazardCall
from inspections.staff.panels import panel


class CallForm(forms.Form):
    """With whom an officer spoke, and what was said."""

    spoke_with = forms.CharField(label=_("Spoke with"), max_length=80)
    said = forms.CharField(
        label=_("What was said"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Both sides read this on the hazard's page."),
    )


class HazardCallPage(OfFact, ActPage):
    """Noting a call. Above the form: name, telephone, and a text to copy."""

    form_class = CallForm
    title = _("Call the enterprise")
    submit_label = _("Note the call")
    done_text = _("The call was noted.")
    record: Hazard

    def get_initial(self) -> dict[str, Any]:
        return {"spoke_with": person_to_call(self.record.enterprise)}

    def get_version(self) -> None:
        """Return None: a call is a row beside the hazard."""

    def get_refusal(self) -> Words:
        return refusal_to_call(self.record)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        url = self.request.build_absolute_uri(self.get_back_url())
        return super().get_context_data(
            before="inspections/_call.html",
            person=person_to_call(self.record.enterprise),
            words=words_to_send(self.record, station=self.record.station.name, url=url),
            **context,
        )

    def perform(self, form: BaseForm) -> HazardCall:
        return note_call(actor=self.actor, id=self.record.pk, **self.values(form))


@panel("inspections/_calls.html")
def calls(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    """The calls that were noted, and for the police that nobody has opened it yet."""
    # each call has its entry, so most hazards need not be asked
    may_have = len(log) >= SHOWN_ENTRIES or any(
        each.action == kind_of_model(Hazard).action(ACT) for each in log
    )
    found = calls_about(hazard) if may_have else []
    waits = hazard.call_from_on if actor.is_police else None
    return {"calls": found, "waits": waits} if found or waits else None
