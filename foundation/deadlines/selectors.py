"""Reads of time limits: the rule in force in a bureau, and a limit counted under it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from foundation.accounts.actors import Actor
from foundation.contributions.time_limits import Mark, Rule, TimeLimit, time_limits
from foundation.database.once import asked_once
from foundation.deadlines.counting import Count, Length, Limit, Unit
from foundation.deadlines.models import LimitChange


@dataclass(frozen=True)
class InForce:
    """A time limit as it applies in a bureau on a day. ``change`` is the bureau's own, None if the shipped rule applies.

    ``version`` grows with each change, also of one to come.
    """

    limit: TimeLimit
    rule: Rule
    length: Length
    effective_from: dt.date | None
    change: LimitChange | None = None
    coming: LimitChange | None = None
    version: int = 1

    def __str__(self) -> str:
        return str(self.limit.title)

    @property
    def pk(self) -> str:
        """What its pages are addressed by."""
        return self.limit.code

    @property
    def may_change(self) -> bool:
        """Whether no law fixes it."""
        return self.rule.mark == Mark.DEFAULT

    @property
    def number(self) -> int:
        return self.length.number

    @property
    def unit(self) -> Unit:
        return self.length.unit

    def from_day(self, start_on: dt.date) -> Count:
        """Return how a limit that starts on a day is counted under this rule."""
        return Limit(start_on, self.length).count()


def all_changes(actor: Actor) -> QuerySet[LimitChange]:
    """Return all that the actor's bureau changed, the latest to come into force first."""
    return LimitChange.objects.filter(bureau_id=actor.bureau_id)


@asked_once
def changes_at_once(actor: Actor) -> list[LimitChange]:
    """Return the rows of ``all_changes``. One query."""
    return list(all_changes(actor))


def changes_of(actor: Actor, code: str = "") -> list[LimitChange]:
    """Return what the actor's bureau changed, the latest to come into force first. With ``code``: in one limit.

    All are read, which are few, so that whoever asks for several limits (``asking_once``) asks the database once.
    """
    return [each for each in changes_at_once(actor) if code in ("", each.code)]


def in_force(
    limit: TimeLimit, changes: Sequence[LimitChange], day: dt.date, today: dt.date | None = None
) -> InForce:
    """Return the rule for limits that begin on a day, from all changes of the bureau.

    A law that fixes the days by then prevails over what the bureau chose before.
    """
    rule = limit.rule_on(day)
    own = [change for change in changes if change.code == limit.code]
    version = 1 + max((change.pk for change in own), default=0)
    coming = next((change for change in reversed(own) if change.effective_from > (today or day)), None)
    change = next((change for change in own if change.effective_from <= day), None)
    if rule.mark == Mark.STATUTORY or change is None:
        since = None if rule.effective_from == dt.date.min else rule.effective_from
        coming = None if rule.mark == Mark.STATUTORY else coming
        return InForce(limit, rule, rule.length, since, None, coming, version)
    return InForce(limit, rule, change.length, change.effective_from, change, coming, version)


def limits_in_force(actor: Actor) -> list[InForce]:
    """Return all time limits as they apply today in the actor's bureau, in the order in which apps declare them."""
    changes, today = changes_of(actor), timezone.localdate()
    return [in_force(limit, changes, today) for limit in time_limits]


def limit_in_force(
    actor: Actor, code: str, day: dt.date | None = None, changes: Sequence[LimitChange] | None = None
) -> InForce:
    """Return one as it applies to limits that begin on a day, by default today. Raise LimitChange.DoesNotExist for an unknown code.

    ``changes``: all of the bureau, if they are at hand.
    """
    limit = time_limits.get(code)
    if limit is None:
        raise LimitChange.DoesNotExist(code)
    today = timezone.localdate()
    return in_force(limit, changes_of(actor, code) if changes is None else changes, day or today, today)
