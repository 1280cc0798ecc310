"""What fields and choices are called, in every language of the site."""

from django.conf import settings
from django.db import models
from django.utils import translation

from foundation.identifiers import folded
from foundation.words import Words


def in_all_languages(words: Words) -> tuple[str, ...]:
    """Return words in each language, without doubles."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(words))
    return tuple(dict.fromkeys(found))


def choices_by_label(field: models.Field) -> dict[str, str]:
    """Return the values of a field by their folded labels in every language, and by themselves."""
    found: dict[str, str] = {}
    for value, label in field.flatchoices:
        if value == "":
            continue
        for each in (*in_all_languages(label), str(value)):
            found.setdefault(folded(each), str(value))
    return found
