"""Writes of hazards: recorded, corrected, voided, and what each act of HAZARD_LIFE changes."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.operations import create_fact, writes_of
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.choices import Origin
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard

OWN_DEADLINE = dt.timedelta(days=30)  # the longest that an enterprise gives itself; an officer may extend it


def create_hazard(*, actor: Actor, enterprise_id: int, major: bool = False, **fields: Any) -> Hazard:
    """Record a hazard; ``major`` makes it one from the day it was found.

    What an enterprise's people record is by its nature found by themselves, ordinary until an officer says otherwise,
    and reported today; its deadline is at most thirty days away, because it excuses the hazard in the rating. Errors
    as create_fact.
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
        words = _("At most %(days)d days after the hazard was found: by %(last)s.")
        raise ValidationError({"due_on": words % {"days": OWN_DEADLINE.days, "last": last}})


HAZARD_WRITES = writes_of(Hazard, Permission.VIEW_HAZARDS, day="found_on", create=create_hazard)
correct_hazard, void_hazard = HAZARD_WRITES.correct, HAZARD_WRITES.void


@HAZARD_LIFE.operation("rectify")
def rectify_hazard(hazard: Hazard, *, actor: Actor, rectified_on: dt.date | None = None) -> None:
    """Submit a hazard as rectified; the day decides later whether it was on time.

    An enterprise submits today: it cannot claim an earlier day for itself.
    """
    hazard.rectified_on = (
        timezone.localdate() if actor.is_enterprise else rectified_on or timezone.localdate()
    )


@HAZARD_LIFE.operation("close")
def close_hazard(hazard: Hazard, *, actor: Actor, closed_on: dt.date | None = None) -> None:
    """Close a hazard whose rectification passed re-inspection (today unless said).

    Without a submission before, the day of closing is the one that is compared with the deadline.
    """
    hazard.closed_on = closed_on or timezone.localdate()


@HAZARD_LIFE.operation("send_back")
def send_back_hazard(hazard: Hazard, *, actor: Actor) -> None:
    """Open a hazard again under its old deadline: the re-inspection was not passed."""
    hazard.rectified_on = None


@HAZARD_LIFE.operation("extend")
def extend_hazard(
    hazard: Hazard, *, actor: Actor, extended_due_on: dt.date, extension_granted_on: dt.date | None = None
) -> None:
    """Grant an extension: once, before the deadline has passed, to a later day (ValidationError else)."""
    hazard.extended_due_on = extended_due_on
    hazard.extension_granted_on = extension_granted_on or timezone.localdate()


@HAZARD_LIFE.operation("mark_major")
def mark_major(hazard: Hazard, *, actor: Actor, on: dt.date | None = None) -> None:
    """Say that an ordinary hazard is a major one from a day on (today unless said)."""
    hazard.major_from_on = on or timezone.localdate()


@HAZARD_LIFE.operation("mark_ordinary")
def mark_ordinary(hazard: Hazard, *, actor: Actor, on: dt.date | None = None) -> None:
    """Say that a major hazard is an ordinary one from a day on (today unless said)."""
    hazard.major_until_on = on or timezone.localdate()


@HAZARD_LIFE.operation("refuse")
def refuse_hazard(hazard: Hazard, *, actor: Actor, refused_on: dt.date | None = None) -> None:
    """Note that the enterprise refuses to rectify: a veto of the rating."""
    hazard.refused_on = refused_on or timezone.localdate()
