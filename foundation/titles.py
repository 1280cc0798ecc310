"""Titles that people give to things and that appear in lists."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control and format characters, including line breaks


def check_title(text: str) -> None:
    """Raise ValidationError for invisible characters, which could break a line or reverse the text of a list."""
    if any(unicodedata.category(character) in UNSEEN for character in text):
        raise ValidationError(_("Enter a single line without invisible characters."))
