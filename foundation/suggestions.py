"""Suggestions for a misspelt name."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

from foundation.words import listed


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """Return a sentence with the known name that was probably meant, or else with all known names."""
    names = list(known)
    close = get_close_matches(wrong, names, n=1)
    if close:
        return _("Did you mean “%(name)s”?") % {"name": close[0]}
    return _("Available: %(names)s.") % {"names": listed(names)}
