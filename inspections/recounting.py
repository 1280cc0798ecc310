"""Deadlines that end on another day since the calendar of working days has changed, and their confirmation.

A deadline that reaches into a year whose holidays are not published yet is counted with a provisional calendar. When
``chinesecalendar`` brings that year, or corrects one, such deadlines are counted again. None moves by itself: a
supervisor or chief sees all of them and confirms them at once.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.operations.register import lock_in_order
from facts.operations import change_fact
from facts.selectors import visible
from facts.steps import Course
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.deadlines.calendar import digest_between
from foundation.deadlines.counting import Limit
from inspections.access import Permission
from inspections.deadlines import limit_of, set_deadline
from inspections.models import Hazard

ACT = "recount"
MOST = 300  # deadlines confirmed at once: each is an act with its entry in the log


@dataclass(frozen=True)
class Recount:
    """A deadline in force that ends on another day by the calendar of today.

    ``is_over``: that day has passed already. Such a deadline stays: the enterprise was told the later day.
    """

    hazard: Hazard
    limit: Limit
    old_on: dt.date
    new_on: dt.date
    is_over: bool


@dataclass(frozen=True)
class Recounts:
    """All of them that an actor may see, the earliest deadline first."""

    rows: Sequence[Recount]
    pk = 0  # its pages name no record

    def __str__(self) -> str:
        return _("Deadlines to be counted again")

    @property
    def moving(self) -> list[Recount]:
        """Those that a confirmation moves, as many as one takes."""
        return [each for each in self.rows if not each.is_over][:MOST]

    @property
    def version(self) -> str:
        """What changes when somebody would confirm something else than what was shown."""
        told = [(each.hazard.pk, each.hazard.version, str(each.new_on)) for each in self.moving]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def recounts(actor: Actor) -> Recounts:
    """Return the deadlines that wait for a rectification and end on another day than they did. Two queries at most."""
    today = timezone.localdate()
    known = {
        digest_between(dt.date(year, 1, 1), dt.date(year + more, 1, 1))
        for year in range(today.year - 2, today.year + 2)
        for more in (0, 1, 2)
    }
    waiting = (
        visible(actor, Hazard)
        .filter(closed_on=None, rectified_on=None, suspended_on=None, counted_as__isnull=False)
        .exclude(counted_as__calendar__in=known)
        .order_by("due_on", "pk")
    )
    found = []
    ends: dict[Limit, dt.date | None] = {}  # hazards of one day share their limit
    for hazard in waiting:
        limit, old_on = limit_of(hazard), hazard.deadline_on
        if limit is None or old_on is None:
            continue
        if limit not in ends:
            ends[limit] = limit.count().last_on
        new_on = ends[limit]
        if new_on and new_on != old_on:
            found.append(Recount(hazard, limit, old_on, new_on, is_over=new_on < today))
    return Recounts(found)


@transaction.atomic
@as_declared
def recount_deadlines(*, actor: Actor, version: str | None, reason: str) -> int:
    """Move the deadlines of :func:`recounts` to the day on which they end now, each with its entry in the log.

    Return how many. Raise NotAllowed, ValidationError without a reason, WrongState if there are none, StaleRecord if they
    are not the ones that were shown (``version``).
    """
    require(actor, Permission.RECOUNT_HAZARDS)
    reason = required_reason(reason)
    found = recounts(actor)
    if not found.moving:
        raise WrongState(_("No deadline ends on another day any more."))
    if version is not None and version != found.version:
        raise StaleRecord(_("The deadlines are no longer the ones you were shown. Look at them again."))
    lock_in_order({each.hazard.enterprise_id for each in found.moving})
    for each in found.moving:
        move_deadline(
            actor,
            each.hazard,
            each.limit,
            act=ACT,
            permission=Permission.RECOUNT_HAZARDS,
            reason=reason,
        )
    return len(found.moving)


def move_deadline(
    actor: Actor, moved: Hazard, limit: Limit, *, act: str, permission: str, reason: str
) -> None:
    """Let a hazard's deadline end where a limit says, with a step of today and its entry in the log.

    Raise StaleRecord if it was changed since, WrongState if it cannot end there.
    """

    def change(hazard: Hazard) -> None:
        course = Course(hazard)
        set_deadline(hazard, limit)
        course.after_act(actor=actor, act=act, on=timezone.localdate(), reason=reason, at=None)

    try:
        change_fact(
            actor=actor,
            permission=permission,
            model=Hazard,
            id=moved.pk,
            version=moved.version,
            action=kind_of_model(Hazard).action(act),
            change=change,
            reason=reason,
        )
    except ValidationError as error:
        words = _("The deadline of “%(hazard)s” cannot move to %(day)s: %(why)s")
        values = {"hazard": moved, "day": str(limit.count().last_on or ""), "why": " ".join(error.messages)}
        raise WrongState(words % values) from error
