"""Deadlines of hazards under the time limit for rectification: what is proposed, and how one is counted.

A deadline is a day that an officer sets. The time limit only proposes it, so deadlines of hazards that were recorded
before keep their day.
"""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.deadlines.counting import Count, Unit, counted_until
from foundation.deadlines.selectors import InForce, limit_in_force
from foundation.deadlines.words import length_in_words
from foundation.words import between_sentences
from inspections.models import Hazard
from inspections.time_limits import RECTIFY

LONGEST_SHOWN = dt.timedelta(days=400)


@dataclass(frozen=True)
class Proposal:
    """The deadline that the time limit gives for a hazard found on a day."""

    start_on: dt.date
    rule: InForce

    @cached_property
    def last_on(self) -> dt.date | None:
        return self.rule.from_day(self.start_on).last_on

    @property
    def words(self) -> SafeString:
        """What is proposed, with the way to how it is counted."""
        proposed = _("Proposed: %(length)s from %(start)s, that is %(last)s.") % {
            "length": length_in_words(self.rule.length),
            "start": self.start_on.isoformat(),
            "last": self.last_on.isoformat() if self.last_on else "",
        }
        url = f"{reverse('deadlines:limit', args=[RECTIFY])}?start={self.start_on.isoformat()}"
        return format_html(
            '{}{}<a href="{}" data-unguard>{}</a>', proposed, between_sentences(), url, _("How it is counted")
        )


def proposal(actor: Actor, start_on: dt.date) -> Proposal:
    """Return the deadline that is proposed in the actor's bureau for a hazard found on a day. One query."""
    return Proposal(start_on, limit_in_force(actor, RECTIFY, start_on))


def begun_on(hazard: Hazard) -> dt.date:
    """Return the day from which its deadline counts: found, or reopened with a new deadline."""
    due = hazard.due_on.isoformat() if hazard.due_on else None
    replaced = [
        dt.date.fromisoformat(entry["until"])
        for entry in hazard.earlier or ()
        if "due_on" in entry and entry["due_on"] != due
    ]
    return max(replaced, default=hazard.found_on)


@dataclass(frozen=True)
class Counted:
    """The deadline of a hazard as it was counted. ``count`` is None where the days would fill more than a page."""

    hazard: Hazard
    start_on: dt.date
    rule: InForce
    proposed_on: dt.date | None
    number: int
    count: Count | None

    @property
    def follows_rule(self) -> bool:
        """Whether the original deadline is the one that the time limit gives."""
        return self.hazard.due_on == self.proposed_on


def counted_deadline(actor: Actor, hazard: Hazard) -> Counted | None:
    """Return how the deadline in force is counted, under the rule of the day it began; None without a deadline."""
    last_on, start_on = hazard.deadline_on, begun_on(hazard)
    if last_on is None:
        return None
    rule = limit_in_force(actor, RECTIFY, start_on)
    proposed = rule.from_day(start_on)
    if not dt.timedelta(0) <= last_on - start_on <= LONGEST_SHOWN:
        return Counted(hazard, start_on, rule, proposed.last_on, 0, None)
    if proposed.last_on == last_on:
        return Counted(hazard, start_on, rule, proposed.last_on, proposed.counted, proposed)
    count = counted_until(start_on, last_on, Unit.WORKING)
    return Counted(hazard, start_on, rule, proposed.last_on, count.counted, count)
