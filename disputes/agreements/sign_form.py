"""The form in which an agreement is signed."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.agreements.signing import LONGEST_NAME, SignatureGiven
from disputes.choices import SignedOn, Signer
from foundation.ui.forms import day_field

LONGEST_DRAWN = 700_000  # characters: a picture in base64
BEGINNING = "data:image/png;base64,"


class SignForm(forms.Form):
    """For each who signs a name (``name_<signer>``) and a drawn signature (``picture_<signer>``), or all of it on paper."""

    use_required_attribute = False

    way = forms.ChoiceField(
        label=gettext_lazy("How it is signed"),
        choices=[
            (SignedOn.SCREEN.value, gettext_lazy("Here on the screen")),
            (SignedOn.PAPER.value, gettext_lazy("It was signed on paper")),
        ],
        widget=forms.RadioSelect,
        initial=SignedOn.SCREEN,
    )
    signed_on = day_field(
        gettext_lazy("Signed on"),
        required=False,
        help_text=gettext_lazy("Left empty, it is today for what is signed here on the screen."),
    )
    paper = forms.FileField(
        label=gettext_lazy("Photo or scan of the signed paper"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
    )

    def __init__(
        self,
        *args: Any,
        left: Sequence[str],
        signers: Sequence[str],
        names: Mapping[str, str],
        **options: Any,
    ) -> None:
        """``left`` are those who are asked; a form that is sent twice may name all ``signers``."""
        super().__init__(*args, **options)
        self.left, self.signers = list(left), list(signers)
        for each in signers:
            label = str(Signer(each).label)
            self.fields[f"name_{each}"] = forms.CharField(
                label=_("Name of who signs: %(side)s") % {"side": label},
                max_length=LONGEST_NAME,
                required=False,
                initial=names.get(each, ""),
            )
            self.fields[f"picture_{each}"] = forms.CharField(
                widget=forms.HiddenInput(attrs={"data-drawn": ""}),
                required=False,
                max_length=LONGEST_DRAWN,
                label=label,
            )

    @property
    def pads(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The side, its name and its signature of those who are asked, in their order."""
        return [
            (str(Signer(each).label), self[f"name_{each}"], self[f"picture_{each}"]) for each in self.left
        ]

    @property
    def drawn(self) -> list[forms.BoundField]:
        """The fields of signatures: each stands in its pad, or is not asked."""
        return [self[f"picture_{each}"] for each in self.signers]

    def clean(self) -> dict[str, Any]:
        """Refuse a name that was typed beside an empty field: whoever types it believes that it counts."""
        data = super().clean() or self.cleaned_data
        if data.get("way") == SignedOn.SCREEN:
            for each in self.left:
                name, proposed = data.get(f"name_{each}"), self.fields[f"name_{each}"].initial
                if name and name != proposed and not data.get(f"picture_{each}"):
                    self.add_error(f"picture_{each}", _("Sign in this field, or leave the name empty."))
        return data

    def given(self) -> list[SignatureGiven]:
        """Return who signed: on the screen those who drew something, on paper those with a name."""
        data = self.cleaned_data
        on_paper = data["way"] == SignedOn.PAPER
        found = []
        for each in self.signers:
            name = data.get(f"name_{each}") or ""
            picture = b"" if on_paper else _picture_in(data.get(f"picture_{each}") or "")
            if picture or (on_paper and name):
                found.append(SignatureGiven(each, name, picture))
        return found


def _picture_in(text: str) -> bytes:
    """Return the picture that signing.js wrote into a field; what is none is read as a damaged picture."""
    if not text:
        return b""
    try:
        return base64.b64decode(text.removeprefix(BEGINNING), validate=True) or b"?"
    except binascii.Error:
        return b"?"
