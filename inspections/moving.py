"""A hazard recorded at the wrong enterprise: it is voided there and recorded anew where it was found.

A record never changes its enterprise (its key, its log and its rating hold that one), so a move is a void and a copy.
The copy keeps ``moved:`` and the number of the first as its ``external_key``; the log of the first names the copy.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts import four_eyes
from facts.attachments import copy_attachments
from facts.models import FactStep
from facts.operations import create_fact, lock_enterprise, lock_fact, recorded_before, refuse_stale
from facts.own import is_by_enterprise
from facts.selectors import acts_on, get_fact, log_of, visible
from facts.steps import acts_among, steps_of
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.faults import Faults
from foundation.ids import id_of
from foundation.words import Words
from inspections.access import Permission
from inspections.calling import first_call_on
from inspections.choices import HazardState, Severity, Stage
from inspections.deadlines import counted_as, proposal
from inspections.hazard_operations import void_hazard
from inspections.major import ASKED, begin_major, listings_of
from inspections.models import Hazard, MajorStage, Penalty
from inspections.positions import position_called
from inspections.recounting import ACT as RECOUNT
from inspections.serving import ACT as BY_SERVICE

ACT = "move"
MOVED = "moved:"  # begins the key of a copy, before the number of the first
COPY = "copy"  # of the entry of the move: the number of the copy
# what says something about the hazard, not about what its enterprise did
OF_THE_HAZARD = {"mark_major", "mark_ordinary", RECOUNT, BY_SERVICE}
ANSWERED = gettext_lazy(
    "The enterprise has answered, or something was decided about it. That stays where it happened: void the record,"
    " and record it anew at the right enterprise."
)
KEPT = (
    *("item", "item_code", "place", "description", "note", "origin", "found_by", "reported_on", "found_on"),
    *("due_on", "counted_as", "due_reason", "major_from_on", "major_until_on"),
)


@transaction.atomic
@as_declared
def move_hazard(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    enterprise_id: int,
    reason: str,
    conclusion: str | None = None,
) -> Hazard:
    """Void a hazard and record it at another enterprise of its station; return the copy. Again: the copy that is there.

    The copy has its item, place, days, deadline as it was counted, origin, finders, who recorded it, and the photos of the
    police; it counts from the day it was found. A deadline that has passed is counted anew from today, as is that for the
    guarantees of a major hazard: the enterprise learns of them now.
    Inspection, papers, calls and the persons responsible stay with the first. The enterprise at which it was recorded reads
    the reason.

    Raise as void_hazard and create_hazard: NotAllowed, Http404, StaleRecord, WrongState for what was answered or
    decided (:func:`refusal_to_move`), ValidationError at ``enterprise`` for another station's or the same enterprise, at
    ``reason``, and at ``conclusion`` if an inspection is left without hazards.
    """
    require(actor, Permission.MOVE_HAZARDS)
    seen = get_fact(actor, Hazard, id)
    # in one order, so that two moves do not wait for each other
    for each in sorted({seen.enterprise_id, enterprise_id}):
        lock_enterprise(actor, each)
    hazard = lock_fact(actor, Hazard, id)
    key = f"{MOVED}{hazard.pk}"
    if made := recorded_before(actor, Hazard, enterprise_id, key):
        return made
    refuse_stale(actor, hazard, version)
    if words := refusal_to_move(hazard) or refusal_of_answered(actor, hazard):
        raise WrongState(str(words))
    target = lock_enterprise(actor, enterprise_id)
    faults = Faults()
    if target.pk == hazard.enterprise_id:
        faults.add(ValidationError({"enterprise": _("It is recorded at this enterprise already.")}))
    elif target.station_id != hazard.station_id:
        faults.add(
            ValidationError({"enterprise": _("Choose an enterprise of the station that has the hazard.")})
        )
    with faults.of():
        required_reason(reason)
    faults.refuse()
    values = {name: getattr(hazard, name) for name in KEPT} | _begun_anew(actor, hazard)
    values["key_position_id"] = position_called(target.pk, hazard.place, hazard.found_on)
    copy = create_fact(
        actor=actor,
        permission=Permission.RECORD_HAZARDS,
        model=Hazard,
        enterprise_id=target.pk,
        values=values | {"external_key": key, "call_from_on": first_call_on(actor)},
        # who moves it reports nothing; who recorded it accepts the copy no more than the first
        recorded_by_id=hazard.recorded_by_id,
    )
    if copy.severity is Severity.MAJOR and copy.major_from_on:
        begin_major(copy, actor=actor, on=copy.major_from_on)
    copy_attachments(actor=actor, permission=Permission.RECORD_HAZARDS, source=hazard, target=copy)
    # its people read this, so it does not name the other enterprise
    words = _(
        "Recorded at the wrong enterprise, and anew at the right one under number %(number)d: %(reason)s"
    )
    why = words % {"number": copy.pk, "reason": reason.strip()}
    voided = void_hazard(actor=actor, id=hazard.pk, version=version, reason=why, conclusion=conclusion)
    auditing.record(
        actor=actor,
        action=kind_of_model(Hazard).action(ACT),
        target=voided,
        after={COPY: copy.pk},
        reason=reason.strip(),
    )
    return copy


def _begun_anew(actor: Actor, hazard: Hazard) -> dict[str, Any]:
    """Return the deadline of the copy, if that of the first has passed."""
    today = timezone.localdate()
    if hazard.deadline_on is None or hazard.deadline_on >= today:
        return {}
    proposed = proposal(actor, today, is_major=hazard.severity is Severity.MAJOR)
    return {"due_on": proposed.last_on, "counted_as": counted_as(proposed), "due_reason": ""}


def refusal_to_move(hazard: Hazard, steps: Sequence[FactStep] | None = None) -> Words:
    """Return why a hazard is not moved, as far as it and its steps say; empty if it may be. ``steps``: if they are at hand."""
    if hazard.is_voided:
        return _("This record has already been voided.")
    if hazard.closed_on:
        return _("It is closed. Void it, and record it anew at the right enterprise.")
    is_open = hazard.state in (HazardState.OPEN, HazardState.OVERDUE)
    acts = acts_among([] if not is_open else steps_of(hazard) if steps is None else steps)
    # an import brings what was granted or asked without its step
    is_answered = not is_open or hazard.extended_due_on or hazard.extension_asked_on
    if is_answered or any(each.act not in OF_THE_HAZARD for each in acts):
        return ANSWERED
    return ANSWERED if hazard.has_penalties is not False and _is_punished(hazard) else ""


def _is_punished(hazard: Hazard) -> bool:
    """Return whether a penalty was imposed for it: that decision names the enterprise."""
    rows = Penalty.objects.filter(enterprise_id=hazard.enterprise_id, hazard_id=hazard.pk, voided_at=None)
    return rows.exists()


def _is_governed(hazard: Hazard) -> bool:
    """Return whether the enterprise has given guarantees or a plan for it, or the bureau has listed it."""
    rows = MajorStage.objects.filter(enterprise_id=hazard.enterprise_id, record_id=hazard.pk)
    return rows.exclude(stage=Stage.BEGUN).exists() or bool(listings_of(hazard))


def says_governed(log: Sequence[AuditEntry]) -> bool:
    """Return whether entries of its log say what :func:`refusal_of_answered` asks the database."""
    verbs = ("list", *(f"major_{each}" for each in ASKED))
    return any(each.action in {kind_of_model(Hazard).action(verb) for verb in verbs} for each in log)


def refusal_of_answered(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry] | None = None) -> str:
    """Return why the actor does not move it: an enterprise reported it itself, or the actor did, or it is governed.

    Governed: guarantees, plan or an expert's opinion are recorded, or the bureau has listed it. ``log``: if at hand.
    """
    if log is None:
        log = acts_on(actor, [hazard]).get(hazard.pk, [])
    if log and is_by_enterprise(log[-1]):
        return _("The enterprise reported it itself, so it is there.")
    if _is_governed(hazard):
        return str(ANSWERED)
    return four_eyes.refusal(actor, hazard)


def moved_to(actor: Actor, hazard: Hazard, log: Sequence[AuditEntry] | None = None) -> Hazard | None:
    """Return the copy of a hazard that was moved, for the police; None without, or if the actor does not see it."""
    if not (actor.is_police and hazard.is_voided):
        return None
    action = kind_of_model(Hazard).action(ACT)
    entries = log_of(actor, hazard).filter(action=action) if log is None else log
    entry = next((each for each in entries if each.action == action), None)
    return visible(actor, Hazard, voided=True).filter(pk=entry.after[COPY]).first() if entry else None


def moved_from(actor: Actor, hazard: Hazard) -> Hazard | None:
    """Return the hazard that this one is the copy of, for the police; None without, or if the actor does not see it."""
    if not (actor.is_police and hazard.external_key.startswith(MOVED)):
        return None
    number = id_of(hazard.external_key.removeprefix(MOVED))  # an import may have brought such a key
    return visible(actor, Hazard, voided=True).filter(pk=number).first() if number else None
