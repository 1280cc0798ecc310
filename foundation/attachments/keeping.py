"""Whether what rows say of kept files is true: files without a row, rows without their file, bytes that are others."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from foundation.accounts.actors import system_actor
from foundation.accounts.selectors import stations_of
from foundation.attachments import files
from foundation.contributions.stored_files import Shelf, shelves
from foundation.tenancy.scope import Scope, station_scope

CHUNK = 1 << 20


class Misfit(StrEnum):
    """What is wrong with a kept file."""

    LOST = "lost"
    SMALL_LOST = "thumbnail lost"
    CHANGED = "changed"


@dataclass(frozen=True)
class Fault:
    """A file that is not what its row says. ``row`` is the model and id of the row."""

    what: Misfit
    row: str
    key: str

    def __str__(self) -> str:
        return f"{self.what}: {self.key} ({self.row})"


def check_files(bureau_id: int) -> Iterator[Fault | None]:
    """Yield for each file that a row of the bureau names what is wrong with it, or None."""
    with station_scope(_everywhere(bureau_id)):
        for shelf in shelves:
            for named in shelf.named:
                rows = named.rows().exclude(**{named.key: None}).exclude(**{named.key: ""}).order_by("pk")
                for row in rows.iterator(chunk_size=500):
                    key, label = getattr(row, named.key), f"{row._meta.label_lower} {row.pk}"
                    fault = _fault(key, getattr(row, named.sha256))
                    if fault is None and named.small(row) and not files.exists(key, small=True):
                        fault = Misfit.SMALL_LOST
                    yield Fault(fault, label, key) if fault else None


def forget_unnamed(bureau_id: int) -> int:
    """Delete files of a bureau that no row names: of additions that were not stored after all. Return how many."""
    gone = 0
    with station_scope(
        _everywhere(bureau_id)
    ):  # every row must be seen: what is not would be taken for unnamed
        for shelf in shelves:
            gone += files.sweep(bureau_id, partial(_named_of, shelf), shelf=shelf.shelf)
    return gone


def _named_of(shelf: Shelf, keys: list[str]) -> set[str]:
    """Return those of the keys that a row has."""
    return {
        key
        for each in shelf.named
        for key in each.rows().filter(**{f"{each.key}__in": keys}).values_list(each.key, flat=True)
    }


def _fault(key: str, sha256: str) -> Misfit | None:
    digest = hashlib.sha256()
    try:
        with files.fetch(key) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return Misfit.LOST
    return None if digest.hexdigest() == sha256 else Misfit.CHANGED


def _everywhere(bureau_id: int) -> Scope:
    return system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id)).scope()
