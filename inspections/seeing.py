"""A hazard of before that a visit saw and found still not put right 仍未整改: its state stays, its history says it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from facts.operations import lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.texts import kept
from foundation.words import LONGEST_REASON
from inspections.access import Permission
from inspections.models import Hazard

ACT = "still"


@as_declared
def note_still_there(*, actor: Actor, id: int, reason: str, seen_on: dt.date) -> Hazard:
    """Write into the history of a hazard that it was seen on a day and is not put right.

    Raise NotAllowed, Http404, ValidationError at ``reason`` and ``act``, WrongState for one that was voided, is closed or
    waits for re-inspection: that one is closed or sent back.
    """
    require(actor, Permission.RECORD_INSPECTIONS)
    hazard = lock_fact(actor, Hazard, id)
    if hazard.is_voided:
        raise WrongState(_("This record was voided."))
    if hazard.closed_on:
        raise WrongState(_("This hazard is closed."))
    if hazard.rectified_on:
        raise WrongState(_("The enterprise has submitted it meanwhile: close it or send it back."))
    if seen_on < hazard.found_on:
        raise ValidationError({"act": _("It was found after this visit.")})
    said = kept(reason, "reason", LONGEST_REASON)
    auditing.record(
        actor=actor,
        action=kind_of_model(Hazard).action(ACT),
        target=hazard,
        after={"seen_on": seen_on.isoformat()},
        reason=said,
    )
    return hazard
