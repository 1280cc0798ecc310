"""A breach that never was: an instalment was paid on time, and its payment was recorded only afterwards.

One act takes back all that followed from it: the breach, the reopening of the dispute, and that the mediation of the police failed.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.agreements import locking
from disputes.agreements.performance import State
from disputes.agreements.reading import Concluded
from disputes.mediation.ways import note_not_performed, void_not_performed
from disputes.models import Breach, Dispute
from facts.operations import correct_step
from facts.steps import acts_among, steps_of
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared

UNDO = "undo_breach"  # of the log
NOT_ON_TIME = gettext_lazy("This instalment was not paid on time. Look at the dispute again.")
REOPENED, SETTLED = "reopen", "settle"  # acts of the life


def never_was(found: Concluded) -> list[int]:
    """Return the numbers of the instalments whose breach is recorded although, as is known now, they were paid on time."""
    stands = found.performance_on(timezone.localdate()).standings
    on_time = {each.instalment.number for each in stands if each.state == State.ON_TIME}
    return [each.number for each in found.breaches if each.number in on_time]


@transaction.atomic
@as_declared
def undo_breach(*, actor: Actor, id: int, agreement_id: int, number: int, reason: str) -> Breach:
    """Undo the breach of an instalment that was paid on time after all, with everything that followed from it.

    The last one takes the reopening of the dispute and the failure of the mediation with it. A settlement since then was
    of the same agreement, so it never was either. Raise NotAllowed, Http404, WrongState if the agreement is not in force, the
    instalment was not paid on time, or the person may not decide about the settlement; ValidationError at ``reason``.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    require(actor, Permission.CORRECT_DISPUTES)
    reason = required_reason(reason)
    dispute = locked_dispute(actor, id)
    dispute.refuse_reason(actor, reason)
    found = locking.in_force(dispute, agreement_id)
    if number not in never_was(found):
        raise WrongState(str(NOT_ON_TIME))
    breach = next(each for each in found.breaches if each.number == number)
    left = [each for each in found.breaches if each.pk != breach.pk]
    now = timezone.now()
    Breach.objects.filter(pk=breach.pk).update(undone_at=now, undone_by=actor.name[:80], undone_reason=reason)
    record(
        actor,
        dispute,
        UNDO,
        {"breached_on": breach.on.isoformat(), "instalment": number},
        reason=reason,
    )
    if not left:
        _settle_again(actor, dispute, found, reason)
    void_not_performed(actor, dispute, breach.on, reason)
    if left:
        note_not_performed(actor, dispute, min(each.on for each in left))
    breach.refresh_from_db()
    return breach


def _settle_again(actor: Actor, dispute: Dispute, found: Concluded, reason: str) -> None:
    """Correct the step by which the system reopened a dispute for breaches of this agreement, and the settlement after it."""
    rows = Breach.objects.filter(agreement_id=found.agreement.pk)
    days = {timezone.localdate(at) for at in rows.values_list("made_at", flat=True)}
    wrong = []
    for step in acts_among(steps_of(dispute)):  # the newest first
        wrong.append(step)
        if step.act == REOPENED and step.on in days:
            break
        if step.act != SETTLED:
            return  # something else happened since, and stays
    else:
        return
    for step in wrong:
        correct_step(
            actor=actor,
            permission=Permission.CORRECT_DISPUTES,
            model=Dispute,
            id=dispute.pk,
            version=None,
            step=step.pk,
            never=True,
            reason=reason,
        )
