"""Where a record came from if nobody typed it, declared in an app's ``origins.py`` and told on the record's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from foundation.contributions.registry import Registry
from foundation.words import Words

if TYPE_CHECKING:
    from foundation.accounts.actors import Actor


@dataclass(frozen=True)
class Origin:
    """One way by which records come in. ``told`` returns it in a sentence for one record, "" if it came otherwise."""

    code: str
    told: Callable[[Actor, models.Model], Words]


origins: Registry[Origin] = Registry("origins")
register = origins.register


def told_of(actor: Actor, record: models.Model) -> list[Words]:
    """Return the sentences about one record, for the police alone: others learn nothing of files and their people."""
    return [words for each in origins if (words := each.told(actor, record))] if actor.is_police else []
