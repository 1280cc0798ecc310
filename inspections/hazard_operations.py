"""Writes of hazards: found, rectified, closed; extended, graded, refused. Each walks the table of states."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.operations import change_fact, correct_fact, create_fact, needed, void_fact
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from inspections.choices import HazardState, Origin
from inspections.models import Hazard

OPEN, OVERDUE, REFUSED = HazardState.OPEN, HazardState.OVERDUE, HazardState.REFUSED
SUBMITTED, CLOSED = HazardState.SUBMITTED, HazardState.CLOSED

OWN_DEADLINE = dt.timedelta(days=30)  # the longest that an enterprise gives itself; an officer may extend it

# (from, to): permission. A hazard that passed on the spot is closed without a submission of its own.
# What is not here does not happen; only a correction or voiding, with a reason, leaves the table.
TRANSITIONS = {
    (OPEN, SUBMITTED): "hazards:rectify",
    (OVERDUE, SUBMITTED): "hazards:rectify",
    (REFUSED, SUBMITTED): "hazards:rectify",
    (SUBMITTED, CLOSED): "hazards:close",
    (OPEN, CLOSED): "hazards:close",
    (OVERDUE, CLOSED): "hazards:close",
    (REFUSED, CLOSED): "hazards:close",
    (SUBMITTED, OPEN): "hazards:send_back",  # or overdue, whichever the deadline makes it
    (OPEN, OPEN): "hazards:extend",
    (OPEN, REFUSED): "hazards:refuse",
    (OVERDUE, REFUSED): "hazards:refuse",
}


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
        actor=actor, permission="hazards:record", model=Hazard, enterprise_id=enterprise_id, values=fields
    )


def _refuse_far_deadline(found_on: dt.date | None, due_on: dt.date | None) -> None:
    if found_on and due_on and due_on > found_on + OWN_DEADLINE:
        raise ValidationError(
            {
                "due_on": _("At most %(days)d days after the hazard was found: by %(last)s.")
                % {"days": OWN_DEADLINE.days, "last": (found_on + OWN_DEADLINE).isoformat()}
            }
        )


def correct_hazard(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Hazard:
    """Put a wrong hazard right, whatever its state. Errors as correct_fact."""
    return correct_fact(
        actor=actor,
        permission="hazards:correct",
        model=Hazard,
        id=id,
        version=version,
        reason=reason,
        values=fields,
    )


def void_hazard(*, actor: Actor, id: int, version: int | None, reason: str) -> Hazard:
    """Take a wrong hazard out of lists and measures. Errors as void_fact."""
    return void_fact(
        actor=actor, permission="hazards:correct", model=Hazard, id=id, version=version, reason=reason
    )


def rectify_hazard(
    *, actor: Actor, id: int, version: int | None = None, rectified_on: dt.date | None = None
) -> Hazard:
    """Submit a hazard as rectified; the day decides later whether it was on time.

    An enterprise submits today: it cannot claim an earlier day for itself. WrongState unless open, overdue or refused.
    """
    if actor.is_enterprise or rectified_on is None:
        rectified_on = timezone.localdate()

    def change(hazard: Hazard) -> None:
        step(hazard, SUBMITTED, "hazards:rectify")
        hazard.rectified_on = rectified_on

    return _change(actor, id, version, "rectify", "hazards:rectify", change)


def close_hazard(
    *, actor: Actor, id: int, version: int | None = None, closed_on: dt.date | None = None
) -> Hazard:
    """Close a hazard whose rectification passed re-inspection (today unless said).

    Without a submission before, the day of closing is the one that is compared with the deadline. WrongState if it
    is closed already.
    """

    def change(hazard: Hazard) -> None:
        step(hazard, CLOSED, "hazards:close")
        hazard.closed_on = closed_on or timezone.localdate()

    return _change(actor, id, version, "close", "hazards:close", change)


def send_back_hazard(*, actor: Actor, id: int, version: int | None = None, reason: str) -> Hazard:
    """Re-inspection was not passed: the hazard is open again under its old deadline. WrongState unless submitted."""

    def change(hazard: Hazard) -> None:
        step(hazard, OPEN, "hazards:send_back")
        hazard.rectified_on = None

    return _change(actor, id, version, "send_back", "hazards:send_back", change, reason=needed(reason))


def extend_hazard(
    *,
    actor: Actor,
    id: int,
    version: int | None = None,
    extended_due_on: dt.date,
    extension_granted_on: dt.date | None = None,
    reason: str = "",
) -> Hazard:
    """Grant an extension: once, before the deadline has passed, to a later day.

    WrongState for anything but an open hazard with a deadline; ValidationError for an end that is not later.
    """

    def change(hazard: Hazard) -> None:
        if hazard.due_on is None:
            raise WrongState(
                _("This hazard has no deadline that could be extended. Correct the record to set one.")
            )
        if hazard.extended_due_on:
            day = hazard.extended_due_on.isoformat()
            raise WrongState(_("The deadline was extended once already, to %(day)s.") % {"day": day})
        if hazard.state is OVERDUE:
            raise WrongState(_("The deadline has passed. An extension must be granted before it."))
        step(hazard, OPEN, "hazards:extend")
        hazard.extended_due_on = extended_due_on
        hazard.extension_granted_on = extension_granted_on or timezone.localdate()

    return _change(actor, id, version, "extend", "hazards:extend", change, reason=reason.strip())


def mark_major(
    *, actor: Actor, id: int, version: int | None = None, on: dt.date | None = None, reason: str = ""
) -> Hazard:
    """Say that an ordinary hazard is a major one from a day on (today unless said). WrongState once closed."""

    def change(hazard: Hazard) -> None:
        _refuse_closed(hazard)
        if hazard.major_from_on:
            day = hazard.major_from_on.isoformat()
            raise WrongState(
                _("It was marked major on %(day)s already. Correct the record if the days are wrong.")
                % {"day": day}
            )
        hazard.major_from_on = on or timezone.localdate()

    return _change(actor, id, version, "mark_major", "hazards:grade", change, reason=reason.strip())


def mark_ordinary(
    *, actor: Actor, id: int, version: int | None = None, on: dt.date | None = None, reason: str = ""
) -> Hazard:
    """Say that a major hazard is an ordinary one from a day on (today unless said). WrongState unless it is major."""

    def change(hazard: Hazard) -> None:
        _refuse_closed(hazard)
        if hazard.major_from_on is None or hazard.major_until_on:
            raise WrongState(_("This hazard is not a major one."))
        hazard.major_until_on = on or timezone.localdate()

    return _change(actor, id, version, "mark_ordinary", "hazards:grade", change, reason=reason.strip())


def refuse_hazard(
    *, actor: Actor, id: int, version: int | None = None, refused_on: dt.date | None = None, reason: str
) -> Hazard:
    """Note that the enterprise refuses to rectify: a veto of the rating. WrongState unless open or overdue."""

    def change(hazard: Hazard) -> None:
        step(hazard, REFUSED, "hazards:refuse")
        hazard.refused_on = refused_on or timezone.localdate()

    return _change(actor, id, version, "refuse", "hazards:refuse", change, reason=needed(reason))


def step(hazard: Hazard, to: HazardState, permission: str) -> None:
    """Raise WrongState, with words for the person, unless the table lets this act take a hazard to ``to``."""
    state = hazard.state
    if TRANSITIONS.get((state, to)) != permission:
        raise WrongState(
            _("This hazard is now in the state “%(state)s”; this cannot be done any more.")
            % {"state": state.label}
        )


def _refuse_closed(hazard: Hazard) -> None:
    if hazard.closed_on:
        raise WrongState(_("This hazard was closed on %(day)s.") % {"day": hazard.closed_on.isoformat()})


def _change(
    actor: Actor, id: int, version: int | None, verb: str, permission: str, change: Any, reason: str = ""
) -> Hazard:
    return change_fact(
        actor=actor, permission=permission, model=Hazard, id=id, version=version, action=f"hazard.{verb}",
        change=change, reason=reason,
    )  # fmt: skip
