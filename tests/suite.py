"""What the introspecting tests cover: the whole project, or one app (``TESTS_OF=package``)."""

import os
from collections.abc import Container, Iterable
from typing import Any

import pytest

ONLY = os.environ.get("TESTS_OF", "")


def is_wanted(thing: Any) -> bool:
    """Return whether a model, a view or a declaration is covered."""
    return not ONLY or getattr(thing, "__module__", "").startswith(f"{ONLY}.")


def mostly(values: Iterable[Any], quick: Container[Any]) -> list[Any]:
    """The cases of a matrix of which only the ``quick`` ones run before every commit: the others are drills."""
    return [pytest.param(each, marks=() if each in quick else pytest.mark.drill) for each in values]
