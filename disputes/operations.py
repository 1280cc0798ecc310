"""What each act on a dispute changes, and what is refused of its texts; all else about writing one is common to all facts.

Each tells the enterprises on its sides (:func:`disputes.people.telling.tell_sides`).
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.choices import AgreementEnd
from disputes.kinds import refuse_kind
from disputes.lives import DISPUTE_LIFE
from disputes.models import Agreement, Dispute, MediationSession, TeamMember, Way
from disputes.people.masking import TITLE_FIELDS, refuse_persons
from disputes.people.selectors import names_in, parties_of
from disputes.people.telling import tell_sides
from facts.operations import correct_fact, create_fact, lock_fact, void_fact
from facts.rules import refuse_day_off_register
from facts.selectors import get_fact
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.faults import Faults


def create_dispute(*, actor: Actor, enterprise_id: int | None, told_kind: str = "", **values: Any) -> Dispute:
    """Record a dispute. Raise as ``create_fact``, ValidationError also for a title or place with a number of a person, and a kind not in use.

    ``told_kind`` is that of the report which it comes from; it may have been retired since.
    """
    faults = Faults()
    for name in TITLE_FIELDS:
        with faults.of():
            refuse_persons(values.get(name) or "", name, ())
    with faults.of():
        refuse_kind(values.get("kind") or "", told_kind)
    dispute = create_fact(
        actor=actor,
        permission=Permission.RECORD_DISPUTES,
        model=Dispute,
        enterprise_id=enterprise_id,
        values=values,
        faults=faults,
    )
    tell_sides(dispute)
    return dispute


def correct_dispute(*, actor: Actor, id: int, version: int | None, reason: str, **values: Any) -> Dispute:
    """Correct a dispute. Raise as ``correct_fact``, ValidationError also for a new title or place that names a party."""
    require(actor, Permission.CORRECT_DISPUTES)
    before = get_fact(actor, Dispute, id)
    day = values.get("opened_on")
    later = day if isinstance(day, dt.date) and day > before.opened_on else None
    if later:  # nothing is added meanwhile
        before = lock_fact(actor, Dispute, id)
    people, faults = names_in(parties_of(actor, before)), Faults()
    for name in TITLE_FIELDS:
        if values.get(name) and values[name] != getattr(before, name):
            with faults.of():
                refuse_persons(values[name], name, people)
    if "kind" in values:
        with faults.of():
            refuse_kind(values["kind"] or "", before.kind)
    if later and (first := _first_done(before)) and first < later:
        words = _("Something was done about it on %(day)s. Choose that day or an earlier one.")
        faults.add(ValidationError({"opened_on": words % {"day": first.isoformat()}}))
    dispute = correct_fact(
        actor=actor,
        permission=Permission.CORRECT_DISPUTES,
        model=Dispute,
        id=id,
        version=version,
        reason=reason,
        values=values,
        faults=faults,
    )
    tell_sides(dispute)
    return dispute


def _first_done(dispute: Dispute) -> dt.date | None:
    """Return the first day on which something was done about a dispute: a way, a session, an agreement, an invitation."""
    of: dict[str, Any] = {"dispute_id__in": dispute.file_ids, "enterprise_id": dispute.enterprise_id}
    valid = of | {"voided_at": None}
    wrong = (AgreementEnd.VOIDED, AgreementEnd.CORRECTED)
    ways = Way.objects.filter(**valid).values_list("from_on", "accepted_on")
    days = [day for pair in ways for day in pair if day]
    days += MediationSession.objects.filter(**valid).values_list("on", flat=True)
    days += TeamMember.objects.filter(**valid).values_list("invited_on", flat=True)
    days += Agreement.objects.filter(**of).exclude(ended_as__in=wrong).values_list("concluded_on", flat=True)
    return min(days, default=None)


def void_dispute(*, actor: Actor, id: int, version: int | None, reason: str) -> Dispute:
    """Void a dispute. Raise as ``void_fact``."""
    dispute = void_fact(
        actor=actor,
        permission=Permission.CORRECT_DISPUTES,
        model=Dispute,
        id=id,
        version=version,
        reason=reason,
    )
    tell_sides(dispute)
    return dispute


@DISPUTE_LIFE.operation("settle")
def settle_dispute(dispute: Dispute, *, actor: Actor, settled_on: dt.date) -> None:
    """Record the day the dispute was settled."""
    dispute.settled_on = settled_on
    tell_sides(dispute)


@DISPUTE_LIFE.operation("close")
def close_dispute(dispute: Dispute, *, actor: Actor, closed_on: dt.date) -> None:
    """Record the day on which the file was closed. No measure changes: it stays settled."""
    dispute.closed_on = closed_on
    tell_sides(dispute)


@DISPUTE_LIFE.operation("reopen")
def reopen_dispute(
    dispute: Dispute, *, actor: Actor, reopened_on: dt.date, due_on: dt.date | None = None
) -> None:
    """Record that a settled or closed dispute broke out again, with a new deadline. Only the system may leave it without one.

    Until that day it stays settled, with the deadline it had.
    """
    if due_on and due_on < reopened_on:
        raise ValidationError({"due_on": _("The new deadline cannot be before the day of reopening.")})
    refuse_day_off_register(actor, dispute, reopened_on, at="reopened_on")
    dispute.settled_on, dispute.due_on, dispute.closed_on = None, due_on, None
    tell_sides(dispute)
