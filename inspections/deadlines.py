"""Deadlines of hazards under the time limit for rectification: what is proposed, how one is counted, what moves it.

A deadline is a day that an officer sets. The time limit only proposes it. If it is the proposed day, the record keeps how
it was counted (``Hazard.counted_as``): the rule it began with, and the working days of the calendar of then. A deadline
that somebody chose, or that was recorded before, keeps its day whatever the calendar says.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from facts.models import FactStep
from facts.steps import acts_among, steps_of
from foundation.accounts.actors import Actor
from foundation.deadlines.calendar import digest_between, is_working_day
from foundation.deadlines.counting import (
    DAY,
    Count,
    Extension,
    Length,
    Limit,
    Suspension,
    Unit,
    counted_until,
)
from foundation.deadlines.models import LimitChange
from foundation.deadlines.selectors import InForce, limit_in_force
from foundation.deadlines.words import length_in_words
from foundation.words import Words, between_sentences
from inspections.choices import RECTIFY, RECTIFY_MAJOR, Severity
from inspections.models import Hazard

LONGEST_SHOWN = dt.timedelta(days=400)


# --- proposals --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """The deadline that the time limit gives for a hazard found, or reopened, on a day."""

    start_on: dt.date
    rule: InForce

    @cached_property
    def last_on(self) -> dt.date | None:
        return self.rule.from_day(self.start_on).last_on

    @property
    def words(self) -> SafeString:
        """What is proposed, with the way to how it is counted."""
        return _with_way(self.rule, self.start_on, self.start_on, self.last_on)


def proposal(
    actor: Actor,
    start_on: dt.date,
    *,
    is_major: bool = False,
    days: int | None = None,
    changes: Sequence[LimitChange] | None = None,
) -> Proposal:
    """Return the deadline that is proposed in the actor's bureau for a hazard that begins on a day. One query.

    ``days``: the working days that the list of items gives instead of the time limit. ``changes`` of the bureau's time
    limits: if they are at hand, which saves the query.
    """
    rule = limit_in_force(actor, RECTIFY_MAJOR if is_major else RECTIFY, start_on, changes)
    return Proposal(start_on, replace(rule, length=Length(days, Unit.WORKING)) if days else rule)


def proposed_extension(actor: Actor, hazard: Hazard) -> tuple[dt.date | None, Words]:
    """Return the day to which an extension is proposed, and why: the length of the limit again, in its own days."""
    last_on = hazard.deadline_on
    if last_on is None:
        return None, ""
    limit = limit_of(hazard)
    rule = limit_in_force(actor, code_of(hazard), begun_on(hazard))
    if limit:
        length = limit.length
        day = limit.extended(length.number, "").count().last_on
    else:
        length = rule.length
        day = Limit(last_on, length).count().last_on
    words = _("Proposed: %(length)s more, from %(start)s, that is %(last)s.")
    values = {"length": length_in_words(length), "start": last_on.isoformat(), "last": str(day or "")}
    return day, words % values


def proposed_reopening(actor: Actor, hazard: Hazard) -> tuple[dt.date | None, Words]:
    """Return the deadline that is proposed for a hazard that is reopened today, and why."""
    proposed = proposal(actor, timezone.localdate(), is_major=hazard.severity is Severity.MAJOR)
    return proposed.last_on, proposed.words


def _with_way(rule: InForce, start_on: dt.date, from_on: dt.date, last_on: dt.date | None) -> SafeString:
    proposed = _("Proposed: %(length)s from %(start)s, that is %(last)s.") % {
        "length": length_in_words(rule.length),
        "start": from_on.isoformat(),
        "last": last_on.isoformat() if last_on else "",
    }
    url = f"{reverse('deadlines:limit', args=[rule.pk])}?start={start_on.isoformat()}"
    return format_html(
        '{}{}<a href="{}" data-unguard>{}</a>', proposed, between_sentences(), url, _("How it is counted")
    )


# --- what a record keeps of its count ---------------------------------------------------------------------------------


def counted_as(proposed: Proposal) -> dict[str, Any]:
    """Return what a record keeps of a deadline that is the proposed day."""
    length = proposed.rule.length
    limit = Limit(proposed.start_on, length)
    return _kept(limit, proposed.rule.pk, limit.count())


def keep_count(hazard: Hazard, limit: Limit) -> None:
    """Let a hazard keep how its deadline is counted now, under the time limit it began with."""
    hazard.counted_as = _kept(limit, (hazard.counted_as or {}).get("code", RECTIFY), limit.count())


def _kept(limit: Limit, code: str, count: Count) -> dict[str, Any]:
    return {
        "code": code,
        "start": limit.start_on.isoformat(),
        "days": limit.length.number,
        "unit": str(limit.length.unit),
        "more": sum(each.number for each in limit.extensions),
        "calendar": digest_between(limit.start_on, count.days[-1].on),
        "on": count.last_on.isoformat() if count.last_on else None,
    }


def code_of(hazard: Hazard) -> str:
    """Return the code of the time limit for a hazard of its severity today."""
    return RECTIFY_MAJOR if hazard.severity is Severity.MAJOR else RECTIFY


def begun_on(hazard: Hazard) -> dt.date:
    """Return the day from which its deadline counts: found, or reopened."""
    return hazard.begun_again_on or hazard.found_on


def before_suspension(hazard: Hazard) -> Mapping[str, Any]:
    """Return the days of the deadline as they were when it was suspended; empty if it is not."""
    held = [each for each in hazard.earlier or () if "due_on" in each]
    return held[-1] if hazard.suspended_on and held else {}


def suspensions_of(hazard: Hazard, reasons: Mapping[str, str] | None = None) -> tuple[Suspension, ...]:
    """Return when its deadline stood still since it began, oldest first. ``reasons`` by the first day, in ISO form."""
    start, reasons = begun_on(hazard), reasons or {}
    held = [
        (dt.date.fromisoformat(each["suspended_on"]), dt.date.fromisoformat(each["until"]))
        for each in hazard.earlier or ()
        if each.get("suspended_on")
    ]
    found = [
        Suspension(first, until - DAY, reasons.get(first.isoformat(), ""))
        for first, until in held
        if start < first < until
    ]
    if hazard.suspended_on:
        found.append(Suspension(hazard.suspended_on, None, reasons.get(hazard.suspended_on.isoformat(), "")))
    return tuple(found)


def limit_of(hazard: Hazard, reasons: Mapping[str, str] | None = None) -> Limit | None:
    """Return the limit by which the deadline in force, or the suspended one, was counted; None if somebody chose it."""
    kept = hazard.counted_as
    if not kept or kept["start"] < begun_on(hazard).isoformat():
        return None
    held = before_suspension(hazard)
    in_force = hazard.deadline_on.isoformat() if hazard.deadline_on else None
    if kept["on"] != (held.get("extended_due_on") or held.get("due_on") if held else in_force):
        return None
    return Limit(
        dt.date.fromisoformat(kept["start"]),
        Length(kept["days"], Unit(kept["unit"])),
        suspensions_of(hazard, reasons),
        (Extension(kept["more"], ""),) if kept["more"] else (),
    )


def set_deadline(hazard: Hazard, limit: Limit, code: str = "") -> None:
    """Give a hazard the deadline that a limit gives, and keep how it was counted. What it was before is in ``earlier``."""
    count, before = limit.count(), hazard.counted_as or {}
    hazard.due_on, hazard.extended_due_on, hazard.extension_granted_on = count.last_on, None, None
    hazard.counted_as = _kept(limit, code or before.get("code", RECTIFY), count)


def resumed_deadline(hazard: Hazard, rule: InForce, on: dt.date) -> tuple[dt.date, Limit | None]:
    """Return the deadline of a suspended hazard that runs again from a day on, and the limit if it was counted.

    A deadline that somebody chose moves by as many days of the rule's unit as the suspension covers.
    """
    assert hazard.suspended_on
    if limit := limit_of(hazard):
        limit = limit.resumed(on)
        last_on = limit.count().last_on
        assert last_on
        return last_on, limit
    held = before_suspension(hazard)
    last_on = dt.date.fromisoformat(held["extended_due_on"] or held["due_on"])
    covered = [hazard.suspended_on + number * DAY for number in range((on - hazard.suspended_on).days)]
    own = [day for day in covered if rule.unit is Unit.CALENDAR or is_working_day(day)]
    moved = Limit(last_on, Length(len(own), rule.unit)).count().last_on if own else last_on
    assert moved
    return moved, None


def raised(actor: Actor, hazard: Hazard, on: dt.date) -> Limit | None:
    """Return the limit of a hazard that becomes major on a day: from its original start, with all that happened to it.

    None if somebody chose its deadline, if it would not end earlier, or if something has moved it after that day.
    """
    limit = limit_of(hazard)
    moved = [each["until"] for each in hazard.earlier or () if "due_on" in each]
    granted = hazard.extension_granted_on
    if limit is None or (granted and granted > on) or max(moved, default="") > on.isoformat():
        return None
    under = limit.under(limit_in_force(actor, RECTIFY_MAJOR, limit.start_on).length)
    last_on, now = under.count().last_on, limit.count().last_on
    if under.length == limit.length or (last_on and now and last_on >= now):
        return None
    return under


# --- how it was counted, for its page ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """The deadline of a hazard as it was counted. ``count`` is None where the days would fill more than a page.

    ``recounted_on`` is the day on which it would end by the calendar of today, if that is another one.
    """

    hazard: Hazard
    start_on: dt.date
    rule: InForce
    proposed_on: dt.date | None
    number: int
    count: Count | None
    follows_rule: bool
    recounted_on: dt.date | None = None
    moves: Sequence[FactStep] = ()


def _so_far(limit: Limit, today: dt.date) -> Count:
    """Return how a suspended limit is counted up to today."""
    count = limit.resumed(max(today, limit.suspensions[-1].first_on) + DAY).count()
    return replace(count, days=tuple(each for each in count.days if each.on <= today), last_on=None)


MOVES = ("reopen", "extend", "suspend", "resume", "recount", "count_from_service", "mark_major")


def counted_deadline(
    actor: Actor,
    hazard: Hazard,
    steps: Sequence[FactStep] | None = None,
    changes: Sequence[LimitChange] | None = None,
) -> Counted | None:
    """Return how the deadline in force is counted, under the rule it began with; None without a deadline.

    ``steps`` of the hazard and ``changes`` of the bureau's time limits: if they are at hand.
    """
    last_on, start_on = hazard.deadline_on, begun_on(hazard)
    if last_on is None and not hazard.suspended_on:
        return None
    acts = acts_among(copy(each) for each in (steps_of(hazard) if steps is None else steps))[::-1]
    moves = [
        each
        for each in acts
        if each.act in MOVES and each.on >= start_on and each.values.keys() & {"due_on", "extended_due_on"}
    ]
    reasons = {each.values["suspended_on"]: each.reason for each in acts if each.values.get("suspended_on")}
    limit, kept = limit_of(hazard, reasons), hazard.counted_as
    if limit and kept:
        rule = limit_in_force(actor, kept["code"], limit.start_on, changes)
        rule = replace(rule, length=limit.length)
        count = limit.count()
        proposed_on = Limit(limit.start_on, limit.length).count().last_on
        moved = count.last_on if count.last_on != last_on and not hazard.suspended_on else None
        if hazard.suspended_on:
            count = _so_far(limit, timezone.localdate())
        elif moved:  # by the calendar of then it ended on the day in force
            count = counted_until(limit.start_on, last_on or moved, limit.length.unit)
        shown = count if len(count.days) <= LONGEST_SHOWN.days else None
        return Counted(hazard, limit.start_on, rule, proposed_on, count.counted, shown, True, moved, moves)
    rule = limit_in_force(actor, code_of(hazard), start_on, changes)
    proposed = rule.from_day(start_on)
    if last_on is None or not dt.timedelta(0) <= last_on - start_on <= LONGEST_SHOWN:
        return Counted(hazard, start_on, rule, proposed.last_on, 0, None, False, moves=moves)
    follows = hazard.due_on == proposed.last_on
    if proposed.last_on == last_on:
        return Counted(
            hazard, start_on, rule, proposed.last_on, proposed.counted, proposed, follows, moves=moves
        )
    count = counted_until(start_on, last_on, Unit.WORKING)
    return Counted(hazard, start_on, rule, proposed.last_on, count.counted, count, follows, moves=moves)
