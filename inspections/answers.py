"""What pages show of the answers to a hazard: the receipt of what was submitted, and a request that waits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from facts.models import FactStep
from facts.steps import steps_of
from foundation.accounts.actors import Actor
from foundation.deadlines.models import LimitChange
from foundation.deadlines.selectors import InForce, limit_in_force
from inspections.choices import ANSWER_EXTENSION, REINSPECT, HazardState
from inspections.models import Hazard, Submission


@dataclass(frozen=True)
class Receipt:
    """That a submission has arrived: its number, and the latest day on which the police answer."""

    number: str
    submission: Submission
    counts_on: dt.date
    answer_by: dt.date | None
    rule: InForce

    @property
    def file_count(self) -> int:
        return len(self.submission.files)


@dataclass(frozen=True)
class Request:
    """An extension that was asked for and waits for its answer."""

    asked_on: dt.date
    wanted_on: dt.date | None
    by: str
    reason: str
    answer_by: dt.date | None
    rule: InForce


def answer_rule(actor: Actor, hazard: Hazard, changes: Sequence[LimitChange] | None = None) -> InForce | None:
    """Return the time limit of the re-inspection that a hazard waits for; None if it waits for none.

    ``changes``: of the bureau's time limits, if they are at hand; otherwise it takes one query.
    """
    if hazard.state is not HazardState.SUBMITTED or not hazard.rectified_on:
        return None
    return limit_in_force(actor, REINSPECT, hazard.rectified_on, changes)


def receipt_of(hazard: Hazard, rule: InForce | None) -> Receipt | None:
    """Return the receipt of what waits for re-inspection; None without, or if a version without receipts took it.

    ``rule``: that of the re-inspection (:func:`answer_rule`).
    """
    if rule is None or not hazard.rectified_on:
        return None
    made = [each for each in hazard.submissions if each.completed_at]
    if not made or not made[0].is_in_force:
        return None
    answer_by = rule.from_day(hazard.rectified_on).last_on
    return Receipt(f"{hazard.pk}-{len(made)}", made[0], hazard.rectified_on, answer_by, rule)


def request_of(
    actor: Actor,
    hazard: Hazard,
    steps: Sequence[FactStep] | None = None,
    changes: Sequence[LimitChange] | None = None,
) -> Request | None:
    """Return the extension that waits for its answer.

    ``steps`` of the hazard and ``changes`` of the bureau's time limits: if they are at hand.
    """
    if not hazard.waits_for_answer or not hazard.extension_asked_on:
        return None
    rule = limit_in_force(actor, ANSWER_EXTENSION, hazard.extension_asked_on, changes)
    asked = [
        each
        for each in (steps_of(hazard) if steps is None else steps)
        if each.act == "ask_extension" and not each.corrects_id
    ]
    step = asked[-1] if asked else None
    return Request(
        hazard.extension_asked_on,
        hazard.extension_wanted_on,
        hazard.extension_asked_by,
        step.reason if step else "",
        rule.from_day(hazard.extension_asked_on).last_on,
        rule,
    )
