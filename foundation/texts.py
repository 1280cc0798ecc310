"""Texts as people type them: how one is kept, and why it cannot be. The same words on each page and in each operation."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.words import visible


def unstorable(text: str, most: int | None = None) -> str:
    """Return why a text cannot be kept as it is: characters that no database takes, or more than ``most``; empty if it can."""
    if "\x00" in text:
        return _("Null characters are not allowed.")
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        return _("This text has half characters, which cannot be stored. Type it again.")
    if most and len(text) > most:
        words = _("The text has %(length)d characters; at most %(limit)d are kept.")
        return words % {"length": len(text), "limit": most}
    return ""


def kept(text: str | None, field: str, most: int, *, words: bool = False) -> str:
    """Return a typed text as it is kept: visible characters, none of them a blank at its ends.

    Raise ValidationError at ``field`` if it cannot be kept, or, with ``words``, if it has only signs. Nothing is cut off.
    """
    text = visible(text or "").strip()
    if why := unstorable(text, most):
        raise ValidationError({field: why})
    if words and text and not any(map(str.isalnum, text)):
        raise ValidationError({field: _("Enter words: this text has only signs, or is too short.")})
    return text
