"""Papers about what was decided on a hazard: the answer to a request for an extension, and the opinion after re-inspection.

Each is about one step of the hazard, and a step has one valid paper at most.
"""

import datetime as dt
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.models import FactStep
from facts.operations import lock_fact
from facts.steps import acts_among, replay, steps_of
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.papers import Form
from foundation.faults import Faults
from foundation.texts import kept
from inspections.models import Hazard
from inspections.orders import (
    KIND,
    LONGEST_BASIS,
    Officer,
    about,
    officers_on,
    orders_of,
    refuse_numbers,
    what,
)
from inspections.papers import GRANTED, OPINION, REFUSED
from inspections.photos import photos_of
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import chinese_day, issue_paper
from papers.selectors import papers_of

RULES = "《公安机关监督检查企业事业单位内部治安保卫工作规定》"
STEP = "step"
LONGEST_FINDING = 1000  # characters
FORMS = {"extend": GRANTED, "decline_extension": REFUSED, "close": OPINION, "send_back": OPINION}
BASES = {GRANTED.code: f"{RULES}第九条", REFUSED.code: f"{RULES}第九条", OPINION.code: f"{RULES}第十条"}
FINDINGS = {
    "extend": "你单位所述情况属实，确需延期整改。",
    "decline_extension": "延期整改的理由不充分。",
    "close": "上述治安隐患已按要求整改完毕。",
    "send_back": "上述治安隐患尚未整改到位。",
}
NOTHING = gettext_lazy("There is no decision on this hazard that still needs a paper.")


@dataclass(frozen=True)
class Decision:
    """A step that a paper is about, and the request that it answers, if it answers one."""

    step: FactStep
    asked: FactStep | None = None

    @property
    def form(self) -> Form:
        return FORMS[self.step.act]


def decisions_of(hazard: Hazard, steps: Sequence[FactStep] | None = None) -> list[Decision]:
    """Return what was decided on a hazard and has a form, the latest first. One query without ``steps``.

    An extension that nobody asked for is no answer, and has none.
    """
    found, asked = [], None
    for step in reversed(acts_among(map(copy, steps_of(hazard) if steps is None else steps))):
        if step.act == "ask_extension":
            asked = step
        elif step.act in ("extend", "decline_extension"):
            if asked:
                found.append(Decision(step, asked))
            asked = None
        elif step.act in FORMS and not (step.act == "close" and hazard.on_the_spot):
            found.append(Decision(step))
    return found[::-1]


def without_paper(
    hazard: Hazard, papers: Sequence[Paper], steps: Sequence[FactStep] | None = None
) -> list[Decision]:
    """Return the decisions on a hazard of which none of its papers is valid, the latest first. One query without ``steps``."""
    done = {id for each in papers if each.is_valid for id in each.records.get(STEP, ())}
    return [each for each in decisions_of(hazard, steps) if each.step.pk not in done]


@transaction.atomic
@as_declared
def issue_decision(
    *,
    actor: Actor,
    hazard_id: int,
    step_id: int,
    finding: str,
    basis: str,
    officers: Sequence[Officer] = (),
    with_photos: bool = True,
    form_key: str = "",
    corrects: Paper | None = None,
    reason: str = "",
) -> Paper:
    """Issue the paper about one step of a hazard. Raise as issue_paper, WrongState for a step that has one or needs none.

    ValidationError at ``officers`` for an opinion without any, or for what cannot be a name or police number, at ``finding``
    and ``basis`` for what is empty or cannot be kept.
    """
    require(actor, Permission.ISSUE_PAPERS)
    hazard = lock_fact(actor, Hazard, hazard_id)
    papers = papers_of(actor, enterprise_id=hazard.enterprise_id, kind=KIND, ids=[hazard.pk])
    if form_key and (first := next((each for each in papers if each.form_key == form_key), None)):
        return first
    others = [each for each in papers if corrects is None or each.pk != corrects.pk]
    decision = next((each for each in without_paper(hazard, others) if each.step.pk == step_id), None)
    if decision is None or hazard.is_voided:
        raise WrongState(str(NOTHING))
    faults = Faults()
    if decision.form is OPINION and not officers:
        faults.add(ValidationError({"officers": _("Name the officers who re-inspected.")}))
    with faults.of():
        refuse_numbers(officers)
    with faults.of():
        finding = kept(finding, "finding", LONGEST_FINDING, words=True)
        if not finding:
            raise ValidationError({"finding": _("Say what was found.")})
    with faults.of():
        basis = kept(basis, "basis", LONGEST_BASIS, words=True)
        if not basis:
            raise ValidationError({"basis": _("Enter the legal basis.")})
    faults.refuse()
    step, order = decision.step, orders_of(actor, [hazard]).get(hazard.pk)
    old_on = _deadline_before(hazard, step)
    new_on = step.values.get("extended_due_on") or ""
    return issue_paper(
        actor=actor,
        form=decision.form,
        enterprise_id=hazard.enterprise_id,
        records={KIND: [hazard.pk], STEP: [step.pk]},
        data={
            "enterprise": hazard.enterprise.name,
            "order": order.number_text if order else "",
            "order_on": chinese_day(order.issued_on) if order else "",
            "hazard": what(hazard),
            "decided_on": chinese_day(step.on),
            "asked_on": chinese_day(decision.asked.on) if decision.asked else "",
            "old_due_on": chinese_day(old_on) if old_on else "",
            "new_from_on": chinese_day(old_on + dt.timedelta(days=1)) if old_on else "",
            "new_due_on": chinese_day(dt.date.fromisoformat(new_on)) if new_on else "",
            "passed": step.act == "close",
            "finding": finding,
            "basis": basis,
            **officers_on(officers),
            "records": str(hazard.pk),
            "about": about([hazard]),
            "photos": photos_of([hazard]) if decision.form is OPINION and with_photos else [],
        },
        form_key=form_key,
        corrects=corrects,
        reason=reason,
    )


def _deadline_before(hazard: Hazard, step: FactStep) -> dt.date | None:
    """Return the deadline that was in force when a step was taken, with earlier steps as they stand after corrections."""
    steps = [each for each in steps_of(hazard) if (each.corrects_id or each.pk) < step.pk]
    days = replay(Hazard, steps).days
    return days.get("extended_due_on") or days.get("due_on")
