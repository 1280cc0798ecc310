"""Why a record was found: the words in its texts, and the characters that were found by their pinyin."""

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from foundation.pinyin import span_of

Span = tuple[int, int]


def marked(text: str, words: Iterable[str], *, is_name: bool = False, is_person: bool = False) -> SafeString:
    """Return the text with what was found in ``<mark>``. Names are also looked at as they are read."""
    lower = text.lower()
    if len(lower) != len(text):
        return escape(text)
    spans: list[Span] = []
    for word in words:
        found = _literal(lower, word)
        if not found and (is_name or is_person):
            read = span_of(text, word, person=is_person)
            found = [read] if read else []
        spans += found
    parts, done = [], 0
    for begin, end in _apart(spans):
        parts += [escape(text[done:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        done = end
    return mark_safe("".join([*parts, escape(text[done:])]))


def _literal(text: str, word: str) -> list[Span]:
    found, begin = [], text.find(word)
    while begin >= 0:
        found.append((begin, begin + len(word)))
        begin = text.find(word, begin + len(word))
    return found


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, with those joined that touch each other."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found
