"""Joint judicial confirmation 司法确认 of an agreement: applied for within its time limit, accepted, confirmed or refused.

Both sides ask the court together within thirty days after the agreement took effect (People's Mediation Law, Article 33).
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.agreements import locking
from disputes.agreements.reading import Concluded
from disputes.choices import ConfirmationStep
from disputes.models import Confirmation, belonging_to
from disputes.whose import by_whom
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.faults import Faults
from foundation.texts import kept

TAKE_BACK = "take_back_confirmation"  # of the log
STEP = "confirmation_"  # of the log, with the step
LONGEST = {"court": 120, "number": 60}
DECIDED = (ConfirmationStep.CONFIRMED, ConfirmationStep.REFUSED)


def next_steps(found: Concluded) -> list[ConfirmationStep]:
    """Return which steps can follow now; none for an agreement that no court confirms, or after the court decided."""
    if found.agreement.confirm_by is None or any(found.step(each) for each in DECIDED):
        return []
    if found.step(ConfirmationStep.APPLIED) is None:
        return [ConfirmationStep.APPLIED]
    accepted = [] if found.step(ConfirmationStep.ACCEPTED) else [ConfirmationStep.ACCEPTED]
    return [*accepted, *DECIDED]


@transaction.atomic
@as_declared
def record_step(
    *,
    actor: Actor,
    id: int,
    agreement_id: int | None,
    step: str,
    on: dt.date | None,
    court: str = "",
    number: str = "",
) -> Confirmation:
    """Record a step of the confirmation. The same step of the same day again is the one that is there.

    Raise NotAllowed, Http404, WrongState if the dispute is voided, the agreement is not in force or the step cannot follow,
    ValidationError at ``on`` for a day to come, before the step before it, or after the time limit to apply; at ``court`` of an application
    and at ``number`` of a decision without one.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    if (same := found.step(step)) and same.on == on:
        return same
    if step not in next_steps(found):
        raise WrongState(_("This step cannot follow now. Look at the dispute again."))
    agreement, faults = found.agreement, Faults()
    assert agreement.effective_on
    assert agreement.confirm_by
    last = max([agreement.effective_on, *(each.on for each in found.confirmations)])
    why = ""
    if on is None:
        why = _("Enter the day.")
    elif on > timezone.localdate():
        why = _("This date is in the future.")
    elif on < last:
        why = _("The step before was on %(day)s.") % {"day": last.isoformat()}
    elif step == ConfirmationStep.APPLIED and on > agreement.confirm_by:
        why = _("The time limit to apply together ended on %(day)s.")
        why %= {"day": agreement.confirm_by.isoformat()}
    if why:
        faults.add(ValidationError({"on": why}))
    values = {"court": "", "number": ""}
    for name, given in (("court", court), ("number", number)):
        with faults.of():
            values[name] = kept(given, name, LONGEST[name])
    if step == ConfirmationStep.APPLIED and not values["court"]:
        faults.add(ValidationError({"court": _("Enter the court.")}))
    if step in DECIDED and not values["number"]:
        faults.add(ValidationError({"number": _("Enter the number of the decision.")}))
    faults.refuse()
    assert on
    made = Confirmation.objects.create(
        **belonging_to(dispute),
        agreement_id=agreement.pk,
        step=step,
        on=on,
        **by_whom(actor, "recorded_by"),
        **values,
    )
    decision = {"decision_number": values["number"]} if values["number"] else {}
    record(actor, dispute, f"{STEP}{step}", {"step_on": on.isoformat(), **decision})
    return made


@transaction.atomic
@as_declared
def take_back_step(*, actor: Actor, id: int, step_id: int, reason: str) -> Confirmation:
    """Take back the last step of the confirmation, which was recorded wrongly.

    Raise NotAllowed, Http404, WrongState if it is not the last one, ValidationError at ``reason``.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    reason = required_reason(reason)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute)
    last = found.confirmations[-1] if found.confirmations else None
    if last is None or last.pk != step_id:
        raise WrongState(_("Only the last step can be taken back. Look at the dispute again."))
    Confirmation.objects.filter(pk=last.pk).update(
        taken_back_at=timezone.now(), taken_back_by=actor.name, taken_back_reason=reason
    )
    record(actor, dispute, TAKE_BACK, {"step_on": last.on.isoformat()}, reason=reason)
    return last
