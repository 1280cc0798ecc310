"""What a row of a file may become, as the apps declare it in their ``sheets.py``."""

from django.core import validators
from django.db import models

from facts.models import Fact
from foundation.contributions.sheets import Target, targets

_LENGTH_VALIDATORS = (validators.MaxLengthValidator, validators.ProhibitNullCharactersValidator)
ENTERPRISE = "enterprise"  # what all other records are about, and the one that is registered


def codes() -> list[str]:
    """Return the codes of all kinds of records."""
    return [target.code for target in targets]


def is_enterprise(target: Target) -> bool:
    """Return whether the rows become entries of the register."""
    return target.code == ENTERPRISE


def fact_model(target: Target) -> type[Fact]:
    """Return the model of the facts that rows become. Not for enterprises."""
    assert issubclass(target.model, Fact)
    return target.model


def rules_of(field: models.Field) -> list:
    """Return the validators of a field that the length check does not cover already."""
    return [rule for rule in field.validators if not isinstance(rule, _LENGTH_VALIDATORS)]


def kind_word(name: str) -> str:
    """Return what a kind of record is called, in the active language."""
    return str(targets[name].model._meta.verbose_name) if name in targets else name
