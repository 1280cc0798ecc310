"""One spelling for each kind of identifier.

People paste codes from documents and chat: in full width, with blanks and hyphens, with characters nobody sees. Pages,
the API, imports, searches and unique keys all use these functions, so the same code is always the same text. None of
them checks anything.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import lookups

from foundation.normalising import nfkc

# What Unicode calls "default ignorable" but no format character: joiners, fillers, variation selectors
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_ASIDE = re.compile(r"\([^()]*\)")  # of a text in NFKC
LONGEST_TYPED = 1_000  # characters of an identifier before it has its one spelling; none has so many
_HYPHENS = re.compile("[-\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58]")


def readable(text: str) -> str:
    """Return the text NFKC-normalized, without invisible characters, with single blanks and none around it.

    NUL stays, because forms and operations refuse it.
    """
    text = nfkc(_IGNORABLE.sub("", text))
    if text.isprintable():  # nothing in it is invisible; most texts
        return " ".join(text.split())
    kept = (each for each in text if each.isspace() or each == "\x00" or not _is_invisible(each))
    return " ".join("".join(kept).split())


def folded(text: str) -> str:
    """Return a text without differences of case and width, and without blanks and invisible characters."""
    plain = nfkc(text).casefold()
    return "".join(letter for letter in plain if letter.isprintable() and not letter.isspace())


def person_key(name: str) -> str:
    """Return a person's name as it is compared: without case, width, blanks, and what stands in brackets, as a police number.

    Two-character names are written 王强, 王 强 or 王　强.
    """
    plain = folded(name)
    return _ASIDE.sub("", plain) or plain


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf")


def compact(text: str) -> str:
    """Return a code in capitals without blanks and hyphens: credit code, industry, administrative division."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _HYPHENS.sub("", readable(text)).replace(" ", "").upper()


def organisation_code(text: str) -> str:
    """Return the code of a bureau, station or department. Its case, its hyphens and blanks inside it count."""
    return _HYPHENS.sub("-", readable(text))


def user_name(text: str) -> str:
    """Return a user name as log-in and lock-outs count it; its case is kept."""
    return readable(text)


def phone_number(text: str) -> str:
    """Return a telephone number with plain digits, brackets and hyphens, grouped as it was typed."""
    return _HYPHENS.sub("-", readable(text))


class IdentifierField(models.CharField):
    """A text that is stored and looked up in one spelling (``normalise``). In migrations it is a plain CharField.

    Rows of earlier versions are read as they are stored.
    """

    def __init__(self, *args: Any, normalise: Callable[[str], str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.normalise = normalise

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.CharField", arguments, options

    def clone(self) -> "IdentifierField":
        _name, _path, arguments, options = self.deconstruct()
        return type(self)(*arguments, normalise=self.normalise, **options)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.normalise(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def formfield(self, **options: Any) -> Any:
        return super().formfield(
            **{"form_class": IdentifierFormField, "normalise": self.normalise, **options}
        )


@IdentifierField.register_lookup
class SameIgnoringCase(lookups.IExact):
    """``iexact``, which Django does not prepare as it does ``exact``: log-in finds a user name in each spelling."""

    prepare_rhs = True


class IdentifierFormField(forms.CharField):
    """Accepts each spelling of an identifier. The limit of its length holds for the stored one."""

    def __init__(self, *args: Any, normalise: Callable[[str], str], **options: Any) -> None:
        self.normalise = normalise
        super().__init__(*args, **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        MaxLengthValidator(LONGEST_TYPED)(text)  # one sign can stand for eighteen letters
        return self.normalise(text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Set no limit in the browser, which would cut a pasted code with blanks without a word."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
