"""The parties of a group from a sheet: a file, then every fault beside its row, then all are entered at once."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.generic import View

from disputes.access import Permission
from disputes.choices import PartyRole, Side
from disputes.models import Dispute
from disputes.people import parties, sheet
from disputes.people.masking import masked_identity, masked_name, masked_numbers, masked_phone
from facts.operations import VOIDED
from facts.staff.views import OfFact
from foundation.downloads import XLSX, private_file
from foundation.ui.forms import take_errors
from foundation.ui.views import CreatePage, Crumb, Page
from foundation.words import listed

SHOWN_GOOD = 5  # rows without a fault that the preview shows
SHOWN_WRONG = 60
SHOWN_LINES, SHOWN_TEXT = 10, 20  # of what is left out: lines of each cause, and characters


class SheetForm(forms.Form):
    """A file, and on which side its persons stand."""

    side = forms.ChoiceField(label=gettext_lazy("Side"), choices=Side.choices, initial=Side.APPLICANT)
    role = forms.ChoiceField(
        label=pgettext_lazy("of a party", "Role"), choices=PartyRole.choices, initial=PartyRole.WORKER
    )
    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        required=False,
        help_text=gettext_lazy(
            "One person a row. A column with the names; identity number, telephone and others if known."
        ),
    )
    rows = forms.CharField(required=False, widget=forms.HiddenInput)
    half = ("side", "role")


@dataclass(frozen=True)
class Cell:
    """A wrong cell of a row: what it holds, and why it is refused."""

    name: str
    field: str
    label: Any
    value: str
    why: str


@dataclass(frozen=True)
class Row:
    """A row of the preview, masked but for what is wrong in it."""

    number: int
    name: str
    identity: str
    phone: str
    wrong: tuple[Cell, ...] = ()


class PartySheet(OfFact, CreatePage):
    """Enter the persons of a sheet. One that is wrong is mended in its row or left out; nothing is lost meanwhile."""

    permission = Permission.RECORD_DISPUTES
    title = gettext_lazy("Parties from a sheet")
    submit_label = gettext_lazy("Check the file")
    template_name = "disputes/people/sheet.html"
    form_class = SheetForm
    record: Dispute
    wrong: dict[int, dict[str, list[str]]]
    people: sheet.Rows
    read: sheet.Read | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.wrong, self.people, self.read = {}, [], None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED)
        return super().get(request, *args, **kwargs)

    def get_trail(self) -> list[Crumb]:
        return super().get_trail()[:2]

    @property
    def whose(self) -> dict[str, int]:
        return {"dispute_id": self.record.pk, "user_id": self.actor.user_id}

    def entries(self, form: BaseForm) -> Any:
        return sheet.entries_of(self.people, side=form.cleaned_data["side"], role=form.cleaned_data["role"])

    @property
    def lines(self) -> list[int]:
        """The numbers of the rows in their sheet."""
        return [number for number, _cells in self.people]

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Show the preview of a file that was just chosen; enter the persons of one that was looked at."""
        upload = form.cleaned_data.get("file")
        try:
            if upload:
                self.read = self._without_those_there(sheet.read_people(upload), form)
                self.people = self.read.rows
            elif form.cleaned_data.get("rows"):
                self.people = sheet.mended(
                    sheet.carried_back(form.cleaned_data["rows"], **self.whose), self.request.POST.dict()
                )
            else:
                raise ValidationError({"file": _("Choose the file.")})
        except ValidationError as error:
            take_errors(form, error)
            return self.form_invalid(form)
        if not upload:
            return super().form_valid(form)
        self.wrong = parties.faults_of(self.actor, self.record, self.entries(form), self.lines)
        return self.render_to_response(self.get_context_data(form=form))

    def _without_those_there(self, found: sheet.Read, form: BaseForm) -> sheet.Read:
        """Leave out who is a party on that side already, and say so. Raise ValidationError if nobody is left."""
        entries = sheet.entries_of(found.rows, side=form.cleaned_data["side"], role=form.cleaned_data["role"])
        there = parties.already_there(self.actor, self.record, entries)
        if len(there) == len(found.rows):
            words = ngettext(
                "The one person of this file is a party already. Nothing was changed.",
                "All %(number)d of this file are parties already. Nothing was changed.",
                len(there),
            )
            raise ValidationError({"file": words % {"number": len(there)}})
        rows = [row for place, row in enumerate(found.rows) if place not in there]
        told = [(found.rows[place][0], sheet.THERE, "") for place in there]
        return replace(found, rows=rows, left_out=sorted([*found.left_out, *told]))

    def hash_of_input(self, form: BaseForm) -> str:
        mended = sorted((name, value) for name, value in self.request.POST.items() if name.startswith("row-"))
        return hashlib.sha256(f"{super().hash_of_input(form)}{mended}".encode()).hexdigest()

    def perform(self, form: BaseForm) -> Any:
        return parties.add_parties(
            actor=self.actor, dispute_id=self.record.pk, entries=self.entries(form), lines=self.lines
        )

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        if not isinstance(error, parties.WrongRows):
            super().take_errors(form, error)
            return
        self.wrong = {place: dict(found) for place, found in error.rows.items()}
        words = ngettext(
            "One row is still wrong. Mend it in the list, or leave it out.",
            "%(number)d rows are still wrong. Mend them in the list, or leave them out.",
            len(self.wrong),
        )
        form.add_error(None, words % {"number": len(self.wrong)})

    def get_done_text(self) -> str:
        number = len(self.result)
        return ngettext("One party was entered.", "%(number)d parties were entered.", number) % {
            "number": number
        }

    def get_success_url(self) -> str:
        return reverse("disputes:parties", args=[self.record.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = super().get_context_data(**context)
        if not self.people:
            return found
        shown = [self._row(place, *row) for place, row in enumerate(self.people)]
        wrong = [each for each in shown if each.wrong]
        good = [each for each in shown if not each.wrong]
        return found | {
            **self._not_read(),
            "carried": sheet.carried(self.people, **self.whose),
            "wrong": wrong[:SHOWN_WRONG],
            "more_wrong": max(len(wrong) - SHOWN_WRONG, 0),
            "good": good[:SHOWN_GOOD],
            "more_good": max(len(good) - SHOWN_GOOD, 0),
            "total": len(shown),
            "number_good": len(good),
            "number_wrong": len(wrong),
            "submit_label": _("Check again and enter")
            if wrong
            else ngettext("Enter %(number)d party", "Enter %(number)d parties", len(shown))
            % {"number": len(shown)},
        }

    def _not_read(self) -> dict[str, Any]:
        """Return what of the file is not entered: its other columns and sheets, and the lines that are no persons."""
        if self.read is None:
            return {}
        lines: dict[str, list[str]] = {}
        for number, why, text in self.read.left_out:
            shown_text = masked_numbers(text)[:SHOWN_TEXT]
            lines.setdefault(why, []).append(f"{number}（{shown_text}）" if text else str(number))
        shown = {
            str(sheet.WHY[why]): (len(found), listed(found[:SHOWN_LINES])) for why, found in lines.items()
        }
        return {
            "not_read": {"columns": listed(self.read.columns), "sheets": listed(self.read.sheets)},
            "left_out": [(why, count, text, count > SHOWN_LINES) for why, (count, text) in shown.items()],
        }

    def _row(self, place: int, number: int, cells: dict[str, str]) -> Row:
        faults = self.wrong.get(place, {})
        return Row(
            number,
            masked_name(cells.get("name", "")),
            masked_identity(cells.get("identity", "")),
            masked_phone(cells.get("phone", "")),
            tuple(
                Cell(
                    f"row-{number}-{name}",
                    name,
                    (sheet.LABELS | sheet.OWN).get(name, ""),
                    cells.get(name, ""),
                    " ".join(why),
                )
                for name, why in faults.items()
            ),
        )


class PartySheetTemplate(OfFact, Page, View):
    """An empty sheet to fill in."""

    permission = Permission.RECORD_DISPUTES

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.record  # 404 for a dispute that the actor does not see
        return private_file(sheet.template(), XLSX, f"{_('Parties')}.xlsx")
