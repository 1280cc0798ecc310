"""Shelves of kept files, declared in an app's ``stored_files.py``: which rows name the files of a shelf.

What no row names is swept; ``manage.py check_attachments`` compares the others with their digests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from foundation.contributions.registry import Registry


@dataclass(frozen=True)
class Named:
    """Rows of a bureau that name files: in which column is the key, in which the SHA-256 of the bytes.

    ``small`` is the condition on a row under which a thumbnail is kept beside its file.
    """

    rows: Callable[[], QuerySet[Any]]
    key: str = "key"
    sha256: str = "sha256"
    small: Callable[[Any], bool] = lambda row: False


@dataclass(frozen=True)
class Shelf:
    """A folder of each bureau. ``shelf`` is its name, "" for the bureau's own."""

    code: str
    shelf: str
    named: Sequence[Named]


shelves: Registry[Shelf] = Registry("stored_files")
register = shelves.register
