"""Why a settled dispute cannot be closed yet. Who knows of a reason registers it: a follow-up to come, a debt.

``disputes.lives`` asks before the act; each reason costs one query at most, and only a settled dispute is asked about.
"""

from collections.abc import Callable

from disputes.models import Dispute
from foundation.accounts.actors import Actor

Reason = Callable[[Dispute, Actor], str]
_reasons: list[Reason] = []


def hinders_closing(reason: Reason) -> Reason:
    """Register what returns why a dispute cannot be closed, in words; empty if it can. A decorator."""
    _reasons.append(reason)
    return reason


def why_not_closed(dispute: Dispute, actor: Actor) -> str:
    """Return the first reason why a dispute cannot be closed; empty if it can."""
    return next((words for reason in _reasons if (words := reason(dispute, actor))), "")
