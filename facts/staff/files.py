"""The photos and files of a record: adding them, showing one, taking one away.

Each address has the record in it and asks the record's own rule first. A browser keeps a picture only for itself and asks
again each time it shows it (``no-cache`` with the digest as ETag).
"""

from collections.abc import Iterable
from typing import Any

import structlog
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts import attachments
from facts.models import Attachment
from facts.operations import VOIDED
from facts.staff.shown_files import shows_first
from facts.staff.views import OfFact
from foundation.attachments import reading
from foundation.downloads import attachment as as_attachment
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, FormPage
from foundation.words import Words

logger = structlog.get_logger(__name__)
ONE_FILE = "X-Anqi-File"  # on requests of files.js, which sends one file each and is answered in JSON
SANDBOX = "default-src 'none'; sandbox"


class ManyFilesInput(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, chosen or taken with the camera."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        found = [super(ManyFilesField, self).clean(each, initial) for each in given or [None]]
        return [each for each in found if each]


def files_field(label: Words, *, required: bool = True) -> ManyFilesField:
    """Return a field for photos and files; files.js sends each by itself."""
    return ManyFilesField(
        label=label,
        required=required,
        help_text=gettext_lazy(
            "Photos (JPEG, PNG, WebP, HEIC), PDF, Word and Excel, up to 20 MB each. The place where a photo was taken is "
            "removed from it."
        ),
        widget=ManyFilesInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,image/heic,.heic,.pdf,.docx,.xlsx",
                "data-files": "",
                "data-most": reading.LARGEST,
            }
        ),
    )


class AddForm(forms.Form):
    """Photos and files, and of a hazard what they show."""

    shows = forms.ChoiceField(
        label=gettext_lazy("What the photos show"),
        choices=Attachment.Shows.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    file = files_field(gettext_lazy("Photos or files"))


class AnswersScript(FormPage):
    """Answers a request of files.js in JSON: what is wrong as ``errors``. Precedes the view of the form in the bases."""

    @property
    def is_one_file(self) -> bool:
        return ONE_FILE in self.request.headers

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_one_file and self.other_role:
            return JsonResponse({"errors": [self.other_role]}, status=409)
        return super().post(request, *args, **kwargs)

    def answer(self) -> dict[str, Any]:
        """Return what the script reads after success."""
        return {}

    def done(self) -> HttpResponse:
        return JsonResponse(self.answer()) if self.is_one_file else super().done()

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        if self.is_one_file:
            errors = [str(each) for found in form.errors.values() for each in found]
            return JsonResponse({"errors": errors}, status=422)
        return super().form_invalid(form)


def attach_all(
    page: OfFact, given: Iterable[Any], shows: str = "", *, permission: str = "", names: bool = True
) -> list[Attachment]:
    """Add the files of a form to the record of a page. Raise ValidationError at ``file``; ``names``: says of which."""
    added, faults = [], []
    for each in given:
        each.seek(0)  # a form with faults was tried out before
        try:
            added.append(
                attachments.attach(
                    actor=page.actor,
                    permission=permission or page.permission,
                    model=page.pages.model,
                    id=page.record.pk,
                    name=each.name,
                    data=each.read(reading.LARGEST + 1),
                    shows=shows,
                )
            )
        except ValidationError as error:
            faults += [
                _("%(file)s: %(why)s") % {"file": each.name, "why": why} if names else why
                for why in error.messages
            ]
    if faults:
        raise ValidationError({"file": faults})
    return added


class FileAdd(AnswersScript, OfFact, FormPage):
    """Adding photos and files: all of a request or none. With scripts each file is a request of its own."""

    form_class = AddForm
    template_name = "facts/add_files.html"
    title = gettext_lazy("Add photos or files")
    submit_label = gettext_lazy("Add")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"shows": shows_first(self.actor, self.record)}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if not self.pages.has_before_and_after:
            del form.fields["shows"]
        return form

    def perform(self, form: Any) -> list[Attachment]:
        return attach_all(
            self, form.cleaned_data["file"], form.cleaned_data.get("shows") or "", names=not self.is_one_file
        )

    def get_done_text(self) -> Words:
        return _("Added to the record.")

    def answer(self) -> dict[str, Any]:
        added = [
            {
                "id": each.pk,
                "sha256": each.sha256,
                "received": each.received_sha256,
                "void_url": self.pages.url("void-file", self.record.pk, each.pk),
            }
            for each in self.result
        ]
        return {"added": added}


class FileShow(OfFact):
    """One photo or file as it is kept, or with ``small`` its thumbnail."""

    small = False

    def find_file(self) -> Attachment:
        """Return the file in the URL. Raise Http404."""
        return attachments.get_attachment(self.actor, self.record, self.kwargs["file"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.find_file()
        if self.small and not found.is_picture:
            raise Http404("it is no picture")
        tag = f'"{found.sha256[:32]}{"-small" if self.small else ""}"'
        response: HttpResponse
        if tag in request.headers.get("If-None-Match", ""):
            response = HttpResponseNotModified()
        else:
            response = HttpResponse(self.read(found))
            response.headers["Content-Type"] = "image/jpeg" if self.small else found.content_type
            # pictures were written anew by us; anything else is only downloaded
            named = content_disposition_header(False, found.name) if found.is_picture else None
            response.headers["Content-Disposition"] = named or as_attachment(found.name)
            response.headers["Content-Security-Policy"] = SANDBOX
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def read(self, found: Attachment) -> bytes:
        """Return the bytes. Raise Http404, and tell the operator, if the disk has them no more."""
        try:
            with attachments.open_attachment(found, small=self.small) as stream:
                return stream.read()
        except FileNotFoundError as error:
            logger.error("file of a record is lost", attachment=found.pk, key=found.key)
            raise Http404("its bytes are lost") from error


class FileVoid(AnswersScript, OfFact, ActPage):
    """Taking a photo or file away, with a reason."""

    form_class = ReasonForm
    title = gettext_lazy("Take this file away?")
    text = gettext_lazy(
        "Nobody can open it any more. The record keeps saying that it was there, who took it away and why."
    )
    submit_label = gettext_lazy("Take it away")
    done_text = gettext_lazy("The file was taken away.")
    danger = True

    @cached_property
    def attachment(self) -> Attachment:
        return attachments.get_attachment(self.actor, self.record, self.kwargs["file"])

    def get_about(self) -> str:
        return f"{self.attachment} · {super().get_about()}"

    def get_refusal(self) -> Words:
        return (
            str(VOIDED)
            if self.record.is_voided
            else attachments.refusal_to_void(self.actor, self.record, self.attachment)
        )

    def perform(self, form: BaseForm) -> Attachment:
        return attachments.void_attachment(
            actor=self.actor,
            permission=self.permission,
            model=self.pages.model,
            id=self.record.pk,
            attachment_id=self.attachment.pk,
            reason=form.cleaned_data["reason"],
        )
