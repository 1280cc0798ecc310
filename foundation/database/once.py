"""Reads whose answer cannot change while many records are judged: asked once, whoever asks.

Rules are written for one record and read what they need. Where an operation judges fifty records of one enterprise in one
transaction, a read marked with :func:`asked_once` is made once within ``with asking_once():``. Nothing that it reads may
be written in the block.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")
_HOLDS = "holds"  # whether the whole block is in one transaction, so that a lock is held to its end
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Within it, reads that are marked keep their answers. A block within a block shares the outer one's."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({_HOLDS: connection.in_atomic_block})
    try:
        yield
    finally:
        _answers.reset(token)


def asked_once(read: Callable[P, T]) -> Callable[P, T]:
    """Mark a read, which takes hashable arguments and whose answer nobody changes."""

    @wraps(read)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _answers.get()
        if answers is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in answers:
            answers[key] = read(*args, **kwargs)
        return answers[key]

    return asked


def answered(read: Callable[P, T], answer: T, /, *args: P.args, **kwargs: P.kwargs) -> None:
    """Keep the answer of a marked read that came with another statement. Outside of a block it is dropped."""
    answers = _answers.get()
    if answers is not None:
        inner = getattr(read, "__wrapped__")  # noqa: B009  # what asked_once marked
        answers[(inner, args, tuple(sorted(kwargs.items())))] = answer


def locked_once(lock: Callable[P, T]) -> Callable[P, T]:
    """Mark a function that locks a row: within the block it is asked once, as long as the lock is certain to be held.

    Rolling back a savepoint gives locks back, so one counts only inside the savepoint in which it was taken; so does the
    end of a transaction, so none counts in a block that began outside of one.
    """

    @wraps(lock)
    def locked(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _answers.get()
        if answers is None or not answers[_HOLDS]:
            return lock(*args, **kwargs)
        key = (lock, args, tuple(sorted(kwargs.items())))
        inside = tuple(connection.savepoint_ids)
        before = answers.get(key)
        if before is not None and inside[: len(before[0])] == before[0]:
            return before[1]
        answers[key] = (inside, lock(*args, **kwargs))
        return answers[key][1]

    return locked
