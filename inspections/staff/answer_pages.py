"""Pages of what an enterprise does about a hazard: submitting it with words and photos, asking for an extension.

An officer enters the same from paper or a call, with a photo of it.
"""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.attachments import list_attachments
from facts.models import Attachment
from facts.staff.changing import FactAct
from facts.staff.files import AnswersScript, FileAdd, attach_all, files_field
from foundation.ui.forms import day_field
from foundation.words import Words, listed
from inspections import operations, selectors
from inspections.access import Permission
from inspections.answers import request_of
from inspections.models import Hazard, Submission

MOST_DECLARED = 40_000  # characters of the list of files


class Drawn(forms.CheckboxSelectMultiple):
    """Boxes that the page draws itself, beside the pictures."""

    is_hidden = True

    def render(self, *args: Any, **options: Any) -> SafeString:
        return SafeString("")


class OfEnterprise(FactAct):
    """An act of the enterprise, with files if it is a page of its own."""

    template_name = "inspections/answer.html"
    in_dialog = False
    record: Hazard

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if not self.request.htmx:
            form.fields["file"] = files_field(self.get_files_label(), required=False)
        return form

    def get_files_label(self) -> Words:
        return _("Photo of the paper, or other files") if self.actor.is_police else _("Photos or files")

    def take_files(self, values: dict[str, Any]) -> list[Attachment]:
        """Add the files of the form to the record. What is on paper is neither before nor after."""
        shows = "" if self.actor.is_police else Attachment.Shows.PUT_RIGHT
        return attach_all(self, values.pop("file", None) or [], shows, permission=Permission.RECORD_HAZARDS)


class AskExtension(OfEnterprise):
    """Asking for a later deadline, with its reason."""

    def take_files(self, values: dict[str, Any]) -> list[Attachment]:
        given = values.pop("file", None) or []
        return attach_all(self, given, permission=Permission.RECORD_HAZARDS)

    def perform(self, form: BaseForm) -> Hazard:
        values = self.values(form)
        self.take_files(values)
        asked: Hazard = operations.ask_extension(
            actor=self.actor, id=self.record.pk, version=self.version(form), **values
        )
        return asked


class AnswerExtension(FactAct):
    """Granting or refusing an extension, below what the enterprise asked for."""

    record: Hazard

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = request_of(self.actor, self.record)
        return super().get_context_data(before="inspections/_asked.html", asked=asked, **context)


class Submit(AnswersScript, OfEnterprise):
    """Submitting a hazard as rectified: words, the day and photos in one form.

    With scripts the photos are sent while the form is filled in, and the form names them with their digests. It may be
    sent before they have arrived; the answer then says which are missing, and counts when they are there.
    """

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if self.request.htmx:
            return form
        form.fields["declared"] = forms.CharField(
            required=False, max_length=MOST_DECLARED, widget=forms.HiddenInput({"id": False})
        )
        if self.actor.is_enterprise:
            form.fields["put_right_on"] = day_field(
                gettext_lazy("Put right on"), required=False, initial=timezone.localdate
            )
            if self.kept_before:
                form.fields["reason"].initial = self.kept_before.note
                form.fields["put_right_on"].initial = self.kept_before.put_right_on
            form.fields["arrived"] = forms.MultipleChoiceField(
                required=False,
                choices=[(each.received_sha256, each.name) for each in self.arrived],
                initial=[each.received_sha256 for each in self.arrived],
                widget=Drawn(),
            )
        first = [
            name for name in ("rectified_on", "submitted_by", "put_right_on", "reason") if name in form.fields
        ]
        form.order_fields(first)
        return form

    @property
    def kept_before(self) -> Submission | None:
        """What the enterprise withdrew, or sent and is not complete: its words are offered again."""
        last = next(iter(self.record.submissions), None)
        return last if last and not last.is_in_force and not last.entered_by else None

    @property
    def arrived(self) -> list[Attachment]:
        """The files of the enterprise that belong to no answer yet."""
        held = self.record.held_files()
        return [
            each
            for each in list_attachments(self.actor, self.record)
            if each.by_enterprise
            and not each.is_voided
            and each.received_sha256 not in held
            and each.shows != Attachment.Shows.FOUND
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_one_file and not self.other_role and self.act.is_done(self.record.state):
            return JsonResponse({"location": self.get_back_url()})
        return super().post(request, *args, **kwargs)

    def perform(self, form: BaseForm) -> Submission:
        values = self.values(form)
        added = self.take_files(values)
        arrived = set(values.pop("arrived", []))
        files = [
            {"name": each.name, "digest": each.received_sha256}
            for each in (*(each for each in self.arrived if each.received_sha256 in arrived), *added)
        ]
        return operations.submit_rectification(
            actor=self.actor,
            id=self.record.pk,
            version=self.version(form),
            note=values.pop("reason", ""),
            files=[*files, *_declared(values.pop("declared", ""))],
            **values,
        )

    def answer(self) -> dict[str, Any]:
        made: Submission = self.result
        if made.is_under_way:
            return {"missing": operations.missing_files(made)}
        messages.success(self.request, self.get_done_text())
        return {"location": self.get_success_url()}

    def get_done_text(self) -> Words:
        made: Submission = self.result
        if made.is_under_way:
            words = _("Not submitted yet. Missing: %(files)s.")
            return words % {"files": listed(operations.missing_files(made))}
        return super().get_done_text()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        setback = selectors.setbacks(self.actor, [self.record]).get(self.record.pk)
        arrived = self.arrived if self.actor.is_enterprise and not self.request.htmx else []
        return super().get_context_data(setback=setback, arrived=arrived, **context)


class AddFiles(FileAdd):
    """Adding files to a hazard. The last one that an answer waits for completes it."""

    def perform(self, form: Any) -> list[Attachment]:
        added = super().perform(form)
        self.completed = operations.complete_submission(actor=self.actor, id=self.record.pk)
        return added

    def answer(self) -> dict[str, Any]:
        submitted = {"submitted": self.get_back_url()} if self.completed else {}
        return super().answer() | submitted


def _declared(text: str) -> list[dict[str, str]]:
    """Return the files that the script names; what is no such list has none."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
