"""What every operation on something beside a dispute begins and ends with: the locked dispute, the papers about it, the entry of the log."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from disputes.models import Dispute
from disputes.people.telling import tell_sides
from facts.operations import VOIDED, lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model
from foundation.contributions.papers import Form
from papers.models import Paper
from papers.selectors import visible


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


def record(
    actor: Actor, dispute: Dispute, act: str, after: Mapping[str, Any] | None = None, *, reason: str = ""
) -> None:
    """Write an entry about a dispute, with days and figures and no name of a person, and tell the enterprises on its sides.

    Raise ValidationError at ``reason`` for one that names a party: the log is read by many.
    """
    if reason:
        dispute.refuse_reason(actor, reason)
    auditing.record(
        actor=actor,
        action=kind_of_model(Dispute).action(act),
        target=dispute,
        after={
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in (after or {}).items()
        },
        reason=reason,
    )
    tell_sides(dispute)


def valid_papers(
    actor: Actor, dispute: Dispute, forms: Iterable[Form], records: Mapping[str, Sequence[int]]
) -> QuerySet[Paper]:
    """Return the valid papers of these forms about all these records, without their data."""
    found = visible(actor).filter(
        Q(records__contains={kind: list(ids) for kind, ids in records.items()}),
        form__in=[each.code for each in forms],
        enterprise_id=dispute.enterprise_id,
        voided_at=None,
        corrected_at=None,
    )
    return found.defer("data")


def paper_about(
    actor: Actor, dispute: Dispute, form: Form, records: Mapping[str, Sequence[int]]
) -> Paper | None:
    """Return the valid paper of a form about these records, without its data. One query."""
    return valid_papers(actor, dispute, [form], records).first()
