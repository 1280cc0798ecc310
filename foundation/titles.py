"""Titles that people give to things, as they stand in lists."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control and format characters, line breaks among them


def check_title(text: str) -> None:
    """Raise a ValidationError for what would break a line, or turn the words of a list around, unseen."""
    if any(unicodedata.category(character) in UNSEEN for character in text):
        raise ValidationError(_("Write it on one line, without invisible characters."))
