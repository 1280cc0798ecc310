"""What a search looks through and how a Chinese name sorts.

The embedded PostgreSQL has no ICU collation, and no index serves LIKE under row-level security, so both are stored:
a lower-cased text scanned inside the scope, and a pinyin sort key.
"""

import unicodedata

from pypinyin import Style, lazy_pinyin


def normalized(text: str) -> str:
    """Lower-cased, full-width letters and signs made plain: how texts and searches meet."""
    return unicodedata.normalize("NFKC", text).lower()


def search_text(*, name: str, credit_code: str = "", external_id: str = "", address: str = "") -> str:
    """Name, pinyin initials, codes and address, normalized; at most 500 characters."""
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
    parts = [name, initials, credit_code, external_id, address]
    return normalized(" ".join(part for part in parts if part))[:500]


def sort_key(name: str) -> str:
    """Pinyin of the name, lower-cased; what is not Chinese stays as it is. At most 80 characters."""
    return normalized("".join(lazy_pinyin(name)))[:80]
