"""Drawing closed hazards to be re-checked, recording a re-check, and what a hazard's page shows of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.selectors import list_stations
from facts.staff.views import SHOWN_ENTRIES, OfFact
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.lots.views.new import DueTerms, FindForm, NewDraw
from foundation.ui.forms import choices_of, day_field, reason_field
from foundation.ui.pickers import PickerInput, names
from foundation.ui.views import ActPage, RecordForm
from foundation.words import Words
from inspections import rechecks
from inspections.access import Permission
from inspections.choices import RecheckOutcome, Severity
from inspections.deadlines import proposal
from inspections.models import Hazard, Recheck
from inspections.recheck_hand_over import hand_over_recheck, refuses_hand_over, takers
from inspections.staff.panels import panel

BACK = dt.timedelta(days=90)


class ClosedForm(FindForm):
    """Which closed hazards: of one station or all, closed when, how grave, which item."""

    station = forms.ChoiceField(label=_("Station"), required=False)
    since = day_field(_("Closed from"))
    until = day_field(_("Closed until"))
    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("All")), *Severity.choices]
    )
    item = forms.CharField(
        label=_("Item"),
        required=False,
        max_length=120,
        widget=PickerInput("inspections:pick_item", names, free=True, placeholder=_("Any")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.named = {each.pk: each.name for each in list_stations(self.actor)}
        if len(self.actor.stations) > 1:
            choices = [(str(pk), name) for pk, name in self.named.items()]
            choices_of(self, "station").choices = [("", _("All stations")), *choices]
        else:
            del self.fields["station"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return cleaned

    def stations(self) -> list[int]:
        chosen = self.cleaned_data.get("station")
        return [int(chosen)] if chosen else list(self.actor.stations)

    def criteria(self) -> dict[str, Any]:
        given = self.cleaned_data
        found: dict[str, Any] = {name: given[name].isoformat() for name in ("since", "until")}
        if given.get("station") or len(self.actor.stations) == 1:
            found["stations"] = self.stations()
            found["station_names"] = [self.named.get(each, "") for each in self.stations()]
        return found | {name: given[name] for name in ("severity", "item") if given[name]}

    @classmethod
    def data_of(cls, criteria: Mapping[str, Any]) -> dict[str, Any]:
        station = next(iter(criteria.get("stations") or []), "")
        return {**criteria, "station": str(station)}


class RecheckTerms(DueTerms):
    """Who goes there, and by when."""

    person = forms.TypedChoiceField(
        label=_("Who re-checks"),
        coerce=int,
        help_text=_("A hazard that this person accepted goes to somebody else."),
    )
    time = dt.timedelta(days=14)
    field_order = ["take", "person", "due_on", "reason"]

    def __init__(self, *args: Any, stations: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = dict(rechecks.persons(self.actor, stations))
        choices_of(self, "person").choices = list(self.known.items())

    def terms(self) -> dict[str, Any]:
        person = self.cleaned_data["person"]
        return {
            "person": person,
            "person_name": self.known[person],
            "due_on": self.cleaned_data["due_on"].isoformat(),
        }


class RecheckDraw(NewDraw):
    """Draw closed hazards by lot, to be re-checked."""

    permission = Permission.DRAW_RECHECKS
    kind = rechecks.KIND
    find_class = ClosedForm
    form_class = RecheckTerms

    def get_defaults(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"since": (today - BACK).isoformat(), "until": today.isoformat()}

    def get_form_kwargs(self) -> dict[str, Any]:
        stations = self.find.stations() if self.find.is_valid() else []
        return super().get_form_kwargs() | {"stations": stations}


class RecheckForm(forms.Form):
    """What a re-check found."""

    outcome = forms.ChoiceField(
        label=_("What you found"),
        choices=[
            (RecheckOutcome.RECTIFIED, _("It is still rectified")),
            (RecheckOutcome.AGAIN, _("It is not rectified: reopen it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what you found.")},
    )
    on = day_field(_("Re-checked on"), initial=timezone.localdate)
    note = reason_field(label=_("What you saw"), help_text=_("The enterprise reads this, with your name."))
    due_on = day_field(_("New deadline, if it is reopened"), required=False)


class RecheckPage(OfFact, RecordForm):
    """Recording the re-check of a closed hazard that was drawn by lot."""

    form_class = RecheckForm
    record: Hazard
    title = _("Re-check by lot")
    submit_label = _("Record the re-check")
    done_text = _("The re-check was recorded.")

    def get_refusal(self) -> Words:
        return rechecks.refuses_recheck(self.actor, self.record, rechecks.waiting_recheck(self.record))

    def get_text(self) -> Words:
        return f"{self.record} · {self.record.enterprise.name}"

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        is_major = self.record.severity is Severity.MAJOR
        proposed = proposal(self.actor, timezone.localdate(), is_major=is_major)
        form.fields["due_on"].initial, form.fields["due_on"].help_text = proposed.last_on, proposed.words
        return form

    def perform(self, form: BaseForm) -> Recheck:
        return rechecks.record_recheck(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


class HandOverForm(forms.Form):
    """Who re-checks it instead, and why."""

    to = forms.TypedChoiceField(label=_("Who re-checks"), coerce=int)
    reason = reason_field()


class RecheckHandOver(OfFact, ActPage):
    """Handing the re-check of a hazard over to another person."""

    form_class = HandOverForm
    record: Hazard
    title = _("Hand the re-check over")
    submit_label = _("Hand over")
    done_text = _("The re-check was handed over.")

    @cached_property
    def recheck(self) -> Recheck | None:
        return rechecks.waiting_recheck(self.record)

    def get_version(self) -> None:
        return None

    def get_refusal(self) -> Words:
        return refuses_hand_over(self.actor, self.recheck)

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        known = takers(self.actor, self.record, self.recheck) if self.recheck else []
        choices_of(form, "to").choices = known
        return form

    def perform(self, form: BaseForm) -> Recheck:
        return hand_over_recheck(actor=self.actor, id=self.record.pk, **self.values(form))


@panel("inspections/_rechecks.html")
def shown(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    """The re-checks that were drawn for it: for the police also one that waits, with the act."""
    if hazard.closed_on is None and len(log) < SHOWN_ENTRIES and not rechecks.says_rechecked(log):
        return None  # nothing was drawn of what never was closed
    found = rechecks.rechecks_shown(actor, hazard)
    waits = next((each for each in found if each.waits), None) if hazard.closed_on else None
    done = [each for each in found if not each.waits]
    if not (waits or done):
        return None
    # whether this reader accepted it is asked when they open the form
    return {
        "waits": waits,
        "done": done,
        "is_own": waits and waits.to_id == actor.user_id,
        "may_hand_over": waits and not refuses_hand_over(actor, waits),
    }
