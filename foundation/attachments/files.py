"""Where the bytes of attachments lie: a storage of their own, behind no address, under names that nobody can guess.

Files are written before the row that names them and stay if that row is not stored after all; ``sweep`` takes away those
that no row has named for a day. Which rows name files is declared (:mod:`foundation.contributions.stored_files`).
"""

import datetime as dt
import os
import uuid
from collections.abc import Callable
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

ALIAS = "attachments"
UNNAMED = dt.timedelta(days=1)  # how long a file may wait for its row
SMALL = ".thumb"  # ends the name of a thumbnail


def _storage() -> Storage:
    return storages[ALIAS]


def _folder(bureau_id: int, shelf: str) -> str:
    return f"{shelf}/{bureau_id}" if shelf else str(bureau_id)


def _stem(name: str) -> str:
    """Return the name of a file without the ending of what is kept beside it."""
    return name.partition(".")[0]


def put(bureau_id: int, data: bytes, thumbnail: bytes = b"", *, shelf: str = "") -> str:
    """Keep a file and its thumbnail. Return the key by which they are found.

    Each ``shelf`` of a bureau is declared by the app whose rows name its files.
    """
    key = f"{_folder(bureau_id, shelf)}/{uuid.uuid4().hex}"
    for name, content in ((key, data), (key + SMALL, thumbnail)):
        if content and _storage().save(name, ContentFile(content)) != name:
            raise FileExistsError(name)
    return key


def fetch(key: str, *, small: bool = False, ending: str = "") -> IO[bytes]:
    """Open a file, its thumbnail, or what was kept beside it. Raise FileNotFoundError."""
    found: IO[bytes] = _storage().open(key + (SMALL if small else ending))
    return found


def exists(key: str, *, small: bool = False) -> bool:
    """Return whether a file, or its thumbnail, is there."""
    return _storage().exists(key + (SMALL if small else ""))


def keep_beside(key: str, ending: str, data: bytes) -> None:
    """Keep another form of a file, such as ".pdf", for as long as the file. It is there as a whole or not at all."""
    storage = _storage()
    written = storage.save(f"{key}{ending}.{uuid.uuid4().hex}", ContentFile(data))
    os.replace(storage.path(written), storage.path(key + ending))


def sweep(bureau_id: int, named: Callable[[list[str]], set[str]], *, shelf: str = "") -> int:
    """Delete the files of a bureau's shelf that no row names. ``named`` returns which of some keys a row has.

    Return how many were deleted.
    """
    storage, folder = _storage(), _folder(bureau_id, shelf)
    try:
        names = storage.listdir(folder)[1]
    except FileNotFoundError:  # the bureau has none
        return 0
    known = named(sorted({f"{folder}/{_stem(name)}" for name in names}))
    before, gone = timezone.now() - UNNAMED, 0
    for name in (f"{folder}/{each}" for each in names):
        if _stem(name) not in known and storage.get_modified_time(name) < before:
            storage.delete(name)
            gone += 1
    return gone
