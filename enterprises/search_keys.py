"""Stored search texts and sort key of an enterprise (:mod:`foundation.searching`, :mod:`foundation.pinyin`)."""

from foundation.identifiers import compact
from foundation.pinyin import SORT_KEY_LENGTH, reading, sort_key
from foundation.searching import searchable

__all__ = [
    "POLICE_TEXT_LENGTH",
    "SEARCH_TEXT_LENGTH",
    "SORT_KEY_LENGTH",
    "police_text",
    "search_text",
    "sort_key",
]

SEARCH_TEXT_LENGTH = 2_000
POLICE_TEXT_LENGTH = 1_000


def search_text(*, name: str, credit_code: str = "", external_id: str = "", address: str = "") -> str:
    """Return name, pinyin initials, codes, address and full pinyin of the name.

    Departments search in it: nothing of a person belongs here.
    """
    read = reading(name)
    parts = [name, read.initials, credit_code, external_id, address, read.full]
    return _joined(parts)[:SEARCH_TEXT_LENGTH]


def police_text(
    *,
    legal_representative: str = "",
    responsible_person: str = "",
    security_chief: str = "",
    phone: str = "",
) -> str:
    """Return the persons with pinyin, and the telephone number as typed and in digits alone.

    Only searches of police roles look here.
    """
    parts = [*_read(legal_representative), phone, compact(phone)]
    for person in dict.fromkeys((responsible_person, security_chief)):
        if person != legal_representative:
            parts += _read(person)
    return _joined(parts)[:POLICE_TEXT_LENGTH]


def _read(person: str) -> list[str]:
    read = reading(person, person=True)
    return [person, read.initials, read.full]


def _joined(parts: list[str]) -> str:
    return searchable(" ".join(part for part in parts if part))
