"""What fields and choices are called, in every language of the site."""

from django.db import models
from django.utils.translation import gettext as _

from foundation.identifiers import folded
from foundation.words import in_all_languages


def choices_by_label(field: models.Field) -> dict[str, str]:
    """Return the values of a field by their folded labels in every language, and by themselves."""
    found: dict[str, str] = {}
    for value, label in field.flatchoices:
        if value == "":
            continue
        for each in (*in_all_languages(label), str(value)):
            found.setdefault(folded(each), str(value))
    return found


def choices_of(field: models.Field) -> dict[str, str]:
    """Return the values of a list by which a sheet may fill a field, with words; none if it takes other text."""
    if field.get_internal_type() == "BooleanField":
        return {"yes": _("Yes"), "no": _("No")}
    return {str(value): str(label) for value, label in field.flatchoices if value != ""}


def word_of(field: models.Field, text: str) -> str:
    """Return what a value of a list is called; ``text`` is the value as a sheet or a report has it."""
    words = choices_of(field)
    if field.get_internal_type() == "BooleanField":
        words |= {str(True): words["yes"], str(False): words["no"]}
    return words.get(text, text)
