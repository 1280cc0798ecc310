"""Ids as an address or a form brings them, and the largest numbers that a column holds."""

from typing import Any

LARGEST_ID = 2**63 - 1  # what PostgreSQL's bigint holds
LARGEST_INTEGER = 2**31 - 1  # and its integer
LARGEST_VERSION = LARGEST_INTEGER  # of a record that two people may change at once
ALL_IDS = (0, LARGEST_ID)  # a range, both ends included


def id_of(text: Any) -> int | None:
    """The id that stands there; None for everything else, so that nonsense ends neither in the database nor in int()."""
    digits = str(text if text is not None else "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    number = int(digits)
    return number if number <= LARGEST_ID else None
