"""The form by which an inspection answers its checklists, and the choice of the enterprise before it."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.pickers import EnterpriseField
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.ids import id_of
from foundation.ui.forms import day_field, today_field
from inspections.checklists.answering import CLOSE, REMAINS, SEND_BACK, STILL, CheckSheet, Given, SeenAgain
from inspections.checklists.content import Answered, Content, ListKind, Question, Section
from inspections.choices import Conclusion, InspectionKind
from inspections.models import Hazard

LISTS, FORMER = "lists", "former"
OF_A_HAZARD = ("place", "due_on", "due_reason", "major", "on_the_spot")  # of a failed item
PER_ITEM = ("answer", "note", *OF_A_HAZARD)
AGAIN = "again-"  # begins the names of fields about hazards of before
LONGEST_REASON = 2000
LONGEST_LISTS = 400


class ChooseForm(forms.Form):
    """The enterprise that is inspected."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["enterprise"] = EnterpriseField(actor=actor, in_address=True)


@dataclass(frozen=True)
class Row:
    """An item on the page: its question, and its fields by name."""

    number: int
    question: Question
    hazard: str
    fields: Mapping[str, forms.BoundField]
    due: str
    due_major: str

    @property
    def is_failed(self) -> bool:
        return self.fields["answer"].value() == Answered.FAIL

    @property
    def errors(self) -> list[Any]:
        return [error for field in self.fields.values() for error in field.errors]


@dataclass(frozen=True)
class AgainRow:
    """A hazard of before on the page, with the acts that are possible and why others are not."""

    hazard: Hazard
    act: forms.BoundField
    reason: forms.BoundField
    refusal: str


class CheckingForm(forms.Form):
    """The answers to the items of one or more checklists, who inspected, and what it concludes.

    The fields of an item are named ``<field>-<code>``. ``due``: the deadline that is proposed for an item, ordinary or
    major. ``seen``: hazards of before, each with why it cannot be closed ("" if it can).
    """

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Kind"), choices=InspectionKind.choices)
    inspected_on = today_field(_("Inspected on"))
    officers = forms.TypedMultipleChoiceField(
        label=_("Officers"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    certificate_shown = forms.BooleanField(label=_("Certificate shown"), required=False)
    camera = forms.CharField(label=_("Body camera no."), max_length=40, required=False)
    camera_at = forms.TimeField(
        label=_("Recorded from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    left_reason = forms.CharField(
        label=_("Why critical items were left out"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    conclusion = forms.ChoiceField(
        label=_("Conclusion"),
        required=False,
        choices=[("", _("As follows from the findings")), *Conclusion.choices],
    )
    concluded_reason = forms.CharField(
        label=_("Why another conclusion"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stands on the record that the enterprise signs."),
    )
    lists = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    former = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_LISTS)

    def __init__(
        self,
        *args: Any,
        content: Content,
        officers: Sequence[User],
        due: Callable[[Question, bool], dt.date | None],
        seen: Sequence[tuple[Hazard, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.content, self.due, self.seen = content, due, seen
        chosen = self.fields["officers"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        chosen.choices = [(each.pk, each) for each in officers]
        self.here = {each.pk: (str(each), each.police_number) for each in officers}
        for question in content.questions:
            self.fields |= {
                f"{name}-{question.code}": field for name, field in self._fields_of(question).items()
            }
        for hazard, _why in seen:
            acts = [
                ("", ""),
                (CLOSE, pgettext_lazy("re-inspection", "Put right")),
                (SEND_BACK, _("Send back")),
                (STILL, _("Still not put right")),
            ]
            self.fields[f"{AGAIN}{hazard.pk}"] = forms.ChoiceField(
                label=str(hazard), choices=acts, required=False
            )
            self.fields[f"again_reason-{hazard.pk}"] = forms.CharField(
                label=_("What was seen"), max_length=LONGEST_REASON, required=False
            )

    def _fields_of(self, question: Question) -> dict[str, forms.Field]:
        options = [("", ""), *((each.value, each.label) for each in question.options)]
        named = f"{question.code} {question.words}"
        return {
            "answer": forms.ChoiceField(label=named, choices=options, required=False),
            "note": forms.CharField(label=_("Note"), max_length=2000, required=False),
            "place": forms.CharField(label=_("Place"), max_length=160, required=False),
            "due_on": day_field(
                _("To be rectified by"), required=False, initial=self.due(question, question.major)
            ),
            "due_reason": forms.CharField(
                label=_("Reason for another deadline or severity"), max_length=2000, required=False
            ),
            "major": forms.BooleanField(label=_("Major hazard"), required=False, initial=question.major),
            "on_the_spot": forms.BooleanField(label=_("Put right on the spot"), required=False),
        }

    # --- as the page shows it ---

    def sections(self) -> Iterator[tuple[Section, list[Row]]]:
        """Return the sections with their items, numbered through."""
        number = 0
        for section in self.content.sections:
            rows = []
            for question in section.questions:
                number += 1
                rows.append(
                    Row(
                        number,
                        question,
                        question.hazard_words,
                        {name: self[f"{name}-{question.code}"] for name in PER_ITEM},
                        str(self.due(question, False) or ""),
                        str(self.due(question, True) or ""),
                    )
                )
            yield section, rows

    def again(self) -> list[AgainRow]:
        """Return the hazards of before."""
        return [
            AgainRow(hazard, self[f"{AGAIN}{hazard.pk}"], self[f"again_reason-{hazard.pk}"], why)
            for hazard, why in self.seen
        ]

    def people(self) -> list[tuple[int, str, str, bool]]:
        """Return id, name and police number of each officer, and whether they are chosen."""
        chosen = {str(each) for each in self["officers"].value() or ()}
        return [(pk, name, number, str(pk) in chosen) for pk, (name, number) in self.here.items()]

    # --- as the operation takes it ---

    def values(self) -> dict[str, Any]:
        """Return the input as arguments of the operation."""
        data = self.cleaned_data
        fields = {name: data.get(name) for name in ("kind", "inspected_on")}
        return fields | {"note": data.get("note") or "", "sheet": self.sheet()}

    def sheet(self) -> CheckSheet:
        """Return what was answered. What has a fault counts as empty."""
        data = self.cleaned_data

        def said(name: str, code: Any) -> Any:
            return data.get(f"{name}-{code}") or ""

        answers = {
            code: Given(
                answer=said("answer", code),
                note=said("note", code),
                place=said("place", code),
                due_on=data.get(f"due_on-{code}"),
                due_reason=said("due_reason", code),
                major=bool(said("major", code)),
                on_the_spot=bool(said("on_the_spot", code)),
            )
            for code in self.content.by_code
            if said("answer", code) or said("note", code)
        }
        return CheckSheet(
            lists=read_lists(data.get(LISTS) or ""),
            answers=answers,
            officers=data.get("officers") or [],
            certificate_shown=bool(data.get("certificate_shown")),
            camera=data.get("camera") or "",
            camera_at=data.get("camera_at"),
            conclusion=data.get("conclusion") or "",
            concluded_reason=data.get("concluded_reason") or "",
            left_reason=data.get("left_reason") or "",
            again=self.seen_again(),
            former=read_lists(data.get(FORMER) or ""),
        )

    def seen_again(self) -> list[SeenAgain]:
        """Return what was said about hazards of before.

        Also about those that are not open any more since the page was shown: the operation says so, nothing is left out.
        """
        found = []
        for name, act in self.data.items():
            pk = id_of(name.removeprefix(AGAIN)) if name.startswith(AGAIN) else None
            if pk and act in (CLOSE, *REMAINS):
                reason = self.cleaned_data.get(f"again_reason-{pk}")
                if reason is None:
                    reason = (
                        str(self.data.get(f"again_reason-{pk}", ""))
                        .replace("\0", "")
                        .strip()[:LONGEST_REASON]
                    )
                found.append(SeenAgain(pk, act, reason))
        return found

    def title_of(self, name: str) -> str:
        """Return of which item or hazard of before a field is, for the summary of errors."""
        kind, _dash, key = name.partition("-")
        if kind == "again_reason":
            return str(self.fields[f"{AGAIN}{key}"].label)
        return key if kind in PER_ITEM and kind != "answer" else ""  # an answer is labelled with its item

    def field_of(self, name: str) -> str | None:
        """Return the field of this form for a fault of the operation; None: it stands above the form."""
        place, dot, field = name.rpartition(".")  # a code may have dots, too
        if not dot:
            return "officers" if name == "inspectors" else name if name in self.fields else None
        kind, _dash, key = place.partition("-")
        if kind == "again":
            found = f"again_reason-{key}" if field == "reason" else f"{AGAIN}{key}"
        else:
            field = {"description": "note"}.get(field, field)
            found = f"{field}-{key}" if field in PER_ITEM else f"answer-{key}"
        return found if found in self.fields else None


def write_lists(lists: Iterable[tuple[ListKind, int]]) -> str:
    """Return the versions of checklists as the form carries them."""
    return " ".join(f"{kind}:{number}" for kind, number in lists)


def read_said(data: Mapping[str, Any]) -> dict[str, Given]:
    """Return answers and notes as they were sent, by the code of the item, whatever the form asks by now."""
    codes = [name.partition("-")[2] for name in data if name.startswith(("answer-", "note-"))]
    return {
        code: Given(answer=data.get(f"answer-{code}") or "", note=data.get(f"note-{code}") or "")
        for code in codes
    }


def read_lists(text: str) -> list[tuple[ListKind, int]]:
    """Return the versions that a form carries; what no page of ours wrote is left out."""
    found = []
    for each in text.split():
        kind, _colon, number = each.partition(":")
        if kind in ListKind.values and (known := id_of(number)):
            found.append((ListKind(kind), known))
    return found
