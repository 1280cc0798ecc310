"""Writes of inspections and self-checks; those of hazards are in hazard_operations."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from enterprises.publishing import plan_next_inspections
from enterprises.selectors import visible as visible_enterprises
from facts.four_eyes import refusal
from facts.operations import (
    AlreadyRecorded,
    correct_fact,
    create_fact,
    lock_enterprise,
    lock_fact,
    recorded_before,
    void_fact,
    writes_of,
)
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.auditing import written_at_once
from foundation.arguments import as_declared
from foundation.contributions.limits import leaves_anybody_out, people_in
from foundation.database.once import asking_once
from foundation.faults import Faults, by_field
from foundation.words import labelled, sentences
from inspections.access import Permission
from inspections.answer_operations import (
    ask_extension,
    complete_submission,
    decline_extension,
    extend_hazard,
    missing_files,
    note_opened,
    rectify_hazard,
    submit_rectification,
    withdraw_submission,
)
from inspections.checkins.operations import end_with_inspection
from inspections.checklists.answering import REMAINS, STILL, CheckSheet, at_item, judge, keep
from inspections.checklists.reading_ahead import earlier_at
from inspections.checklists.summary import summary_of, summary_of_sheet
from inspections.choices import Conclusion, Origin
from inspections.forging import (
    ask_to_withdraw_forgery,
    confirm_forgery,
    create_forgery,
    keep_forgery,
    withdraw_forgery,
)
from inspections.hazard_operations import (
    HAZARD_WRITES,
    OWN_HAZARD,
    check_hazard,
    close_hazard,
    correct_hazard,
    correct_with_visit,
    create_hazard,
    mark_major,
    mark_ordinary,
    refuse_hazard,
    reopen_hazard,
    resume_deadline,
    send_back_hazard,
    suspend_deadline,
    void_hazard,
)
from inspections.models import Hazard, Inspection, SelfCheck
from inspections.recording import create_hazards_of
from inspections.records import follow_correction, follow_voiding, issue_after_signing
from inspections.rules import check_corrected_conclusion, check_names_hazards, check_qualified
from inspections.seeing import note_still_there
from inspections.seen_again import log_seen_again
from inspections.selectors import forget_pressing, hazards_of, last_inspections, list_hazards
from inspections.signing import SigningGiven, record_signing, sign_inspection


@transaction.atomic
@asking_once()
@written_at_once()
def create_inspection(
    *,
    actor: Actor,
    enterprise_id: int | None,
    hazards: Sequence[Mapping[str, Any]] = (),
    sheet: CheckSheet | None = None,
    signing: SigningGiven | None = None,
    **fields: Any,
) -> Inspection:
    """Record a police inspection and the hazards it found, and plan the enterprise's next inspection.

    ``sheet``: what it answered by checklists. Its failed items are the hazards, conclusion and inspectors follow from
    it, and the hazards that it saw again are closed or sent back as by their own acts, or noted as still there.

    ``signing``: the summary of the sheet that both sides signed, and their signatures (``record_signing``).

    All or nothing. Raises as create_fact; errors of the n-th hazard (from 0) have the key ``hazards-n.<field>``, of a
    sheet's item ``answers-<code>.<field>``, of a hazard seen again ``again-<id>.<field>``.
    """
    faults = Faults()
    named: dict[str, Mapping[str, Any]] = {f"hazards-{n}.": each for n, each in enumerate(hazards)}
    judged = enterprise = None
    require(actor, Permission.RECORD_INSPECTIONS)
    if enterprise_id is not None:
        # a second request with the same form, and a colleague's phone, wait here for the first
        enterprise = lock_enterprise(actor, enterprise_id)
        if first := _recorded_before(actor, enterprise_id, fields):
            raise AlreadyRecorded(first)  # whatever has been published since
    if sheet is not None and enterprise_id is not None:
        judged = judge(actor, enterprise_id, sheet, faults)
        fields |= judged.fields
        named = {at_item(code): each for code, each in judged.hazards.items()}
    found = list(named.values())
    with faults.of():
        check_qualified(fields.get("conclusion", ""), (bool(hazard.get("major")) for hazard in found))
    remaining = [each for each in sheet.again if each.act in REMAINS] if sheet else []
    if not remaining:
        with faults.of():
            check_names_hazards(fields.get("conclusion", ""), found)
    inspection = None
    with faults.of():
        inspection = create_fact(
            actor=actor,
            permission=Permission.RECORD_INSPECTIONS,
            model=Inspection,
            enterprise_id=enterprise_id,
            values=fields,
            locked=enterprise,
        )
    made: dict[str, Hazard] = {}
    if inspection:
        own = {prefix: _as_found(inspection, hazard) for prefix, hazard in named.items()}
        made = create_hazards_of(inspection, actor=actor, found=own, faults=faults)
    for prefix, hazard in named.items():
        if not inspection:  # nothing is written, but everything that is wrong is said
            with faults.of(prefix=prefix):
                check_hazard(actor=actor, **_as_found(Inspection(**fields), hazard))
        if "conclusion" in faults.by_field:  # says it already
            faults.by_field.pop(f"{prefix}major", None)
    if inspection and sheet:
        _see_again(actor, inspection, sheet, faults)
    faults.refuse()
    assert inspection is not None
    if sheet and judged:
        by_code = {code: made[at_item(code)] for code in judged.hazards}
        inspection.hazards_by_code = by_code
        keep(inspection, sheet, judged, by_code)
    end_with_inspection(actor, inspection)
    if signing:
        shown = (
            summary_of_sheet(inspection.enterprise, fields, sheet, judged)
            if sheet and judged
            else summary_of(actor, inspection)
        )
        record_signing(actor, inspection, signing, shown)
    forget_pressing(inspection.enterprise_id)  # it waits for an answer
    plan_next_inspections(actor=actor, ids=[inspection.enterprise_id], inspected=last_inspections(actor))
    if signing:
        issue_after_signing(
            actor, inspection
        )  # last, because it holds the numbers of the station until the commit
    return inspection


def _recorded_before(actor: Actor, enterprise_id: int, fields: Mapping[str, Any]) -> Inspection | None:
    """Return the inspection with this key, voided or not, from what was read ahead if it was."""
    key, day = fields.get("external_key", ""), fields.get("inspected_on")
    if not key or not isinstance(day, dt.date):
        return recorded_before(actor, Inspection, enterprise_id, key)
    return next(
        (each for each in earlier_at(actor, enterprise_id, key, day) if each.external_key == key), None
    )


def _see_again(actor: Actor, inspection: Inspection, sheet: CheckSheet, faults: Faults) -> None:
    """Close, send back or note the hazards that a visit saw again; what their acts refuse is added to ``faults``.

    The logs of both name the other (``inspections.seen_again``).
    """
    day = inspection.inspected_on
    here = list_hazards(actor, enterprise_id=inspection.enterprise_id).in_bulk(
        [each.hazard_id for each in sheet.again]
    )
    for each in sheet.again:
        with faults.of(prefix=f"again-{each.hazard_id}."):
            if each.hazard_id not in here:
                raise ValidationError({"act": _("A hazard that you saw again is not on your list any more.")})
            try:
                if each.act == "close":
                    close_hazard(actor=actor, id=each.hazard_id, reason=each.reason, closed_on=day)
                elif each.act == STILL:
                    note_still_there(actor=actor, id=each.hazard_id, reason=each.reason, seen_on=day)
                else:
                    send_back_hazard(actor=actor, id=each.hazard_id, reason=each.reason, sent_back_on=day)
            except WrongState as error:
                raise ValidationError({"act": labelled(here[each.hazard_id], str(error))}) from error
    if not faults:
        log_seen_again(actor, inspection, sheet.again, here)


def _as_found(inspection: Inspection, hazard: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hazard with what it has from the inspection that found it."""
    own = {"inspection": inspection, "origin": Origin.POLICE, "found_on": inspection.inspected_on}
    return {**hazard, **own}


@transaction.atomic
def correct_inspection(
    *, actor: Actor, id: int, version: int | None, reason: str, **fields: Any
) -> Inspection:
    """Correct an inspection and plan the enterprise's next one by its day. Raises as correct_fact.

    Who inspected does not make the conclusion *qualified* (``_check_improving``).

    The rules of new inspections hold for what is changed; an old one may go on naming a single officer. The hazards found
    on its day move with it, and their finders with its inspectors, each with its own entry in the log.
    """
    require(actor, Permission.CORRECT_INSPECTIONS)
    old = lock_fact(actor, Inspection, id)  # its hazards are judged under the lock, too
    faults = Faults()
    if fields.get("conclusion", old.conclusion) != old.conclusion:
        with faults.of():
            check_corrected_conclusion(fields["conclusion"], hazards_of(actor, old), old.inspected_on)
        with faults.of():
            _check_improving(actor, old, fields["conclusion"])
    if actor.is_police:
        with faults.of():
            _check_leaving(actor, old, fields.get("inspectors", old.inspectors))
    inspection = correct_fact(
        actor=actor,
        permission=Permission.CORRECT_INSPECTIONS,
        model=Inspection,
        id=id,
        version=version,
        reason=reason,
        values=fields,
        faults=faults,
    )
    _bring_hazards_along(actor, old, inspection, reason)
    forget_pressing(inspection.enterprise_id)
    move_next_inspections(actor, [inspection.enterprise_id])
    follow_correction(actor, inspection, reason)
    return inspection


def _check_improving(actor: Actor, inspection: Inspection, conclusion: str) -> None:
    """Raise ValidationError at ``conclusion`` if it becomes qualified through somebody who inspected.

    It is as good as accepting everything that was found, so the same people decide about it.
    """
    is_own = actor.is_police and conclusion == Conclusion.QUALIFIED
    if is_own and (words := refusal(actor, inspection)):
        raise ValidationError({"conclusion": words})


def _check_leaving(actor: Actor, inspection: Inspection, inspectors: str) -> None:
    """Raise ValidationError at ``inspectors`` if a correction takes off names and may not.

    Nobody would be left, or whoever was there takes a colleague off, who could then accept what both found.
    """
    if not leaves_anybody_out(inspection.inspectors, inspectors):
        return
    if not people_in(inspectors):
        raise ValidationError({"inspectors": _("Name at least two officers, separated by commas.")})
    if hazards_of(actor, inspection) and (words := refusal(actor, inspection)):
        raise ValidationError({"inspectors": words})


def _bring_hazards_along(actor: Actor, old: Inspection, new: Inspection, reason: str) -> None:
    """Correct in the hazards of a corrected inspection what they have from it. ValidationError if that cannot be."""
    for hazard in hazards_of(actor, new):
        values: dict[str, Any] = {}
        if old.inspected_on != new.inspected_on and hazard.found_on == old.inspected_on:
            days = {"found_on", "major_from_on"}
            days |= {"due_on", "rectified_on", "closed_on"} if hazard.on_the_spot else set()
            values = {name: new.inspected_on for name in days if getattr(hazard, name) == old.inspected_on}
        if old.inspectors != new.inspectors and hazard.found_by == old.inspectors:
            values["found_by"] = new.inspectors
        if not values:
            continue
        try:
            correct_with_visit(actor=actor, hazard=hazard, reason=reason, values=values)
        except ValidationError as error:
            at = "inspectors" if set(by_field(error)) == {"found_by"} else "inspected_on"
            words = _("Its hazard “%(hazard)s” does not fit: %(why)s")
            why = sentences(*error.messages)
            raise ValidationError({at: words % {"hazard": hazard, "why": why}}) from error


@transaction.atomic
@as_declared
def void_inspection(
    *, actor: Actor, id: int, version: int | None, reason: str, hazards_too: bool = False
) -> Inspection:
    """Void an inspection, which removes it from lists and measures. Raises as void_fact.

    Hazards recorded with it stay; ``hazards_too`` voids them for the same reason, closed ones too.
    """
    inspection = void_fact(
        actor=actor,
        permission=Permission.CORRECT_INSPECTIONS,
        model=Inspection,
        id=id,
        version=version,
        reason=reason,
    )
    if hazards_too:
        for hazard in hazards_of(actor, inspection):
            void_hazard(actor=actor, id=hazard.pk, version=None, reason=reason, at=inspection.voided_at)
    forget_pressing(inspection.enterprise_id)
    move_next_inspections(actor, [inspection.enterprise_id])
    follow_voiding(actor, inspection, reason)
    return inspection


OWN_SELF_CHECK = ("checked_on", "target", "checked_by", "findings")  # what an enterprise's people enter
SELF_CHECK_WRITES = writes_of(SelfCheck, Permission.VIEW_SELF_CHECKS, own=OWN_SELF_CHECK)
create_self_check = SELF_CHECK_WRITES.create


def move_next_inspections(actor: Actor, enterprise_ids: Iterable[int]) -> None:
    """Plan the next inspection of enterprises whose inspections were recorded, corrected, voided or imported.

    Locks the enterprises first, so that of two concurrent writers the later reads what the earlier wrote.
    """
    ids = sorted(enterprise_ids)
    mine = visible_enterprises(actor).filter(pk__in=ids).select_for_update(no_key=True)
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    if ids:
        plan_next_inspections(actor=actor, ids=ids, inspected=last_inspections(actor))


INSPECTION_WRITES = writes_of(
    Inspection,
    Permission.VIEW_INSPECTIONS,
    create=create_inspection,
    correct=correct_inspection,
    void=void_inspection,
)


__all__ = [
    "HAZARD_WRITES",
    "INSPECTION_WRITES",
    "OWN_HAZARD",
    "OWN_SELF_CHECK",
    "SELF_CHECK_WRITES",
    "ask_extension",
    "ask_to_withdraw_forgery",
    "close_hazard",
    "complete_submission",
    "confirm_forgery",
    "correct_hazard",
    "correct_inspection",
    "create_forgery",
    "create_hazard",
    "create_inspection",
    "create_self_check",
    "decline_extension",
    "extend_hazard",
    "keep_forgery",
    "mark_major",
    "mark_ordinary",
    "missing_files",
    "move_next_inspections",
    "note_opened",
    "rectify_hazard",
    "refuse_hazard",
    "reopen_hazard",
    "resume_deadline",
    "send_back_hazard",
    "sign_inspection",
    "submit_rectification",
    "suspend_deadline",
    "void_hazard",
    "void_inspection",
    "withdraw_forgery",
    "withdraw_submission",
]
