"""What is done with every kind of finding: one records it, another confirms it, two withdraw it; nobody voids it then."""

import datetime as dt
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.lives import Life, Operation
from facts.operations import lock_fact, void_fact
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from inspections.access import Permission
from inspections.choices import FindingState
from inspections.models import Finding

F = TypeVar("F", bound=Finding)


def refusal_to_void(finding: Finding) -> str:
    """Return why a finding is not voided: it was confirmed, so it takes two to end it; empty if it may be."""
    if finding.state is FindingState.SUSPECTED:
        return ""
    return _(
        "It was confirmed or withdrawn, so it stays. One asks to withdraw what was confirmed, another decides."
    )


def voids(model: type[F], permission: Permission) -> Callable[..., F]:
    """Return the operation that voids a finding which nobody has confirmed. It raises as void_fact, WrongState for another."""

    @transaction.atomic
    def void_finding(*, actor: Actor, id: int, version: int | None, reason: str) -> F:
        require(actor, permission)
        finding = lock_fact(actor, model, id)
        if not finding.is_voided and (words := refusal_to_void(finding)):
            raise WrongState(words)
        return void_fact(
            actor=actor, permission=permission, model=model, id=id, version=version, reason=reason
        )

    return void_finding


class FindingActs(NamedTuple, Generic[F]):
    """The operations of the acts of a finding's life."""

    confirm: Operation[F]
    ask_withdrawal: Operation[F]
    withdraw: Operation[F]
    keep: Operation[F]


def acts_of(life: Life[F]) -> FindingActs[F]:
    """Bind the acts of a kind of finding to what they change. Once for each life."""
    return FindingActs(
        life.operation("confirm")(_confirm),
        life.operation("ask_withdrawal")(_ask_withdrawal),
        life.operation("withdraw")(_withdraw),
        life.operation("keep")(_keep),
    )


def _confirm(finding: Finding, *, actor: Actor, confirmed_on: dt.date) -> None:
    """Record that it was so: a veto from that day, and the enterprise sees it."""
    finding.confirmed_on = confirmed_on


def _withdraw(finding: Finding, *, actor: Actor, withdrawn_on: dt.date) -> None:
    """Record that the finding does not hold any more. Until that day it stays as it was."""
    finding.withdrawn_on = withdrawn_on


def _ask_withdrawal(finding: Finding, *, actor: Actor) -> None:
    """Ask that a finding that was confirmed be withdrawn. It stays in force until somebody else decides."""
    finding.withdrawal_asked_at = timezone.now()
    finding.withdrawal_asked_by, finding.withdrawal_asked_by_id = actor.name[:80], actor.user_id


def _keep(finding: Finding, *, actor: Actor) -> None:
    """End the request to withdraw a finding, which stays as it was. Whoever asked may do so too."""
    finding.withdrawal_asked_at = None
    finding.withdrawal_asked_by, finding.withdrawal_asked_by_id = "", 0
