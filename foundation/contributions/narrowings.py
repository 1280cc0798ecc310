"""Filters of the register's list by what other apps know of an enterprise, declared in an app's ``narrowings.py``.

The register knows nothing of inspections; the app that does names the choices and the condition on enterprises.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Narrowing:
    """A filter: its code is the parameter of the URL, ``condition`` takes one of the choices."""

    code: str
    title: Words
    empty: Words  # what it means that nothing is chosen
    choices: tuple[tuple[str, Words], ...]
    condition: Callable[[str], Q]


narrowings: Registry[Narrowing] = Registry("narrowings")
register = narrowings.register
