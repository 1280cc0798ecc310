"""Ids as an address or a form brings them."""

from typing import Any

LARGEST_ID = 2**63 - 1  # what PostgreSQL's bigint holds


def id_of(text: Any) -> int | None:
    """The id that stands there; None for everything else, so that nonsense ends neither in the database nor in int()."""
    digits = str(text if text is not None else "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    number = int(digits)
    return number if number <= LARGEST_ID else None
