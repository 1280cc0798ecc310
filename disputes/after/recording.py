"""What came of a follow-up, and what follows from it: a relapse reopens the dispute; of a survey's, a person decides."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import record
from disputes.after.planning import SURVEY, lock_follow_up, refuse_answered, refuse_ended
from disputes.choices import FollowUpWay, Satisfied
from disputes.models import Dispute, FollowUp
from disputes.operations import reopen_dispute
from facts.four_eyes import refusal_of_row
from facts.operations import VOIDED
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.faults import Faults
from foundation.links.operations import withdraw_links
from foundation.texts import kept

FOLLOWED_UP = {way: f"followed_up_by_{way}" for way in FollowUpWay.values}  # acts of the log
NOT_REACHED, JUDGE, VOID = "follow_up_missed", "judge_follow_up", "void_follow_up"
LONGEST = 2000


@transaction.atomic
@as_declared
def record_follow_up(
    *,
    actor: Actor,
    id: int,
    done_on: dt.date | None,
    reached: bool,
    satisfied: str = "",
    relapse: bool | None = None,
    said: str = "",
    due_on: dt.date | None = None,
) -> FollowUp:
    """Record what a follow-up found. A relapse reopens the dispute on that day with a new deadline ``due_on``.

    The same words a second time are the same follow-up. Raise NotAllowed, Http404, WrongState for one that has ended or a
    dispute that was voided or is open again, ValidationError by field.
    """
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    dispute, found = lock_follow_up(actor, id)
    faults = Faults()
    with faults.of():
        said = kept(said, "said", LONGEST, words=True)
    given = (done_on, reached, satisfied if reached else "", bool(relapse) if reached else None, said)
    if found.done_on and given == (
        found.done_on,
        found.reached,
        found.satisfied,
        found.relapse,
        found.said,
    ):
        return found
    refuse_ended(found)
    refuse_answered(found)
    if dispute.settled_on is None:
        raise WrongState(_("This dispute is open again. What was planned can be dropped."))
    if done_on is None:
        faults.add(ValidationError({"done_on": _("Enter the day.")}))
    elif done_on > timezone.localdate():
        faults.add(ValidationError({"done_on": _("This date is in the future.")}))
    elif done_on < dispute.settled_on:
        faults.add(ValidationError({"done_on": _("It cannot be before the settlement.")}))
    if reached and satisfied not in Satisfied.values:
        faults.add(ValidationError({"satisfied": _("Say whether they are satisfied.")}))
    if reached and relapse is None:
        faults.add(ValidationError({"relapse": _("Say whether it has broken out again.")}))
    if reached and relapse:
        if not said:
            faults.add(ValidationError({"said": _("Say what has happened.")}))
        if due_on is None:
            faults.add(ValidationError({"due_on": _("The dispute is reopened: enter its new deadline.")}))
    faults.refuse()
    assert done_on
    found.done_on, found.reached, found.satisfied, found.relapse, found.said = given
    found.done_by, found.done_by_id, found.done_at = actor.name[:80], actor.user_id, timezone.now()
    names = ["done_on", "reached", "satisfied", "relapse", "said", "done_by", "done_by_id", "done_at"]
    if found.relapse:
        found.judged_on, found.judged_by, found.reopened = timezone.localdate(), actor.name[:80], True
        names += ["judged_on", "judged_by", "reopened"]
    found.save(update_fields=[*names, "changed_at"])
    withdraw_links(actor=actor, purpose=SURVEY, object_id=found.pk, station_id=found.station_id)
    act = FOLLOWED_UP[found.way] if reached else NOT_REACHED
    record(actor, dispute, act, {"done_on": done_on.isoformat()})
    if found.relapse:
        _reopen(actor, dispute, found, done_on, due_on)
    return found


@transaction.atomic
@as_declared
def void_follow_up(*, actor: Actor, id: int, reason: str) -> FollowUp:
    """Void a follow-up that was recorded wrongly, with a reason. What it reopened stays open.

    It counts in the rating, so nobody voids what they recorded themselves (``facts.four_eyes``). Raise NotAllowed, Http404, WrongState if it was not done, which is dropped instead, or was voided already.
    """
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    reason = required_reason(reason)
    dispute, found = lock_follow_up(actor, id)
    if found.voided_at:
        raise WrongState(str(VOIDED))
    if found.done_on is None:
        raise WrongState(_("This follow-up is not done. Drop it instead."))
    if words := refusal_of_row(actor, found.station_id, [found.done_by_id]):
        raise WrongState(words)
    found.voided_at, found.void_reason = timezone.now(), reason
    found.save(update_fields=["voided_at", "void_reason", "changed_at"])
    record(actor, dispute, VOID, {"planned_on": found.planned_on.isoformat()}, reason=reason)
    return found


@transaction.atomic
@as_declared
def judge_follow_up(
    *, actor: Actor, id: int, reopen: bool, due_on: dt.date | None = None, reason: str = ""
) -> FollowUp:
    """Decide what follows from a survey that said that it has broken out again: reopen the dispute, or not, with a reason.

    Raise NotAllowed, Http404, WrongState if nothing waits for a decision, ValidationError by field.
    """
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    dispute, found = lock_follow_up(actor, id)
    if found.voided_at or not found.waits_for_decision:
        raise WrongState(_("This was decided already."))
    faults = Faults()
    with faults.of():
        reason = required_reason(reason)
    if reopen and due_on is None:
        faults.add(ValidationError({"due_on": _("The dispute is reopened: enter its new deadline.")}))
    faults.refuse()
    is_settled = dispute.settled_on is not None
    found.judged_on, found.judged_by = timezone.localdate(), actor.name[:80]
    found.reopened = reopen and is_settled
    found.save(update_fields=["judged_on", "judged_by", "reopened", "changed_at"])
    record(actor, dispute, JUDGE, {"judged_on": found.judged_on.isoformat()}, reason=reason)
    if found.reopened:
        _reopen(actor, dispute, found, timezone.localdate(), due_on)
    return found


def _reopen(actor: Actor, dispute: Dispute, found: FollowUp, on: dt.date, due_on: dt.date | None) -> None:
    """Reopen the dispute for a follow-up. The reason names the follow-up; what was said stands there alone."""
    assert found.done_on
    words = _("It has broken out again, says the follow-up of %(day)s (no. %(id)d).")
    reason = words % {"day": found.done_on.isoformat(), "id": found.pk}
    reopen_dispute(actor=actor, id=dispute.pk, reopened_on=on, due_on=due_on, reason=reason)
