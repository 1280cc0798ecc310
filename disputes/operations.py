"""Writes of disputes."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from disputes.models import Dispute
from facts.operations import change_fact, correct_fact, create_fact, void_fact
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor


def create_dispute(*, actor: Actor, enterprise_id: int, **fields: Any) -> Dispute:
    """Record a dispute concerning an enterprise. Errors as create_fact."""
    return create_fact(
        actor=actor, permission="disputes:record", model=Dispute, enterprise_id=enterprise_id, values=fields
    )


def correct_dispute(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Dispute:
    """Put a wrong dispute right. Errors as correct_fact."""
    return correct_fact(
        actor=actor,
        permission="disputes:correct",
        model=Dispute,
        id=id,
        version=version,
        reason=reason,
        values=fields,
    )


def void_dispute(*, actor: Actor, id: int, version: int | None, reason: str) -> Dispute:
    """Take a wrong dispute out of lists and measures. Errors as void_fact."""
    return void_fact(
        actor=actor, permission="disputes:correct", model=Dispute, id=id, version=version, reason=reason
    )


def settle_dispute(*, actor: Actor, id: int, version: int | None = None, settled_on: dt.date) -> Dispute:
    """Note the day the dispute was settled. WrongState if it is settled already; other errors as change_fact."""

    def change(dispute: Dispute) -> None:
        if dispute.settled_on:
            raise WrongState(
                _("This dispute was settled on %(day)s.") % {"day": dispute.settled_on.isoformat()}
            )
        dispute.settled_on = settled_on

    return change_fact(
        actor=actor, permission="disputes:act", model=Dispute, id=id, version=version, action="dispute.settle",
        change=change,
    )  # fmt: skip
