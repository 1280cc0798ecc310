"""Values kept in the cache for a while, and acts that happen once in a while.

1. A key names what is kept ("ratings:figures") and then everything the value depends on: what was asked, and whose rows
   were in sight. What is not in the key is shared by everybody.
2. Without Redis a page is slower and nothing else, so a value that cannot be read is missing, and one that cannot be
   kept is lost. Where that would be wrong, a function raises :data:`Unavailable` and says so.
3. A value that takes long is shown with its time and counted anew by a worker: :func:`kept` reads it, :func:`claim`
   makes one of many readers send the worker, which ends with :func:`keep`.
"""

import hashlib
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError as Unavailable

__all__ = ["Key", "Unavailable", "claim", "first_time", "forget", "keep", "kept", "remembered"]

T = TypeVar("T")
Key = tuple[Any, ...]  # a name, and values whose repr() tells them apart
_MISSING = object()


def remembered(key: Key, compute: Callable[[], T], kept_s: float) -> T:
    """Return the value kept under a key; where there is none, compute it and keep it."""
    found: Any = _MISSING
    with suppress(Unavailable):
        found = _read(key, _MISSING)
    if found is _MISSING:
        found = compute()
        with suppress(Unavailable):
            cache.set(_name(key), found, kept_s)
    return found


def kept(key: Key) -> Any:
    """Return the value kept under a key, or None. Raises Unavailable."""
    return _read(key, None)


def keep(key: Key, value: object, kept_s: float) -> None:
    """Keep a value, and end the claim to compute it."""
    with suppress(Unavailable):
        cache.set(_name(key), value, kept_s)
        cache.delete(_claim(key))


def forget(key: Key) -> None:
    """Keep a value no longer; what happened once may happen again."""
    with suppress(Unavailable):
        cache.delete(_name(key))


def claim(key: Key, for_s: float) -> bool:
    """Return whether it falls to the caller to have a value computed: to one caller until it is kept, or time is up.

    To nobody without Redis, where the value could not be kept.
    """
    with suppress(Unavailable):
        return bool(cache.add(_claim(key), 1, for_s))
    return False


def first_time(key: Key, for_s: float, value: object = 1) -> bool:
    """Return whether nobody asked this with the same key for so long; ``kept`` gives ``value`` to the others.

    Raises Unavailable.
    """
    return bool(cache.add(_name(key), value, for_s))


def _read(key: Key, default: object) -> Any:
    try:
        return cache.get(_name(key), default)
    except (
        AttributeError,
        ImportError,
        pickle.UnpicklingError,
    ):  # another release kept it, of a class that moved
        return default


def _name(key: Key) -> str:
    name, *parts = key
    return f"{name}:{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"


def _claim(key: Key) -> str:
    return f"{_name(key)}:claimed"
