"""Writes of hazards: recording, correcting, voiding, and what each act of HAZARD_LIFE changes."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.dates import check_own_day
from facts.operations import correct_fact, create_fact, writes_of
from facts.own import is_by_enterprise
from facts.selectors import acts_on
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.choices import Origin
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard

OWN_HAZARD = ("item", "place", "description", "found_on", "due_on")  # what an enterprise's people enter
OWN_DEADLINE = dt.timedelta(days=30)  # the latest that an enterprise may set itself; an officer may extend it


def create_hazard(*, actor: Actor, enterprise_id: int, major: bool = False, **fields: Any) -> Hazard:
    """Record a hazard; ``major`` marks it major from the day it was found.

    What enterprise users record always counts as found by the enterprise, ordinary and reported today; its deadline
    is at most thirty days away, because the deadline excuses the hazard in the rating. Raises as create_fact.
    """
    if actor.is_enterprise:
        _refuse_far_deadline(fields.get("found_on"), fields.get("due_on"))
        major = False
        fields |= {"origin": Origin.SELF, "reported_on": timezone.localdate()}
    if major:
        fields["major_from_on"] = fields.get("found_on")
    return create_fact(
        actor=actor,
        permission=Permission.RECORD_HAZARDS,
        model=Hazard,
        enterprise_id=enterprise_id,
        values=fields,
    )


def _refuse_far_deadline(found_on: dt.date | None, due_on: dt.date | None) -> None:
    if found_on and due_on and due_on > found_on + OWN_DEADLINE:
        last = (found_on + OWN_DEADLINE).isoformat()
        words = _("The deadline can be at most %(days)d days after the hazard was found: %(last)s.")
        raise ValidationError({"due_on": words % {"days": OWN_DEADLINE.days, "last": last}})


def _correct_hazard(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Hazard:
    """Correct a hazard; an enterprise's people their own of today, under the rules of a new one. Raises as correct_fact."""
    if actor.is_enterprise:
        check_own_day(actor, "found_on", fields.get("found_on"))
        _refuse_far_deadline(fields.get("found_on"), fields.get("due_on"))
    return correct_fact(
        actor=actor,
        permission=Permission.CORRECT_HAZARDS,
        model=Hazard,
        id=id,
        version=version,
        reason=reason,
        values=fields,
        own=OWN_HAZARD,
    )


HAZARD_WRITES = writes_of(
    Hazard, Permission.VIEW_HAZARDS, create=create_hazard, correct=_correct_hazard, own=OWN_HAZARD
)
correct_hazard, void_hazard = HAZARD_WRITES.correct, HAZARD_WRITES.void


@HAZARD_LIFE.operation("rectify")
def rectify_hazard(hazard: Hazard, *, actor: Actor, rectified_on: dt.date | None = None) -> None:
    """Submit a hazard as rectified; this day is later compared with the deadline.

    An enterprise always submits with today's date, so that it cannot claim an earlier one.
    """
    hazard.rectified_on = (
        timezone.localdate() if actor.is_enterprise else rectified_on or timezone.localdate()
    )


@HAZARD_LIFE.operation("withdraw")
def withdraw_submission(hazard: Hazard, *, actor: Actor) -> None:
    """Take back a submission of the enterprise's own, of today, that the police have not worked with since."""
    entries = acts_on(actor, [hazard]).get(hazard.pk, [])
    if not entries or not is_by_enterprise(entries[0]):
        raise WrongState(_("The police have already worked with this record, so only they can correct it."))
    hazard.rectified_on = None


@HAZARD_LIFE.operation("close")
def close_hazard(hazard: Hazard, *, actor: Actor, closed_on: dt.date | None = None) -> None:
    """Close a hazard whose rectification passed re-inspection, by default today.

    If it was never submitted, the closing day is compared with the deadline.
    """
    hazard.closed_on = closed_on or timezone.localdate()


@HAZARD_LIFE.operation("send_back")
def send_back_hazard(hazard: Hazard, *, actor: Actor) -> None:
    """Reopen a hazard that did not pass re-inspection, under its old deadline."""
    hazard.rectified_on = None


@HAZARD_LIFE.operation("extend")
def extend_hazard(
    hazard: Hazard, *, actor: Actor, extended_due_on: dt.date, extension_granted_on: dt.date | None = None
) -> None:
    """Grant an extension: once, before the deadline has passed, to a later day; else ValidationError."""
    hazard.extended_due_on = extended_due_on
    hazard.extension_granted_on = extension_granted_on or timezone.localdate()


@HAZARD_LIFE.operation("mark_major")
def mark_major(hazard: Hazard, *, actor: Actor, on: dt.date | None = None) -> None:
    """Mark an ordinary hazard as major from a day on, by default today."""
    hazard.major_from_on = on or timezone.localdate()


@HAZARD_LIFE.operation("mark_ordinary")
def mark_ordinary(hazard: Hazard, *, actor: Actor, on: dt.date | None = None) -> None:
    """Mark a major hazard as ordinary from a day on, by default today."""
    hazard.major_until_on = on or timezone.localdate()


@HAZARD_LIFE.operation("refuse")
def refuse_hazard(hazard: Hazard, *, actor: Actor, refused_on: dt.date | None = None) -> None:
    """Record that the enterprise refuses to rectify, which is a veto in the rating."""
    hazard.refused_on = refused_on or timezone.localdate()
