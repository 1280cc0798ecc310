"""Correcting an answer of a recorded inspection. What stood there stays on record; hazards and conclusion change nowhere."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from facts.four_eyes import refusal
from facts.operations import VOIDED, lock_fact, refuse_stale
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.faults import UNCHANGED, Faults
from foundation.texts import unstorable
from inspections.access import Permission
from inspections.checklists.answering import summed_up
from inspections.checklists.content import Answered
from inspections.models import AnswerCorrection, CheckedItem, CheckRecord, Inspection
from inspections.records import follow_correction

ACT = "correct_answer"
LONGEST_NOTE = 2000


def get_item(actor: Actor, inspection: Inspection, code: str) -> CheckedItem:
    """Return one answer of an inspection. Raise Http404."""
    rows = CheckedItem.objects.filter(station_id__in=actor.stations, inspection=inspection, code=code)
    found = rows.first()
    if found is None:
        raise Http404(f"inspection {inspection.pk} answered no {code}")
    return found


def corrections_of(actor: Actor, inspection: Inspection) -> dict[str, list[AnswerCorrection]]:
    """Return what was corrected in the answers of an inspection, by code, the oldest first. One query."""
    found: dict[str, list[AnswerCorrection]] = {}
    for each in AnswerCorrection.objects.filter(station_id__in=actor.stations, inspection=inspection):
        found.setdefault(each.code, []).append(each)
    return found


@transaction.atomic
@as_declared
def correct_answer(
    *, actor: Actor, id: int, version: int | None, code: str, answer: str, note: str, reason: str
) -> CheckedItem:
    """Correct answer and note of one item with a reason; the record of the inspection follows as a new version.

    The hazard that a failed item became stays as it is: whoever corrects is told to correct or void it on its own page.
    Who inspected does not take back that an item failed. Raise NotAllowed, Http404, WrongState if the inspection is voided,
    StaleRecord, ValidationError by field, also if nothing differs.
    """
    require(actor, Permission.CORRECT_INSPECTIONS)
    inspection = lock_fact(actor, Inspection, id)
    if inspection.is_voided:
        raise WrongState(str(VOIDED))
    refuse_stale(actor, inspection, version)
    item, note = get_item(actor, inspection, code), note.strip()
    faults = Faults()
    with faults.of():
        reason = required_reason(reason)
    if answer and answer not in item.question.options:
        faults.add(ValidationError({"answer": _("This item is always applicable. Answer passed or failed.")}))
    elif item.answer == Answered.FAIL != answer and (words := refusal(actor, inspection)):
        faults.add(ValidationError({"answer": words}))
    if why := unstorable(note, LONGEST_NOTE):
        faults.add(ValidationError({"note": why}))
    if (answer, note) == (item.answer, item.note):
        faults.add(ValidationError(_("Nothing was changed."), code=UNCHANGED))
    faults.refuse()
    before = {"code": code, "answer": item.answer, "said": item.note}
    AnswerCorrection.objects.create(
        inspection=inspection,
        enterprise_id=inspection.enterprise_id,
        station_id=inspection.station_id,
        code=code,
        was_answer=item.answer,
        was_note=item.note,
        answer=answer,
        note=note,
        reason=reason,
        by=actor.name,
        by_id=actor.user_id,
    )
    item.answer, item.note = answer, note
    item.save(update_fields=["answer", "note"])
    sum_up(actor, inspection)
    inspection.version += 1
    inspection.save(update_fields=["version", "changed_at"])
    auditing.record(
        actor=actor,
        action=kind_of_model(Inspection).action(ACT),
        target=inspection,
        before=before,
        after={"code": code, "answer": answer, "said": note},
        reason=reason,
    )
    follow_correction(actor, inspection, reason)
    return item


def sum_up(actor: Actor, inspection: Inspection) -> None:
    """Write anew what the answers of an inspection come to, for ratings and for which items fail. Two queries."""
    items = list(CheckedItem.objects.filter(station_id__in=actor.stations, inspection=inspection))
    answers = {each.code: each.answer for each in items}
    rows = CheckRecord.objects.filter(station_id__in=actor.stations, inspection=inspection)
    rows.update(**summed_up([each.question for each in items], answers))
