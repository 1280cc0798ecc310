"""Signing a recorded inspection on a device of the station or on paper, and the pictures of signatures."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import structlog
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.operations import VOIDED
from facts.staff.views import OfFact
from foundation.attachments.reading import LARGEST, too_large
from foundation.downloads import private_file
from foundation.faults import by_field
from foundation.ui.forms import take_errors
from foundation.ui.views import Page, SentOnce
from foundation.words import Words
from inspections import operations
from inspections.checklists.summary import corrected_since, sha256_of, summary_of
from inspections.choices import Conclusion, SigningSide, SigningWay
from inspections.models import Inspection, Signing
from inspections.signing import (
    CHANGED,
    SIGNATURES,
    SignatureGiven,
    SigningGiven,
    open_signature,
    open_signed_paper,
    signings_of,
)

logger = structlog.get_logger(__name__)
LONGEST_DRAWN = 700_000  # characters: a picture in base64
BEGINNING = "data:image/png;base64,"
LOST = gettext_lazy("This file is lost. Tell whoever runs Anqi.")


class SignForm(forms.Form):
    """A drawn signature of each officer (``picture_<n>``) and of the enterprise, or its refusal; or all of it on paper."""

    use_required_attribute = False

    way = forms.ChoiceField(
        label=gettext_lazy("How it is signed"),
        choices=[
            (SigningWay.HERE.value, gettext_lazy("Here on the screen")),
            (SigningWay.PAPER.value, gettext_lazy("It was signed on paper")),
        ],
        widget=forms.RadioSelect,
        initial=SigningWay.HERE,
    )
    name = forms.CharField(label=gettext_lazy("Who signs for the enterprise"), max_length=80, required=False)
    duty = forms.CharField(label=gettext_lazy("Duty"), max_length=80, required=False)
    refused = forms.BooleanField(label=gettext_lazy("The enterprise refuses to sign"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why they refuse"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    witness = forms.CharField(label=gettext_lazy("Witness"), max_length=80, required=False)
    paper = forms.FileField(
        label=gettext_lazy("Photo or scan of the signed paper"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, summary: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.officers = list(summary["officers"])
        for n in range(len(self.officers) + 1):
            self.fields[f"picture_{n}"] = forms.CharField(
                widget=forms.HiddenInput(attrs={"data-drawn": ""}), required=False, max_length=LONGEST_DRAWN
            )
            label = self.officers[n]["name"] if n < len(self.officers) else _("Signature of the enterprise")
            self.fields[f"picture_{n}"].label = label

    @property
    def pads(self) -> list[tuple[Mapping[str, Any], forms.BoundField]]:
        """Each officer with the field of the signature."""
        return [(each, self[f"picture_{n}"]) for n, each in enumerate(self.officers)]

    @property
    def own_pad(self) -> forms.BoundField:
        """The field of the enterprise's signature."""
        return self[f"picture_{len(self.officers)}"]

    @property
    def drawn(self) -> list[forms.BoundField]:
        """The fields of the signatures, each of which stands in its pad."""
        return [*(field for _officer, field in self.pads), self.own_pad]

    def signatures(self) -> list[SignatureGiven]:
        """Return what was signed: the officers in their order, then the enterprise."""
        data, now = self.cleaned_data, timezone.now()
        on_paper = data["way"] == SigningWay.PAPER
        found = []
        for n, each in enumerate(self.officers):
            picture = b"" if on_paper else drawn_in(data.get(f"picture_{n}") or "")
            is_left_out = not each["police_number"] and any(one["police_number"] for one in self.officers)
            if picture or on_paper or not is_left_out:
                found.append(
                    SignatureGiven(
                        SigningSide.OFFICER, now, user_id=each["id"], name=each["name"], picture=picture
                    )
                )
        picture = drawn_in(data.get(f"picture_{len(self.officers)}") or "")
        refused = bool(data.get("refused"))

        def said(name: str) -> str:
            return data.get(name) or ""

        found.append(
            SignatureGiven(
                SigningSide.ENTERPRISE,
                now,
                name=said("name"),
                duty=said("duty"),
                reason=said("reason") if refused else "",
                witness=said("witness") if refused else "",
                refused=refused,
                picture=b"" if on_paper or refused else picture,
            )
        )
        return found


def drawn_in(text: str) -> bytes:
    """Return the picture that signing.js wrote into a field; what is none is read as a damaged picture."""
    if not text:
        return b""
    try:
        return base64.b64decode(text.removeprefix(BEGINNING), validate=True) or b"?"
    except binascii.Error:
        return b"?"


class InspectionSign(OfFact, SentOnce):
    """Sign an inspection: its summary above, a field to sign in for each officer and for the enterprise."""

    template_name = "inspections/sign.html"
    form_class = SignForm
    title = gettext_lazy("Sign the inspection")
    submit_label = gettext_lazy("Record the signatures")
    done_text = gettext_lazy("The signatures were recorded.")
    record: Inspection

    @cached_property
    def summary(self) -> dict[str, Any]:
        return summary_of(self.actor, self.record)

    @cached_property
    def digest(self) -> str:
        return sha256_of(self.summary)

    def get_refusal(self) -> Words:
        if self.record.is_voided:
            return str(VOIDED)
        signed = next(iter(signings_of(self.actor, self.record)), None)
        if signed and not corrected_since(signed.summary, self.summary):
            return _("The inspection is signed as it is.")
        if not self.summary["officers"]:
            return _("No officer is named in the inspection. Correct it first.")
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := self.get_refusal():
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"summary": self.summary}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"shown": self.digest}

    def perform(self, form: Any) -> Signing:
        given = form.cleaned_data
        if given["shown"] != self.digest:
            raise ValidationError({SIGNATURES: str(CHANGED)})
        paper = given.get("paper") if given["way"] == SigningWay.PAPER else None
        if paper is not None and paper.size > LARGEST:
            raise ValidationError({"paper": too_large()})
        self.signatures = form.signatures()
        return operations.sign_inspection(
            actor=self.actor,
            id=self.record.pk,
            signing=SigningGiven(
                self.summary,
                self.signatures,
                way=given["way"],
                paper=(paper.name, paper.read()) if paper else None,
            ),
        )

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        """Put a fault of the n-th signature at its field; whose it is says its side."""
        found: dict[str, Any] = {}
        places = [each.user_id or each.name for each in getattr(self, "signatures", ())]
        officers = [each["id"] or each["name"] for each in getattr(form, "officers", ())]
        for name, problems in by_field(error).items():
            place, _dot, field = name.partition(".")
            number = place.removeprefix(f"{SIGNATURES}-")
            if number.isdigit() and field == "picture":
                key = places[int(number)]
                field = f"picture_{officers.index(key) if key in officers else len(officers)}"
            name = field or (name if name in form.fields else NON_FIELD_ERRORS)
            found.setdefault(name if name in form.fields else NON_FIELD_ERRORS, []).extend(problems)
        take_errors(form, ValidationError(found))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        conclusion = self.summary["conclusion"]
        return super().get_context_data(
            summary=self.summary,
            digest=self.digest,
            concluded=Conclusion(conclusion).label if conclusion else "",
            passed=sum(each["answer"] == "pass" for each in self.summary["answers"]),
            **context,
        )


class SignaturePicture(OfFact, Page):
    """The picture of a signature, for whoever may see its inspection."""

    record: Inspection

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with open_signature(self.actor, self.record, self.kwargs["signature"]) as stream:
                response = HttpResponse(stream.read(), content_type="image/png")
        except FileNotFoundError:
            logger.exception("a signature is lost", inspection=self.record.pk)
            return self.leave(self.get_back_url(), LOST)
        response.headers["Cache-Control"] = "private, no-store"
        return response


class SignedPaper(OfFact, Page):
    """The photo or scan of an inspection that was signed on paper."""

    record: Inspection

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            found, stream = open_signed_paper(self.actor, self.record, self.kwargs["signing"])
            with stream:
                return private_file(stream.read(), found.content_type, found.name)
        except FileNotFoundError:
            logger.exception("a signed paper is lost", inspection=self.record.pk)
            return self.leave(self.get_back_url(), LOST)
