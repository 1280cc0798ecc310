"""Writes of hazards: recording, correcting, voiding, and what the acts of HAZARD_LIFE change.

What the enterprise does, and the answers to it, are in answer_operations.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.choices import FactAction
from facts.dates import check_own_day
from facts.four_eyes import is_named, refusal
from facts.operations import (
    change_fact,
    correct_fact,
    create_fact,
    lock_enterprise,
    lock_fact,
    void_fact,
    writes_of,
)
from facts.rules import check_new, refuse_day_off_register
from facts.selectors import get_fact
from facts.steps import Course
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import leaves_anybody_out, names_in
from foundation.deadlines.selectors import limit_in_force
from foundation.faults import Faults
from inspections.access import Permission
from inspections.calling import first_call_on
from inspections.choices import RECTIFY_MAJOR, Origin, Severity
from inspections.deadlines import (
    begun_on,
    code_of,
    counted_as,
    limit_of,
    proposal,
    raised,
    resumed_deadline,
    set_deadline,
)
from inspections.first_deadline import counted_or_explained, refuse_far_deadline
from inspections.items import items_in_force
from inspections.lives import HAZARD_LIFE
from inspections.major import begin_major
from inspections.models import Hazard, Inspection
from inspections.orders import follow_voiding
from inspections.penalising import refuse_found_later
from inspections.positions import position_called
from inspections.rules import (
    check_counts,
    check_day_of_visit,
    check_left_empty,
    check_not_qualified,
    check_on_the_spot,
)
from inspections.selectors import visit_left_empty

# what acts fill in later; police enter them with a new hazard only by an import
NEVER_AT_FIRST = {
    "closed_on",
    "rectified_on",
    "refused_on",
    "extended_due_on",
    "extension_granted_on",
    "extension_requested_on",
    "extension_asked_on",
    "extension_wanted_on",
    "major_until_on",
}
OWN_HAZARD = ("item", "place", "description", "found_on", "due_on")  # what an enterprise's people enter
NO_FINDER = gettext_lazy("Name who found it: they do not accept the rectification.")
NO_DEADLINE = gettext_lazy("Enter the deadline for rectification.")


@transaction.atomic
def create_hazard(
    *,
    actor: Actor,
    enterprise_id: int | None,
    major: bool = False,
    on_the_spot: bool = False,
    **fields: Any,
) -> Hazard:
    """Record a hazard; ``major`` marks it major from the day it was found.

    ``on_the_spot``: it was put right during the ``inspection`` that found it, which names two officers; it is closed on
    that day and needs no acceptance. Without that the police set a deadline; one that is later than the time limit
    gives from that day, or from today, needs a ``due_reason``. Its finders are the officers of the inspection, or the one
    who records it.

    What enterprise users record always counts as found by the enterprise, ordinary and reported today; its deadline
    is at most thirty days away, because the deadline excuses the hazard in the rating. Raises as create_fact,
    ValidationError also for an inspection that was voided.
    """
    require(actor, Permission.RECORD_HAZARDS)
    faults = Faults()
    if enterprise_id is not None and (inspection := fields.get("inspection")):
        # judged under the lock: a colleague may correct or void the inspection at this moment
        lock_enterprise(actor, enterprise_id)
        fields["inspection"] = get_fact(actor, Inspection, inspection.pk)
    values = new_values(actor, fields, faults, major=major, on_the_spot=on_the_spot)
    if actor.is_police and not on_the_spot:
        values["call_from_on"] = first_call_on(actor)
    place, found_on = values.get("place") or "", values.get("found_on")
    values["key_position_id"] = position_called(enterprise_id, place, found_on)
    hazard = create_fact(
        actor=actor,
        permission=Permission.RECORD_HAZARDS,
        model=Hazard,
        enterprise_id=enterprise_id,
        values=values,
        faults=faults,
    )
    if actor.user_id and hazard.major_from_on and hazard.closed_on is None:
        begin_major(hazard, actor=actor)
    return hazard


def check_hazard(
    *, actor: Actor, inspection: Inspection, major: bool = False, on_the_spot: bool = False, **fields: Any
) -> None:
    """Raise what create_hazard would, for a hazard of an inspection that has faults itself and is not saved.

    What is wrong with the day of the inspection is said there.
    """
    faults = Faults()
    fields |= {"inspection": inspection}
    values = new_values(actor, fields, faults, major=major, on_the_spot=on_the_spot)
    with faults.of():
        check_new(actor, Hazard(recorded_by_id=actor.user_id, **values), Faults())
    for name in ("found_on", "rectified_on", "closed_on", "major_from_on"):
        faults.by_field.pop(name, None)
    faults.refuse()


def new_values(
    actor: Actor, fields: dict[str, Any], faults: Faults, *, major: bool, on_the_spot: bool
) -> dict[str, Any]:
    """Return the values of a new hazard; what its rules refuse is added to ``faults``.

    An item of the bureau's list gives severity and deadline. Whoever records it otherwise says why in ``due_reason``.
    """
    item = None
    if actor.user_id:
        items = items_in_force(actor)
        item = items.by_code.get(fields.get("item_code") or "") or items.named(fields.get("item") or "")
    if item:
        fields["item_code"] = item.code
    with faults.of():
        check_counts(fields.get("inspection"))
    if actor.is_enterprise:
        with faults.of():
            refuse_far_deadline(fields.get("found_on"), fields.get("due_on"))
        major = False
        fields |= {"origin": Origin.SELF, "reported_on": timezone.localdate(), "found_by": ""}
        on_the_spot = False
    elif actor.user_id:
        fields |= {"found_by": fields.get("found_by") or _finders(actor, fields)}
        if on_the_spot:
            pass
        elif fields.get("due_on") is None:
            faults.add(ValidationError({"due_on": NO_DEADLINE}))
        else:
            with faults.of():
                fields |= counted_or_explained(actor, fields, major=major, item=item)
        with faults.of():
            check_day_of_visit(fields.get("inspection"), fields.get("found_on"))
    if on_the_spot:
        fields["due_reason"] = ""
        inspection = fields.get("inspection")
        with faults.of():
            check_on_the_spot(inspection.inspectors if inspection else "")
        day = fields.get("found_on")
        fields |= {"rectified_on": day, "closed_on": day, "due_on": day}
        fields["on_the_spot"] = True
    elif actor.user_id and (given := NEVER_AT_FIRST & {name for name, value in fields.items() if value}):
        words = _("A new hazard has no such day. Record the act itself.")
        faults.add(ValidationError(dict.fromkeys(sorted(given), words)))
    if major:
        with faults.of():
            check_not_qualified(fields.get("inspection"), "major")
        fields["major_from_on"] = fields.get("found_on")
    return fields


def _finders(actor: Actor, fields: dict[str, Any]) -> str:
    """Return the names of who found a hazard that an officer records."""
    if fields.get("origin", Origin.POLICE) != Origin.POLICE:
        return ""
    inspection = fields.get("inspection")
    return (inspection.inspectors if inspection else "") or actor.name


@transaction.atomic
def _correct_hazard(*, actor: Actor, id: int, version: int | None, reason: str, **fields: Any) -> Hazard:
    """Correct a hazard; an enterprise's people their own of today, under the rules of a new one. Raise as correct_fact."""
    require(actor, Permission.CORRECT_HAZARDS)
    faults = Faults()
    hazard = lock_fact(actor, Hazard, id)
    found_on = fields.get("found_on", hazard.found_on)
    if actor.is_enterprise:
        with faults.of():
            check_own_day(actor, "found_on", found_on)
        with faults.of():
            refuse_far_deadline(found_on, fields.get("due_on", hazard.due_on))
    if found_on != hazard.found_on:
        with faults.of():
            check_day_of_visit(hazard.inspection, found_on)
        with faults.of():
            refuse_found_later(hazard, found_on)
    with faults.of():
        _refuse_leaving(actor, hazard, fields)
    if fields.get("item", hazard.item) != hazard.item:  # another item, or none of the list
        named = items_in_force(actor).named(fields["item"] or "")
        fields["item_code"] = named.code if named else ""
    if fields.get("place", hazard.place) != hazard.place:
        fields["key_position_id"] = position_called(hazard.enterprise_id, fields["place"] or "", found_on)
    if actor.is_police:
        _check_as_new(actor, hazard, fields, faults)
    was_major = hazard.severity is Severity.MAJOR
    corrected = correct_fact(
        actor=actor,
        permission=Permission.CORRECT_HAZARDS,
        model=Hazard,
        id=id,
        version=version,
        reason=reason,
        values=fields,
        own=(*OWN_HAZARD, "item_code", "key_position_id"),
        faults=faults,
    )
    begins = corrected.severity is Severity.MAJOR and not was_major
    if begins and actor.user_id and corrected.closed_on is None and corrected.major_from_on:
        begin_major(corrected, actor=actor, on=corrected.major_from_on)
    return corrected


def _check_as_new(actor: Actor, hazard: Hazard, fields: Mapping[str, Any], faults: Faults) -> None:
    """Add to ``faults`` what the police change in a hazard and could not have recorded, or decide about their own."""
    changed = {name: value for name, value in fields.items() if value != getattr(hazard, name)}
    origin, found_by = (fields.get(name, getattr(hazard, name)) for name in ("origin", "found_by"))
    if "due_on" in changed and changed["due_on"] is None:
        faults.add(ValidationError({"due_on": NO_DEADLINE}))
    if "origin" in changed:
        words = refusal(actor, hazard)
        if hazard.inspection and not hazard.inspection.is_voided:
            words = _("An inspection found it, so the police did.")
        if words:
            faults.add(ValidationError({"origin": words}))
    if changed.keys() & {"origin", "found_by"} and origin == Origin.POLICE and not names_in(found_by or ""):
        faults.add(ValidationError({"found_by": NO_FINDER}))
    if leaves_anybody_out(hazard.found_by, found_by or "") and (words := refusal(actor, hazard)):
        faults.add(ValidationError({"found_by": words}))
    if hazard.on_the_spot and any(
        changed.get(name) not in (None, hazard.found_on) for name in ("rectified_on", "closed_on")
    ):
        words = _("It was put right on the spot, on the day of the inspection.")
        spot = [name for name in ("rectified_on", "closed_on") if changed.get(name)]
        faults.add(ValidationError(dict.fromkeys(spot, words)))


def correct_with_visit(*, actor: Actor, hazard: Hazard, reason: str, values: Mapping[str, Any]) -> Hazard:
    """Correct what a hazard has from the inspection that found it, which was corrected. Raise as correct_fact."""

    def change(record: Hazard) -> None:
        _refuse_leaving(actor, record, values)
        if not names_in(values.get("found_by", "someone")):
            raise ValidationError({"found_by": NO_FINDER})
        course = Course(record)
        for name, value in values.items():
            setattr(record, name, value)
        course.after_correction(actor=actor, reason=reason)
        if "found_on" in values:
            refuse_found_later(record, record.found_on)
            record.check_acts_in_order()
            if why := course.contradicted():
                raise ValidationError({"found_on": why})

    return change_fact(
        actor=actor,
        permission=Permission.CORRECT_INSPECTIONS,
        model=Hazard,
        id=hazard.pk,
        version=None,
        action=kind_of_model(Hazard).action(FactAction.CORRECT),
        change=change,
        reason=reason,
    )


def _refuse_leaving(actor: Actor, hazard: Hazard, fields: Mapping[str, Any]) -> None:
    """Raise ValidationError if the actor found the hazard and takes their own name off it: they could then accept it."""
    if is_named(actor, hazard.found_by) and not is_named(actor, fields.get("found_by", hazard.found_by)):
        raise ValidationError({"found_by": _("You cannot take off your own name. Ask a colleague to do it.")})


@transaction.atomic
@as_declared
def void_hazard(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    reason: str,
    conclusion: str | None = None,
    at: dt.datetime | None = None,
) -> Hazard:
    """Void a hazard, with its inspection at the moment ``at``; also its order, if none of its hazards stands any more.

    Raise as void_fact.

    If it is the last one of an inspection whose conclusion asks for rectification, ``conclusion`` says what that
    inspection concludes instead (empty: nothing); ValidationError there without it.
    """
    require(actor, Permission.CORRECT_HAZARDS)
    faults = Faults()
    hazard = lock_fact(actor, Hazard, id)
    if visit := visit_left_empty(actor, hazard):
        with faults.of():
            check_left_empty(conclusion)
        with faults.of():
            required_reason(reason)
        faults.refuse()
    voided = void_fact(
        actor=actor,
        permission=Permission.CORRECT_HAZARDS,
        model=Hazard,
        id=id,
        version=version,
        reason=reason,
        at=at,
    )
    if visit:
        correct_fact(
            actor=actor,
            permission=Permission.CORRECT_INSPECTIONS,
            model=Inspection,
            id=visit.pk,
            version=None,
            reason=reason,
            values={"conclusion": conclusion},
        )
    follow_voiding(actor, voided, reason)
    return voided


HAZARD_WRITES = writes_of(
    Hazard,
    Permission.VIEW_HAZARDS,
    create=create_hazard,
    correct=_correct_hazard,
    void=void_hazard,
    own=OWN_HAZARD,
)
correct_hazard = HAZARD_WRITES.correct


@HAZARD_LIFE.operation("close")
def close_hazard(hazard: Hazard, *, actor: Actor, closed_on: dt.date | None = None) -> None:
    """Close a hazard whose rectification passed re-inspection, by default today. Not by who found or submitted it.

    If it was never submitted, the closing day is compared with the deadline.
    """
    hazard.closed_on = closed_on or timezone.localdate()


@HAZARD_LIFE.operation("send_back")
def send_back_hazard(hazard: Hazard, *, actor: Actor, sent_back_on: dt.date | None = None) -> None:
    """Reopen a hazard that did not pass re-inspection, by default today, under its old deadline.

    A refusal before the submission has ended with it.
    """
    hazard.rectified_on = hazard.refused_on = None
    hazard.submitted_by_id, hazard.submitted_by = 0, ""
    hazard.call_from_on = first_call_on(actor)


@HAZARD_LIFE.operation("reopen")
def reopen_hazard(
    hazard: Hazard, *, actor: Actor, reopened_on: dt.date, due_on: dt.date | None = None
) -> None:
    """Record that a closed hazard is there again, with a new deadline. Only the system may leave it without one.

    Until that day it stays closed, and its closing on time or late. What a major one needs, it needs anew.
    """
    if due_on and due_on < reopened_on:
        raise ValidationError({"due_on": _("The new deadline cannot be before the day of reopening.")})
    refuse_day_off_register(actor, hazard, reopened_on, at="reopened_on")
    hazard.rectified_on = hazard.closed_on = hazard.refused_on = None
    hazard.submitted_by_id, hazard.submitted_by, hazard.on_the_spot = 0, "", False
    hazard.due_on, hazard.extended_due_on, hazard.extension_granted_on = due_on, None, None
    hazard.suspended_on, hazard.counted_as, hazard.due_reason = None, None, ""
    if due_on and actor.user_id:
        proposed = proposal(actor, reopened_on, is_major=hazard.severity is Severity.MAJOR)
        if proposed.last_on == due_on:
            hazard.counted_as = counted_as(proposed)
    hazard.extension_requested_on = hazard.extension_asked_on = hazard.extension_wanted_on = None
    hazard.extension_asked_by = ""
    hazard.call_from_on = first_call_on(actor)
    if actor.user_id and hazard.severity is Severity.MAJOR:  # what experts accepted then is no acceptance now
        begin_major(hazard, actor=actor, on=reopened_on)


@HAZARD_LIFE.operation("suspend")
def suspend_deadline(hazard: Hazard, *, actor: Actor, suspended_on: dt.date | None = None) -> None:
    """Let the deadline stand still from a day on, by default today, before it has passed; until it runs again there is none."""
    start_on, on = begun_on(hazard), suspended_on or timezone.localdate()
    if limit := limit_of(hazard):
        start_on = max(start_on, limit.start_on)
    if on <= start_on:
        words = _("The deadline is counted from %(day)s. Choose a later day.")
        raise ValidationError({"suspended_on": words % {"day": start_on.isoformat()}})
    hazard.due_on = hazard.extended_due_on = hazard.extension_granted_on = hazard.extension_requested_on = (
        None
    )
    hazard.suspended_on = on


@HAZARD_LIFE.operation("resume")
def resume_deadline(hazard: Hazard, *, actor: Actor, resumed_on: dt.date | None = None) -> dt.date:
    """Let a suspended deadline run again from a day on, by default today: it moves by the days of its own that it stood still."""
    on = resumed_on or timezone.localdate()
    assert hazard.suspended_on
    if on <= hazard.suspended_on:
        words = _("It has been suspended since %(day)s. Choose a later day.")
        raise ValidationError({"resumed_on": words % {"day": hazard.suspended_on.isoformat()}})
    last_on, limit = resumed_deadline(hazard, limit_in_force(actor, code_of(hazard), begun_on(hazard)), on)
    if limit:
        set_deadline(hazard, limit)
    else:
        hazard.due_on = last_on
    hazard.suspended_on = None
    return on


@HAZARD_LIFE.operation("mark_major")
def mark_major(hazard: Hazard, *, actor: Actor, on: dt.date | None = None) -> None:
    """Mark an ordinary hazard as major from a day on, by default today; it may have been major before.

    Not already for the day of the inspection that found it, if that one was qualified. Its deadline is counted again
    from its original start under the time limit of major hazards, if that one is shorter; it does not end before ``on``.
    """
    hazard.major_from_on, hazard.major_until_on = on or timezone.localdate(), None
    if actor.user_id and (limit := raised(actor, hazard, hazard.major_from_on)):
        set_deadline(hazard, limit, RECTIFY_MAJOR)
        if hazard.due_on and hazard.due_on < hazard.major_from_on:
            hazard.due_on, hazard.counted_as = hazard.major_from_on, None
    refuse_day_off_register(actor, hazard, hazard.major_from_on, at="on")
    if hazard.inspection and hazard.major_from_on <= hazard.inspection.inspected_on:
        check_not_qualified(hazard.inspection, "on")
    if actor.user_id:
        begin_major(hazard, actor=actor)


@HAZARD_LIFE.operation("mark_ordinary")
def mark_ordinary(hazard: Hazard, *, actor: Actor, on: dt.date | None = None) -> None:
    """Mark a major hazard as ordinary from a day on, by default today."""
    hazard.major_until_on = on or timezone.localdate()


@HAZARD_LIFE.operation("refuse")
def refuse_hazard(hazard: Hazard, *, actor: Actor, refused_on: dt.date | None = None) -> None:
    """Record that the enterprise refuses to rectify, which is a veto in the rating."""
    hazard.refused_on = refused_on or timezone.localdate()
    refuse_day_off_register(actor, hazard, hazard.refused_on, at="refused_on")
