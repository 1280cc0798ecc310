"""Texts for people: plain, or translated when shown."""

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, override, pgettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise
else:
    Words = str | Promise

# What a person cannot see and did not mean to write: marks that turn the direction of other text, zero-width spaces,
# soft hyphens, tags, control characters, fillers that count as letters. Joiners stay, which some scripts and emoji need, and
# NUL, which is refused.
_FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # Python calls them printable
_HIDDEN = dict.fromkeys(
    [
        *map(ord, _FILLERS),
        *map(ord, "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff"),
        *range(0x202A, 0x202F),
        *range(0x2061, 0x2070),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
        *(code for code in (*range(1, 0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r\x85"),
    ]
)
Result = TypeVar("Result")
LONGEST_REASON = 2000  # characters of a reason that is kept in the audit log


def once_per_language(function: Callable[[], Result]) -> Callable[[], Result]:
    """Decorate what depends on the language alone: its result is kept for each. Callers must not change it."""

    @cache
    def kept(_language: str | None) -> Result:
        return function()

    @wraps(function)
    def wrapper() -> Result:
        return kept(get_language())

    return wrapper


def in_all_languages(words: object) -> tuple[str, ...]:
    """Return words, or the name of an object, in each language of the site, without doubles."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(str(words))
    return tuple(dict.fromkeys(found))


# marks that turn the direction of the text around them
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def turns_text(text: str) -> bool:
    """Return whether a text contains a mark that turns other text around."""
    return any(mark in text for mark in _TURNING)


def visible(text: str) -> str:
    """Return a typed text without invisible characters, which could make it look like another one."""
    if text.isascii() and text.isprintable():
        return text
    return text if text.isprintable() and _FILLERS.isdisjoint(text) else text.translate(_HIDDEN)


def listed(items: Iterable[object]) -> str:
    """Return items in one line, separated as the reader's language does."""
    return pgettext("list", ", ").join(map(str, items))


def between_sentences() -> str:
    """Return what stands between two sentences in the reader's language: a blank, or nothing."""
    return pgettext("between sentences", "%(first)s %(next)s") % {"first": "", "next": ""}


def sentences(*found: object) -> str:
    """Return sentences in one line."""
    return between_sentences().join(map(str, found))


def labelled(label: object, value: object) -> str:
    """Return a value after its label, with the colon of the reader's language."""
    return f"{label}{pgettext('label', ': ')}{value}"
