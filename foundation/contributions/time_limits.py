"""Time limits 期限, declared in an app's ``time_limits.py``: how long something may take, and which rule says so.

No number of days is a constant of the program. A bureau changes what no law fixes (:mod:`foundation.deadlines`).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.contributions.registry import Registry, WordsOf
from foundation.deadlines.counting import Length
from foundation.words import Words


class Mark(models.TextChoices):
    """Where the number of days comes from."""

    STATUTORY = "statutory", _("statutory")
    DEFAULT = "default", _("system default, not statutory")


@dataclass(frozen=True)
class Rule:
    """The length of a limit from a day on, and the text it is taken from. ``article`` is its place there."""

    length: Length
    mark: Mark
    source: Words
    article: str = ""
    effective_from: dt.date = dt.date.min


@dataclass(frozen=True)
class TimeLimit:
    """One time limit: what must be done, and counted from which day on, that day left out.

    ``rules`` are all that were ever shipped, the oldest first: a limit that has begun keeps the one it began with.
    """

    code: str
    title: Words
    starts: Words
    rules: tuple[Rule, ...]

    def rule_on(self, day: dt.date) -> Rule:
        """Return the shipped rule for limits that begin on a day."""
        return next((rule for rule in reversed(self.rules) if rule.effective_from <= day), self.rules[0])


@dataclass(frozen=True)
class Recounting:
    """Deadlines of an app that end on another day since the calendar has changed: where, and how many an actor moves.

    ``permission`` is that of the page ``page``; ``count`` takes the actor and returns the number.
    """

    code: str
    words: Callable[[int], str]
    page: str
    permission: str
    count: Callable[[Any], int]


time_limits: Registry[TimeLimit] = Registry("time_limits")
recountings: Registry[Recounting] = Registry("time_limits")
register = time_limits.register
titles = WordsOf(time_limits, lambda limit: limit.title)  # for the audit log
