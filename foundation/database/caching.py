"""Values that are cached for a while, and acts that happen at most once in a while.

1. A key contains a name ("ratings:figures") and then everything the value depends on: what was asked, and whose rows
   were visible. What is not in the key is shared by everybody.
2. Without Redis pages get slower, nothing else: a value that cannot be read is missing, and one that cannot be cached
   is lost. The log says so once a minute. A server that hangs delays one page, not each of its values: for some
   seconds the next ones do not ask it. Where that would be wrong, a function raises :data:`Unavailable` and says so.
3. A value that takes long is shown with its time and computed again by a worker: :func:`kept` reads it, :func:`claim`
   lets one of many readers start the worker, which ends with :func:`keep`.
"""

import hashlib
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError as Unavailable

__all__ = [
    "Key",
    "Unavailable",
    "claim",
    "counted",
    "first_time",
    "forget",
    "keep",
    "kept",
    "remembered",
    "tolerated",
]

T = TypeVar("T")
Key = tuple[Any, ...]  # a name, and values whose repr() tells them apart
_MISSING = object()
RETRY_S = 5  # after a failure, until a value is looked for again
SILENT_S = 60  # between two lines of the log about the same outage, in each process
logger = structlog.get_logger(__name__)
_said_at = float("-inf")
_unavailable_until = float("-inf")


@contextmanager
def tolerated() -> Iterator[None]:
    """Do without Redis in this block: what it could not do is left out, and the log says so once a minute."""
    global _said_at, _unavailable_until
    try:
        yield
    except Unavailable as error:
        now = time.monotonic()
        _unavailable_until = now + RETRY_S
        if now - _said_at >= SILENT_S:
            _said_at = now
            logger.warning("pages go without the cache", error=type(error).__name__)


def remembered(key: Key, compute: Callable[[], T], kept_s: float) -> T:
    """Return the value cached under a key. If there is none, compute and cache it."""
    if time.monotonic() < _unavailable_until:
        return compute()
    found: Any = _MISSING
    with tolerated():
        found = _read(key, _MISSING)
    if found is _MISSING:
        found = compute()
        with tolerated():
            cache.set(_name(key), found, kept_s)
    return found


def kept(key: Key) -> Any:
    """Return the value cached under a key, or None. Raise Unavailable."""
    return _read(key, None)


def keep(key: Key, value: object, kept_s: float) -> None:
    """Cache a value, and end the claim to compute it."""
    with tolerated():
        cache.set(_name(key), value, kept_s)
        cache.delete(_claim(key))


def forget(key: Key) -> None:
    """Delete a cached value. What happens only once may then happen again."""
    with tolerated():
        cache.delete(_name(key))


def claim(key: Key, for_s: float) -> bool:
    """Return whether the caller is to compute a value: true for one caller until it is cached or time is up.

    False without Redis, because the value could not be cached.
    """
    with tolerated():
        if cache.add(_claim(key), 1, for_s):
            return True
    return False


def first_time(key: Key, for_s: float, value: object = 1) -> bool:
    """Return whether this is the first call with the key for so long. :func:`kept` returns ``value`` to later callers.

    Raise Unavailable.
    """
    return bool(cache.add(_name(key), value, for_s))


def counted(key: Key, for_s: float) -> int:
    """Count a call with the key and return how many there were since the first, for so long. Raise Unavailable."""
    cache.add(_name(key), 0, for_s)
    return int(cache.incr(_name(key)))


def _read(key: Key, default: object) -> Any:
    try:
        return cache.get(_name(key), default)
    except (
        AttributeError,
        ImportError,
        pickle.UnpicklingError,
    ):  # cached by another release, whose class has moved
        return default


def _name(key: Key) -> str:
    name, *parts = key
    return f"{name}:{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"


def _claim(key: Key) -> str:
    return f"{_name(key)}:claimed"
