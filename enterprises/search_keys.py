"""Stored search text and sort key of an enterprise.

The embedded PostgreSQL has no ICU collation, and no index serves LIKE under row-level security. So both are stored:
a lower-cased text that is scanned inside the scope, and a pinyin sort key.
"""

import unicodedata

from pypinyin import Style, lazy_pinyin


def normalized(text: str) -> str:
    """Return the text NFKC-normalized and lower-cased, as both stored texts and searches are."""
    return unicodedata.normalize("NFKC", text).lower()


def search_text(*, name: str, credit_code: str = "", external_id: str = "", address: str = "") -> str:
    """Return name, pinyin initials, codes and address, normalized; at most 500 characters."""
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
    parts = [name, initials, credit_code, external_id, address]
    return normalized(" ".join(part for part in parts if part))[:500]


def sort_key(name: str) -> str:
    """Return the name in lower-case pinyin, with what is not Chinese unchanged; at most 80 characters."""
    return normalized("".join(lazy_pinyin(name)))[:80]
