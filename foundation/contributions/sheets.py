"""Kinds of rows that come in from files, declared in an app's ``sheets.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from foundation.contributions.registry import Registry

Values = dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """A record of another kind that a row may point at, found by the key under which that one was brought in.

    ``kind`` is the code of its target, ``field`` the foreign key of this one's model.
    """

    kind: str
    field: str


@dataclass(frozen=True)
class Target:
    """One kind of record that a row may become.

    Fields and rules are read from the model; ``only`` narrows them to some. ``extra`` are fields that a file may fill
    and the model does not have: ``settle`` turns their values into those of the model. ``written`` is called once for
    each chunk with the system's actor and the enterprises whose records of this kind were written or changed.
    """

    code: str
    model: type[models.Model]
    only: tuple[str, ...] = ()
    key_field: str = "external_key"
    extra: Mapping[str, models.Field] = field(default_factory=dict, compare=False)
    settle: Callable[[Values], None] | None = None
    reference: Reference | None = None
    written: Callable[..., None] | None = None


targets: Registry[Target] = Registry("sheets")
register = targets.register
