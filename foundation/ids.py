"""Ids from URLs and forms, and the largest numbers that a column holds."""

from typing import Any

LARGEST_ID = 2**63 - 1  # what PostgreSQL's bigint holds
LARGEST_INTEGER = 2**31 - 1  # what its integer holds
LARGEST_VERSION = LARGEST_INTEGER  # of a record's version counter
ALL_IDS = (0, LARGEST_ID)  # a range, both ends included


def id_of(text: Any) -> int | None:
    """Return the id in a text, None for anything else, so that invalid input reaches neither the database nor int()."""
    digits = str(text if text is not None else "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    number = int(digits)
    return number if number <= LARGEST_ID else None
