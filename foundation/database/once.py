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

P = ParamSpec("P")
T = TypeVar("T")
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Within it, reads that are marked keep their answers. A block within a block shares the outer one's."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
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
