"""Drawing inspections by lot: enterprises from a filter, officers of their station, and who must not meet whom."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour, KeyUnitClass
from enterprises.industries import industry_name, is_industry
from enterprises.pickers import industry_input, street_input
from enterprises.selectors import list_stations
from foundation.identifiers import compact
from foundation.lots.models import Draw
from foundation.lots.views.new import MOST_EXCUSED, PERSON, DueTerms, FindForm, NewDraw
from foundation.ui.forms import choices_of
from inspections import drawn_visits
from inspections.access import Permission
from inspections.planning.visits import away_today

PAIRS = 3  # of an officer and an enterprise that must not meet


class EnterprisesForm(FindForm):
    """Which enterprises of one station: by colour, industry, key unit, street."""

    station = forms.TypedChoiceField(label=_("Station"), coerce=int)
    colour = forms.ChoiceField(
        label=_("Colour"), required=False, choices=[("", _("Any colour")), *Colour.choices]
    )
    industry = forms.CharField(label=_("Industry"), required=False, max_length=20, widget=industry_input())
    key_unit = forms.ChoiceField(
        label=_("Key security unit"),
        required=False,
        choices=[
            ("", _("All")),
            ("yes", _("Key units")),
            ("no", _("Other enterprises")),
            (_("Class"), KeyUnitClass.choices),
        ],
    )
    street = forms.CharField(
        label=_("Street or township"), required=False, max_length=60, widget=street_input(free=False)
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.named = {each.pk: each.name for each in list_stations(self.actor)}
        choices_of(self, "station").choices = list(self.named.items())
        if len(self.named) == 1:
            self.fields["station"].widget = forms.HiddenInput()
            self.fields["station"].required = False

    def clean_station(self) -> int:
        given = self.cleaned_data["station"]
        return int(given) if given else next(iter(self.named))

    def clean_industry(self) -> str:
        code = compact(self.cleaned_data["industry"])
        if code and not is_industry(code):
            raise forms.ValidationError(_("This industry is not in GB/T 4754. Choose one from the list."))
        return code

    def stations(self) -> list[int]:
        return [self.cleaned_data["station"]]

    def criteria(self) -> dict[str, Any]:
        given = self.cleaned_data
        found = {"station": given["station"], "station_name": self.named[given["station"]]}
        if given["industry"]:
            found["industry_name"] = str(industry_name(given["industry"]))
        names = ("colour", "industry", "key_unit", "street")
        return found | {name: given[name] for name in names if given[name]}

    @classmethod
    def data_of(cls, criteria: Mapping[str, Any]) -> dict[str, Any]:
        return dict(criteria)


class VisitTerms(DueTerms):
    """By when the drawn enterprises are inspected, and pairs of officer and enterprise that must not meet."""

    time = dt.timedelta(days=30)
    field_order = ["take", "due_on", "reason"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for each in away_today(self.actor):
            words = _("%(kind)s, until %(day)s") % {"kind": each.get_kind_display(), "day": each.until_on}
            self.initial.setdefault(f"{PERSON}-{each.officer_id}", words)
        self.has_pairs = 0 < len(self.pool.entries) <= MOST_EXCUSED
        if not self.has_pairs:
            return
        people, entries = (
            [("", "–"), *((str(each.id), each.name) for each in members)]
            for members in (self.pool.people, self.pool.entries)
        )
        for number in range(PAIRS):
            self.fields[f"pair-{number}-officer"] = forms.ChoiceField(
                label=_("Officer"), required=False, choices=people
            )
            self.fields[f"pair-{number}-enterprise"] = forms.ChoiceField(
                label=_("must not inspect"), required=False, choices=entries
            )
            self.fields[f"pair-{number}-why"] = forms.CharField(
                label=_("Conflict of interest"), required=False, max_length=200
            )

    def begin_with(self, draw: Draw) -> None:
        super().begin_with(draw)
        for number, (person, entry, reason) in enumerate(draw.barred[:PAIRS]):
            parts = {"officer": str(person), "enterprise": str(entry), "why": reason}
            for part, value in parts.items():
                self.initial.setdefault(f"pair-{number}-{part}", value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(PAIRS if self.has_pairs else 0):
            parts = ("officer", "enterprise", "why")
            given = [cleaned.get(f"pair-{number}-{part}") for part in parts]
            if any(given) and not all(given):
                missing = parts[[bool(each) for each in given].index(False)]
                words = _("Officer, enterprise and reason belong together.")
                self.add_error(f"pair-{number}-{missing}", words)
        return cleaned

    def terms(self) -> dict[str, Any]:
        return {"due_on": self.cleaned_data["due_on"].isoformat()}

    def barred(self) -> Sequence[tuple[int, int, str]]:
        given, found = self.cleaned_data, []
        for number in range(PAIRS if self.has_pairs else 0):
            if person := given[f"pair-{number}-officer"]:
                enterprise, why = given[f"pair-{number}-enterprise"], given[f"pair-{number}-why"]
                found.append((int(person), int(enterprise), why))
        return found


class InspectionDraw(NewDraw):
    """Draw enterprises and officers by lot."""

    permission = Permission.DRAW_INSPECTIONS
    kind = drawn_visits.KIND
    find_class = EnterprisesForm
    form_class = VisitTerms
    nobody_text = _(
        "Widen the filter. What is on the register is drawn, unless it waits for an inspection by lot already."
    )

    def get_defaults(self) -> dict[str, Any]:
        return {"station": next(iter(sorted(self.actor.stations)), "")}
