"""Search in stored texts: every word must occur, and a code is found however it is written.

The embedded PostgreSQL has no ICU collation, and no index serves LIKE under row-level security, so lower-cased texts
are stored and scanned inside the scope.
"""

from collections.abc import Callable, Sequence

from django.db.models import Q

from foundation.identifiers import compact, readable

MAX_TERMS = 5
SHORTEST_CODE = 6  # of the part of a code that is typed with blanks or hyphens


def searchable(text: str) -> str:
    """Return the text as stored texts and searches have it: readable and lower-cased."""
    return readable(text).lower()


def containing(text: str, *columns: str) -> Q:
    """Return the condition that each word of ``text`` occurs in one of the stored texts.

    A text that can be a code or a telephone number is also looked for without its blanks and hyphens.
    """
    return every_word(text, lambda word: _in_any(word, columns))


def every_word(text: str, occurs: Callable[[str], Q]) -> Q:
    """Return the condition that each word of ``text``, or the code that it can be, ``occurs``."""
    found = Q()
    for word in words_of(text):
        found &= occurs(word)
    code = code_in(text)
    return found | occurs(code) if code else found


def words_of(text: str) -> list[str]:
    """Return the words that a search looks for."""
    return searchable(text).split()[:MAX_TERMS]


def code_in(text: str) -> str:
    """Return the code or telephone number that the text can be, without blanks and hyphens; "" if it cannot be one."""
    code = compact(text).lower()
    is_code = len(code) >= SHORTEST_CODE and code.isascii() and code.isalnum() and any(map(str.isdigit, code))
    return code if is_code else ""


def as_typed(word: str, columns: Sequence[str]) -> Q:
    """Return the condition that a word occurs in one of these columns, which hold texts as they were typed."""
    if not columns:
        return Q(pk=0)  # there is no such record
    lookup = "contains" if word.upper() == word.lower() else "icontains"
    return _in_any(word, columns, lookup)


def _in_any(word: str, columns: Sequence[str], lookup: str = "contains") -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__{lookup}": word})  # Django escapes the % and _ of LIKE
    return found
