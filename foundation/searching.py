"""Search in stored texts: every word must occur, and a code is found however it is written.

The embedded PostgreSQL has no ICU collation, and no index serves LIKE under row-level security, so lower-cased texts
are stored and scanned inside the scope.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import CharField, Q, TextField, lookups

from foundation.identifiers import compact, readable

MAX_TERMS = 5
_ANY_FORM = re.compile(r"[][(){}<>〔〕【】「」『』《》〈〉:;,!?~'\"“”‘’·・—–-]")
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
    """Return the condition that a word occurs in one of these columns, which hold texts as they were typed.

    A bracket, colon, comma or hyphen of the word stands for that of each width and form: 东公（开）〔2026〕, 东公(开)[2026].
    """
    if not columns:
        return Q(pk=0)  # there is no such record
    if has_forms(word):
        return _in_any(word, columns, InAnyForm.lookup_name)
    lookup = "contains" if word.upper() == word.lower() else "icontains"
    return _in_any(word, columns, lookup)


def has_forms(word: str) -> bool:
    """Return whether a word has a bracket or another sign for which those of each form are searched."""
    return bool(_ANY_FORM.search(word)) and any(map(str.isalnum, word))


@CharField.register_lookup
@TextField.register_lookup
class InAnyForm(lookups.IContains):
    """A text contains a word, with any single character in the place of each bracket or other sign that has several forms."""

    lookup_name = "contains_in_any_form"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        escaped = connection.ops.prep_for_like_query(str(self.rhs).upper())
        return f"UPPER({column}::text) LIKE %s", [*params, f"%{_ANY_FORM.sub('_', escaped)}%"]


def _in_any(word: str, columns: Sequence[str], lookup: str = "contains") -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__{lookup}": word})  # Django escapes the % and _ of LIKE
    return found
