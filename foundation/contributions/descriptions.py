"""What apps add to the API's description, in ``api/description.py``: names of their choices, and the messages they push."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Vocabulary:
    """A named set of values: wherever the description lists exactly these, it names this schema instead.

    A generated client then has one class for them. ``code`` is the name.
    """

    code: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Push:
    """A message that is pushed: its name (``code``), its ``type``, when it is sent, the schema and an example of its body.

    ``parts`` are schemas of objects in it that have a name of their own.
    """

    code: str
    type: str
    summary: Words
    schema: Mapping[str, Any] = field(hash=False)
    example: Mapping[str, Any] = field(hash=False)
    parts: Mapping[str, Mapping[str, Any]] = field(hash=False, default_factory=dict)


vocabularies: Registry[Vocabulary] = Registry("api.description")
pushes: Registry[Push] = Registry("api.description")
register_push = pushes.register


def name_values(**named: Iterable[Any]) -> None:
    """Name sets of values: ``name_values(Colour=Colour.values)``."""
    for name, values in named.items():
        vocabularies.register(Vocabulary(name, tuple(str(value) for value in values)))
