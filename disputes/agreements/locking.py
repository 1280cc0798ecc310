"""What every operation on an agreement begins and ends with: the locked dispute, the agreement in force, the entry of the log."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.agreements.reading import Concluded, agreements_of
from disputes.models import Dispute
from disputes.people.masking import refuse_persons
from disputes.people.selectors import names_in, parties_of
from disputes.people.telling import tell_sides
from facts.operations import VOIDED, lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model

NONE_IN_FORCE = gettext_lazy("This dispute has no agreement in force.")
GONE = gettext_lazy("This agreement is no longer in force. Look at the dispute again.")


def locked_dispute(actor: Actor, id: int) -> Dispute:
    """Return a dispute, locked. Raise Http404, WrongState if it is voided."""
    dispute = lock_fact(actor, Dispute, id)
    if dispute.is_voided:
        raise WrongState(str(VOIDED))
    return dispute


def refuse_closed(dispute: Dispute) -> None:
    """Raise WrongState for a closed file, in which nothing is owed and nothing begins."""
    if dispute.closed_on is not None:
        words = _("This dispute was closed on %(day)s. Reopen it first.")
        raise WrongState(words % {"day": dispute.closed_on.isoformat()})


def in_force(dispute: Dispute, agreement_id: int | None = None) -> Concluded:
    """Return the agreement in force of a locked dispute. Raise WrongState if there is none, or another than was shown."""
    found = agreements_of(dispute).in_force
    if found is None:
        raise WrongState(str(NONE_IN_FORCE))
    if agreement_id not in (None, found.agreement.pk):
        raise WrongState(str(GONE))
    return found


def record(
    actor: Actor, dispute: Dispute, verb: str, after: Mapping[str, Any] | None = None, reason: str = ""
) -> None:
    """Write an entry about a dispute, in which no name of a person stands, and tell the enterprises on its sides.

    Raise ValidationError at ``reason`` for one that names a party.
    """
    refuse_names(actor, dispute, reason)
    auditing.record(
        actor=actor,
        action=kind_of_model(Dispute).action(verb),
        target=dispute,
        after=dict(after or {}),
        reason=reason,
    )
    tell_sides(dispute)


def refuse_names(actor: Actor, dispute: Dispute, reason: str) -> None:
    """Raise ValidationError at ``reason`` for one that names a party or has a number of one: the log is read by many."""
    if reason:
        refuse_persons(reason, "reason", names_in(parties_of(actor, dispute)))
