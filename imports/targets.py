"""Import targets: what the rows of a file can become, as the apps' ``sheets.py`` declare."""

from django.core import validators
from django.db import models

from facts.models import Fact
from foundation.contributions.sheets import Target, targets

_LENGTH_VALIDATORS = (validators.MaxLengthValidator, validators.ProhibitNullCharactersValidator)
ENTERPRISE = "enterprise"  # all other records refer to one


def codes() -> list[str]:
    """Return the codes of all targets."""
    return [target.code for target in targets]


def is_enterprise(target: Target) -> bool:
    """Return whether the rows become enterprises in the register."""
    return target.code == ENTERPRISE


def fact_model(target: Target) -> type[Fact]:
    """Return the model of the facts that the rows become. Not for enterprises."""
    assert issubclass(target.model, Fact)
    return target.model


def rules_of(field: models.Field) -> list:
    """Return the validators of a field except those for length and null characters, which are checked elsewhere."""
    return [rule for rule in field.validators if not isinstance(rule, _LENGTH_VALIDATORS)]


def kind_word(name: str) -> str:
    """Return the name of a kind of record in the active language."""
    return str(targets[name].model._meta.verbose_name) if name in targets else name
