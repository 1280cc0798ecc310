"""The deadline of a new hazard: what the item and the time limit propose, and what needs a reason."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.words import visible
from inspections.deadlines import Proposal, counted_as, proposal
from inspections.items import Item, Items

LONGEST_LATE = dt.timedelta(days=366)  # between a hazard and its record, for a deadline that runs from today
OWN_DEADLINE = dt.timedelta(days=30)  # the latest that an enterprise may set itself; an officer may extend it


@dataclass(frozen=True)
class Suggestion:
    """Severity and deadline of a hazard before they are typed: those of its item, else of an ordinary one."""

    item: Item | None
    is_major: bool
    proposed: Proposal


def suggestion(
    actor: Actor, items: Items, text: str, found_on: dt.date | None, *, major: bool | None = None
) -> Suggestion:
    """Return what is proposed for a hazard that is called so and was found on a day; without a plausible day, today.

    ``items``: the list in force. ``major``: what the person says; None for what the list says. One query.
    """
    item, today = items.named(text), timezone.localdate()
    is_major = bool(item and item.major) if major is None else major
    start_on = found_on if found_on and _is_recent(found_on, today) else today
    return Suggestion(
        item, is_major, proposal(actor, start_on, is_major=is_major, days=item.days if item else None)
    )


def _is_recent(found_on: dt.date, today: dt.date) -> bool:
    return today - LONGEST_LATE <= found_on <= today


def counted_or_explained(
    actor: Actor, fields: Mapping[str, Any], *, major: bool, item: Item | None = None
) -> dict[str, Any]:
    """Return how the deadline of a new hazard is counted, if it is a proposed one; ValidationError if it is too late.

    An order is often written up a day after the visit, so the limit counted from today is a proposal, too.
    """
    found_on, due_on = fields.get("found_on"), fields["due_on"]
    reason = visible(fields.get("due_reason") or "").strip()
    today = timezone.localdate()
    if not found_on or not _is_recent(found_on, today):
        return {"due_reason": reason}  # an old one, or said at that day
    starts = dict.fromkeys((found_on, today))
    if item and item.major and not major and not reason:
        raise ValidationError(
            {"due_reason": _("The list says that this item is a major hazard. Say why this one is not.")}
        )
    proposed = [
        proposal(actor, start_on, is_major=major, days=item.days if item else None) for start_on in starts
    ]
    if found := next((each for each in proposed if each.last_on == due_on), None):
        return {"counted_as": counted_as(found), "due_reason": reason}
    latest = max(each.last_on for each in proposed if each.last_on)
    if latest < due_on <= found_on + LONGEST_LATE and not reason:  # what is later still is refused anyway
        words = _("This is later than proposed (%(day)s). Say why the enterprise needs so long.")
        raise ValidationError({"due_reason": words % {"day": latest.isoformat()}})
    return {"due_reason": reason}


def refuse_far_deadline(found_on: dt.date | None, due_on: dt.date | None) -> None:
    """Raise ValidationError if an enterprise gives itself a deadline later than it may."""
    if found_on and due_on and due_on > found_on + OWN_DEADLINE:
        last = (found_on + OWN_DEADLINE).isoformat()
        words = _("The deadline can be at most %(days)d days after the hazard was found: %(last)s.")
        raise ValidationError({"due_on": words % {"days": OWN_DEADLINE.days, "last": last}})
