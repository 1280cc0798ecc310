"""A small site on the kit: a list, a form for a new record, a record with edit, act and button, and their URLs.

The records are notes of stations, kept in memory, so that only the kit is tested and no app's operation.
"""

import itertools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import django_filters
import django_tables2
from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.urls import include, path, reverse

from config.urls import urlpatterns as the_real_ones
from foundation.accounts import access
from foundation.accounts.access import STATION_ROLES, StaleRecord, WrongState
from foundation.accounts.models import Bureau
from foundation.ui.forms import ReasonForm, reason_field, today_field
from foundation.ui.tables import Table
from foundation.ui.views import (
    ActPage,
    Button,
    ButtonPage,
    Compared,
    CreatePage,
    Crumb,
    EditPage,
    ListPage,
    RecordPage,
    ShownOnce,
)


class Permission(StrEnum):
    VIEW_NOTES = "notes:view"
    WRITE_NOTES = "notes:write"


access.register({Permission.VIEW_NOTES: access.POLICE_ROLES, Permission.WRITE_NOTES: STATION_ROLES})


@dataclass
class Note:
    """The record that the pages write."""

    pk: int
    words: str
    version: int = 1
    is_done: bool = False
    station_ids: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.words


@dataclass
class Store:
    """All notes, and how often each operation ran."""

    notes: dict[int, Note] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=itertools.count)

    def add(self, actor: Any, words: str) -> Note:
        note = Note(next(self.numbers) + 1, words, station_ids=actor.stations)
        self.notes[note.pk] = note
        return note


STORE = Store()


def write(actor: Any, note_id: int, version: int | None, **changes: Any) -> Note:
    """Write like an operation: refuse a stale version first, then a wrong state, then invalid values."""
    note = STORE.notes[note_id]
    STORE.calls.append("write")
    if version not in (None, note.version):
        raise StaleRecord("Quick Qian was quicker.")
    if note.is_done:
        raise WrongState("It is done already.")
    if changes.get("words") == "forbidden":
        raise ValidationError({"words": "Not this word."})
    if changes.get("words") == "nowhere":
        raise ValidationError({"column": "No field has this name."})
    for name, value in changes.items():
        setattr(note, name, value)
    note.version += 1
    return note


class NoteForm(forms.Form):
    words = forms.CharField(max_length=40)
    on = today_field("On", required=False)

    def __init__(self, *args: Any, instance: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if instance:
            self.initial["words"] = instance.words


class DoneForm(forms.Form):
    reason = reason_field(required=False)


class BureauFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="contains", label="Name")


class BureauTable(Table):
    name = django_tables2.Column()

    class Meta:
        order_by_field = "sort"


class Bureaus(ListPage):
    permission = Permission.VIEW_NOTES
    create_permission = Permission.WRITE_NOTES
    title = "All bureaus"
    filterset_class = BureauFilter
    table_class = BureauTable
    create_label = "New note"
    empty_title = "None yet"

    def get_queryset(self) -> Any:
        return Bureau.objects.order_by("pk")

    def get_create_url(self) -> str:
        return reverse("notes:create")


class PlainBureaus(Bureaus):
    template_name = "_stat.html"  # what is shown does not matter
    filterset_class = None
    table_class = None


class OneNote:
    """The note in the URL, if this actor's stations have it."""

    def find_record(self) -> Note:
        note = STORE.notes.get(self.kwargs["id"])
        if note is None or not set(note.station_ids) & set(self.actor.stations):
            raise ObjectDoesNotExist
        return note

    def get_back_url(self) -> str:
        return reverse("notes:record", args=[self.kwargs["id"]])


class NoteRecord(OneNote, RecordPage):
    permission = Permission.VIEW_NOTES
    template_name = "ui/act.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb("Notes", "/notes/")]

    def get_buttons(self) -> list[Button]:
        return [Button("Done", reverse("notes:done", args=[self.record.pk]))]


class NoteCreate(CreatePage):
    permission = Permission.WRITE_NOTES
    title = "A new note"
    form_class = NoteForm
    done_text = "Written down."

    def perform(self, form: Any) -> Note:
        STORE.calls.append("create")
        if form.cleaned_data["words"] == "crash":
            raise RuntimeError("a bug")
        if form.cleaned_data["words"] == "forbidden":
            raise ValidationError({"words": "Not this word."})
        return STORE.add(self.actor, self.values(form)["words"])

    def get_back_url(self) -> str:
        return "/notes/"

    def get_success_url(self) -> str:
        return reverse("notes:record", args=[self.result.pk])


class NoteShown(ShownOnce, NoteCreate):
    """Answers with a page that is shown once."""

    sent_text = "It was shown already."
    shown_template = "ui/act.html"

    def get_shown(self) -> dict[str, Any]:
        secret = f"the secret of {self.result}"
        if self.result.words == "shown wrongly":
            raise RuntimeError("a bug")
        return {"page_base": "base.html", "title": secret}


class NoteEdit(OneNote, EditPage):
    permission = Permission.WRITE_NOTES
    title = "Edit"
    form_class = NoteForm

    def perform(self, form: Any) -> Note:
        return write(self.actor, self.record.pk, self.version(form), words=self.values(form)["words"])

    def differences(self, form: Any) -> list[Any]:
        return [("words", self.record.words, form.cleaned_data["words"])]


class NoteMarked(NoteEdit):
    """Its version is a text, not a number; it leaves finding the differences to the kit."""

    differences = EditPage.differences

    def get_version(self) -> str:
        return f"mark-{self.record.version}"

    def perform(self, form: Any) -> Note:
        version = int(self.version(form).removeprefix("mark-"))
        return write(self.actor, self.record.pk, version, words=self.values(form)["words"])


class NoteCompared(OneNote, Compared):
    """Its operation takes no version."""

    permission = Permission.WRITE_NOTES
    title = "Edit"
    form_class = NoteForm

    def get_initial(self) -> dict[str, Any]:
        return {"words": self.record.words}

    def perform(self, form: Any) -> Note:
        return write(self.actor, self.record.pk, None, words=self.values(form)["words"])


class NoteDone(OneNote, ActPage):
    permission = Permission.WRITE_NOTES
    title = "Is it done?"
    form_class = ReasonForm
    done_text = "It is done."
    submit_label = "Done"

    def get_refusal(self) -> str:
        return "It is done already." if self.record.is_done else ""

    def perform(self, form: Any) -> Note:
        return write(self.actor, self.record.pk, self.version(form), is_done=True)


class NoteTouch(OneNote, ButtonPage):
    permission = Permission.WRITE_NOTES
    done_text = "Touched."

    def perform(self) -> None:
        write(self.actor, self.kwargs["id"], None)


class Undeclared(NoteCreate):
    permission: ClassVar[str] = ""


notes: list[Any] = [
    path("", Bureaus.as_view(), name="list"),
    path("plain/", PlainBureaus.as_view(), name="plain"),
    path("new/", NoteCreate.as_view(), name="create"),
    path("shown/", NoteShown.as_view(), name="shown"),
    path("undeclared/", Undeclared.as_view(), name="undeclared"),
    path("<int:id>/", NoteRecord.as_view(), name="record"),
    path("<int:id>/edit/", NoteEdit.as_view(), name="edit"),
    path("<int:id>/marked/", NoteMarked.as_view(), name="marked"),
    path("<int:id>/compared/", NoteCompared.as_view(), name="compared"),
    path("<int:id>/done/", NoteDone.as_view(), name="done"),
    path("<int:id>/touch/", NoteTouch.as_view(), name="touch"),
]
urlpatterns = [path("notes/", include((notes, "notes"))), *the_real_ones]
