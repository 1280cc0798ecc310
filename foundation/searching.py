"""Search in stored texts: every word must occur, and a code is found however it is written.

The embedded PostgreSQL has no ICU collation, and no index serves LIKE under row-level security, so lower-cased texts
are stored and scanned inside the scope.
"""

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
    found = Q()
    for word in searchable(text).split()[:MAX_TERMS]:
        found &= _in_any(word, columns)
    code = compact(text).lower()
    if len(code) >= SHORTEST_CODE and code.isascii() and code.isalnum() and any(map(str.isdigit, code)):
        found |= _in_any(code, columns)
    return found


def _in_any(word: str, columns: tuple[str, ...]) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__contains": word})  # Django escapes the % and _ of LIKE
    return found
