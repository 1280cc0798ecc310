"""What pages that issue a paper about a hazard share: the officers it names, and correcting one that is there."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from facts.staff.views import OfFact
from foundation.accounts.access import allows
from foundation.accounts.police_numbers import check_police_number
from foundation.identifiers import IdentifierFormField, compact
from foundation.ui.views import CreatePage, id_in
from foundation.words import Words, labelled
from inspections import orders
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import NO_LETTERHEAD
from papers.selectors import get_paper, letterhead_of

LEAST_OFFICERS = 2
MOST_OFFICERS = 30


class NumberInput(forms.TextInput):
    """A field for a police number that proposes those of colleagues; another one can be typed."""

    def __init__(self, list_id: str, numbers: Sequence[tuple[str, str]]) -> None:
        super().__init__({"list": list_id, "inputmode": "numeric"})
        self.list_id, self.numbers = list_id, numbers

    def render(self, *args: Any, **options: Any) -> SafeString:
        offered = format_html_join(
            "", '<option value="{}">{}</option>', ((number, name) for name, number in self.numbers)
        )
        shown = super().render(*args, **options)
        return format_html('{}<datalist id="{}">{}</datalist>', shown, self.list_id, offered)


class NamesOfficers(forms.Form):
    """A form that names officers, each with a police number."""

    def add_officers(self, numbers: Sequence[tuple[str, str]], *, only: int | None = None) -> None:
        """Add the fields of officers: name and police number; the first is required.

        There are at least two, and as many as the form's initial values or what was sent name, so that nobody is left out.
        ``numbers`` are name and police number of those who are proposed. ``only``: the names are the so many of the initial
        values, and not typed.
        """
        given = {**self.initial, **self.data}
        named = (number for number in range(1, MOST_OFFICERS + 1) if given.get(f"name_{number}"))
        most = max(LEAST_OFFICERS, *named, 0) if only is None else min(only, MOST_OFFICERS)
        for number in range(1, most + 1):
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Officer"), max_length=80, required=number == 1, disabled=only is not None
            )
            self.fields[f"number_{number}"] = IdentifierFormField(
                normalise=compact,
                validators=[check_police_number],
                label=_("Police number")
                if only is None
                else labelled(_("Police number"), given.get(f"name_{number}", "")),
                max_length=20,
                required=False,
                widget=NumberInput(f"police-numbers-{number}", numbers),
            )

    @property
    def officers(self) -> list[tuple[Any, Any]]:
        """The fields of each officer: name and police number; none for a paper that names no officers."""
        numbers = (number for number in range(1, MOST_OFFICERS + 1) if f"name_{number}" in self.fields)
        return [(self[f"name_{number}"], self[f"number_{number}"]) for number in numbers]


def named_in(officers: Sequence[orders.Officer]) -> dict[str, str]:
    """Return the values of those fields."""
    initial: dict[str, str] = {}
    for number, each in enumerate(officers[:MOST_OFFICERS], start=1):
        initial |= {f"name_{number}": each.name, f"number_{number}": each.number}
    return initial


def officers_in(given: Mapping[str, Any]) -> list[orders.Officer]:
    """Return the officers that were named in those fields."""
    return [
        orders.Officer(name, (given.get(f"number_{number}") or "").strip())
        for number in range(1, MOST_OFFICERS + 1)
        if (name := (given.get(f"name_{number}") or "").strip())
    ]


class IssuePage(OfFact, CreatePage):
    """Issue a paper about this hazard, or correct one. Leads to the paper."""

    permission = Permission.ISSUE_PAPERS
    key_is_stored = True
    issue_label: Words = ""  # of the button, unless it is a correction

    @cached_property
    def corrects(self) -> Paper | None:
        """The paper to correct. Raise Http404 if it is of another kind, or not about this hazard."""
        id = id_in(self.request, "corrects")
        if id is None:
            return None
        found = get_paper(self.actor, id)
        if not self.is_of_this_kind(found) or self.record.pk not in found.records.get(orders.KIND, ()):
            raise Http404("the paper is about something else")
        return found

    def is_of_this_kind(self, paper: Paper) -> bool:
        """Return whether this page issues papers like this one."""
        raise NotImplementedError

    def get_title_of_paper(self) -> Words:
        """Return what the paper is called that is issued here."""
        raise NotImplementedError

    def get_refusal(self) -> Words:
        """Return why no paper can be issued here."""
        raise NotImplementedError

    def get_title(self) -> Words:
        if self.corrects:
            return _("Correct %(number)s") % {"number": self.corrects}
        return self.get_title_of_paper()

    @property
    def submit_label(self) -> Words:  # type: ignore[override]
        return _("Issue the correction") if self.corrects else self.issue_label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("papers:paper", args=[self.result.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            corrects=self.corrects,
            no_letterhead="" if letterhead_of(self.actor.station_id) else NO_LETTERHEAD,
            may_fill_in=allows(self.actor, Permission.CHANGE_LETTERHEAD),
            **context,
        )
