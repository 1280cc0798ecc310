"""What an agreement does to its dispute: it takes effect, settles it, and keeps it from being closed while something is owed."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute
from disputes.agreements import locking
from disputes.agreements.performance import yuan_of
from disputes.agreements.reading import LOADED, Agreements, Concluded, agreements_of
from disputes.choices import PUBLIC_SECURITY
from disputes.closing import hinders_closing
from disputes.lives import DISPUTE_LIFE
from disputes.models import Agreement, Dispute
from disputes.operations import settle_dispute
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.deadlines.selectors import limit_in_force

CONFIRMATION = "mediation-confirmation"  # the time limit


def take_effect(actor: Actor, dispute: Dispute, agreement: Agreement, on: dt.date) -> None:
    """Record that an agreement of a locked dispute took effect on a day, and settle the dispute if the actor may.

    Otherwise the settlement waits for a colleague (:func:`settle_as_agreed`).
    """
    agreement.effective_on = on
    if agreement.kind not in PUBLIC_SECURITY:
        agreement.confirm_by = limit_in_force(actor, CONFIRMATION, on).from_day(on).last_on
    agreement.save(update_fields=["effective_on", "confirm_by"])
    if dispute.settled_on is None and not refusal_to_settle(actor, dispute):
        settle_dispute(actor=actor, id=dispute.pk, settled_on=_not_before_reopening(dispute, on))


def refusal_to_settle(actor: Actor, dispute: Dispute) -> str:
    """Return why this person does not settle a dispute that its sides settled, and who may; "" if they may."""
    act = DISPUTE_LIFE.acts["settle"]
    if not allows(actor, act.permission):
        return _("Your role may not do this.")
    return DISPUTE_LIFE.refusal(act, dispute, actor)


def proposed_settlement(dispute: Dispute, found: Concluded, today: dt.date) -> dt.date:
    """Return the day on which all sides agreed; after a breach the day on which what was overdue was paid."""
    on = found.agreement.effective_on or found.agreement.concluded_on
    if found.breaches:
        numbers = {each.number for each in found.breaches}
        stands = found.performance_on(today).standings
        on = max(
            (each.paid_on for each in stands if each.instalment.number in numbers and each.paid_on),
            default=on,
        )
    return min(_not_before_reopening(dispute, on), today)


def _not_before_reopening(dispute: Dispute, on: dt.date) -> dt.date:
    return max(on, dispute.earlier_until_on or on)


@transaction.atomic
@as_declared
def settle_as_agreed(
    *,
    actor: Actor,
    id: int,
    version: int | None = None,
    settled_on: dt.date | None,
    agreement_id: int | None = None,
) -> Dispute:
    """Settle a dispute by its agreement: what waited for a colleague, or again after a breach was made good.

    ``agreement_id``: the one that was shown. Raise as ``settle_dispute``, WrongState also without an agreement in effect or while an instalment is in breach,
    ValidationError at ``settled_on`` for a day before the agreement.
    """
    require(actor, Permission.SETTLE_DISPUTES)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    if words := refusal_as_agreed(found, timezone.localdate()):
        raise WrongState(words)
    effective_on = found.agreement.effective_on
    if settled_on is None:
        raise ValidationError({"settled_on": _("Enter the day on which they agreed.")})
    if effective_on and settled_on < effective_on:
        words = _("The agreement took effect on %(day)s.") % {"day": effective_on.isoformat()}
        raise ValidationError({"settled_on": words})
    return settle_dispute(actor=actor, id=id, version=version, settled_on=settled_on)


@hinders_closing
def still_owed(dispute: Dispute, actor: Actor) -> str:
    """Return that something is owed under the agreement in force, or that not all have signed it. One query."""
    loaded: Agreements | None = dispute.__dict__.get(LOADED)
    found = (agreements_of(dispute) if loaded is None else loaded).in_force
    if found is None:
        return ""
    if found.agreement.effective_on is None:
        return _("Not all have signed the agreement yet.")
    if owed := found.total - found.paid:
        return _("%(owed)s yuan are still owed under the agreement.") % {"owed": f"{yuan_of(owed):,}"}
    return ""


def refusal_as_agreed(found: Concluded | None, today: dt.date) -> str:
    """Return why an agreement settles nothing now; "" if it does."""
    if found is None:
        return str(locking.NONE_IN_FORCE)
    if found.agreement.effective_on is None:
        return _("Not all have signed the agreement yet.")
    if found.performance_on(today).breached:
        return _("An instalment is in breach. Record its payment first, or agree anew.")
    return ""
