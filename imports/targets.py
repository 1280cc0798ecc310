"""Import targets: what the rows of a file can become, as the apps' ``sheets.py`` declare."""

from collections.abc import Iterator, Mapping

from django.core import validators
from django.db import models

from facts.models import Fact
from foundation.contributions.sheets import Target, targets
from foundation.words import Words

_LENGTH_VALIDATORS = (validators.MaxLengthValidator, validators.ProhibitNullCharactersValidator)
ENTERPRISE = "enterprise"  # all other records refer to one


def codes() -> list[str]:
    """Return the codes of all targets."""
    return [target.code for target in targets]


def is_enterprise(target: Target) -> bool:
    """Return whether the rows become enterprises in the register."""
    return target.code == ENTERPRISE


def fact_model(target: Target) -> type[Fact]:
    """Return the model of the facts that the rows become. Not for enterprises, nor for acts."""
    assert issubclass(target.model, Fact)
    return target.model


def rules_of(field: models.Field) -> list:
    """Return the validators of a field except those for length and null characters, which are checked elsewhere."""
    return [rule for rule in field.validators if not isinstance(rule, _LENGTH_VALIDATORS)]


class KindWords(Mapping[str, Words]):
    """What each kind of record is called, by its code in profiles; read when it is asked for, in the active language."""

    def __getitem__(self, name: str) -> str:
        return kind_word(name)

    def __iter__(self) -> Iterator[str]:
        return iter(codes())

    def __len__(self) -> int:
        return len(targets)


def kind_word(name: str) -> str:
    """Return the name of a kind of record in the active language."""
    if name not in targets:
        return name
    return str(targets[name].words or targets[name].model._meta.verbose_name)
