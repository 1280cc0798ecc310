"""Sessions to come: planned, moved, cancelled. None touches another."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record, refuse_closed
from disputes.following import latest_of
from disputes.mediation import rules
from disputes.mediation.choices import Ended
from disputes.mediation.entering import check, check_open, entered_by, made_before, row_of
from disputes.mediation.meetings import OFFICERS, check_times, named
from disputes.mediation.ways import led, session_days, way_on, ways_of
from disputes.models import Appointment, Dispute, belonging_to
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared, refuse_unfit_columns
from foundation.faults import UNCHANGED, Faults

PLANNED = ("on", "begins_at", "ends_at", "manner", "place", "officer_id", "second_id")  # of a session
PLAN, MOVE, CANCEL = "session_plan", "session_move", "session_cancel"  # acts of the log
FURTHEST = dt.timedelta(days=366)  # ahead of which nobody plans a session


def appointments_of(dispute: Dispute) -> list[Appointment]:
    """Return the sessions of a dispute that are planned and have not ended, the next first. One query."""
    rows = Appointment.objects.filter(dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id)
    return list(rows.filter(voided_at=None, ended_at=None))


def get_appointment(dispute: Dispute, id: int) -> Appointment:
    """Return one planned session, an ended one too. Raise Http404."""
    rows = Appointment.objects.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, voided_at=None
    )
    found = rows.filter(pk=id).first()
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no planned session {id}")
    return found


def latest_appointment(dispute: Dispute, id: int) -> Appointment:
    """Return the planned session that one with this id was moved to, itself if it was not moved. Raise Http404."""
    rows = Appointment.objects.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, voided_at=None
    )
    found = latest_of(rows, id, "moves_id")
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no planned session {id}")
    return found


def refusal_of_ended(appointment: Appointment) -> str:
    """Return why nothing can be done with a planned session any more; "" if something can."""
    if not appointment.ended_at:
        return ""
    words = _("This session is no longer planned: %(state)s.")
    return words % {"state": appointment.get_ended_as_display()}


def _to_come(dispute: Dispute, on: dt.date | None, faults: Faults) -> None:
    today = timezone.localdate()
    if on and on < today:
        faults.add(ValidationError({"on": _("That day has passed. Record the session if it was held.")}))
    elif on and on > today + FURTHEST:
        faults.add(ValidationError({"on": _("This is more than a year ahead. Check the year.")}))


@transaction.atomic
@as_declared
def plan_session(
    *,
    actor: Actor,
    dispute_id: int,
    officer_id: int | None,
    second_id: int | None = None,
    key: str = "",
    **values: Any,
) -> Appointment:
    """Plan a session for a day to come. Raise NotAllowed, Http404, WrongState, ValidationError by field."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    if first := made_before(Appointment, dispute, key):
        return first
    refuse_closed(dispute)
    planned, faults = _appointment(actor, dispute, officer_id, second_id, values)
    planned.key = key
    check_times(actor, planned, faults, without={})
    faults.refuse()
    planned.save(force_insert=True)
    record(actor, dispute, PLAN, {"planned_for": planned.on})
    return planned


def _appointment(
    actor: Actor, dispute: Dispute, officer_id: int | None, second_id: int | None, values: Mapping[str, Any]
) -> tuple[Appointment, Faults]:
    refuse_unfit_columns(Appointment, values)
    faults, officers = Faults(), {}
    with faults.of():
        officers = named(actor, dispute, officer_id, second_id)
    planned = Appointment(**values, **officers, **belonging_to(dispute), **entered_by(actor))
    check(planned, faults, skip=OFFICERS)
    _to_come(dispute, planned.on, faults)
    if planned.on and (way := way_on(ways_of(dispute), planned.on)):
        now = led(way, dispute, session_days(dispute))
        if no := rules.refusal_to_plan(now, planned.on):
            faults.add(ValidationError({"on": rules.words_of(no)}))
    check_open(actor, dispute, faults, place=planned.place)
    return planned, faults


def end(actor: Actor, appointment: Appointment, how: Ended, reason: str = "") -> None:
    """Write how a planned session ended. The caller holds the dispute and writes the log."""
    appointment.ended_at, appointment.ended_as = timezone.now(), how
    appointment.ended_by, appointment.ended_reason = actor.name, reason
    appointment.save(update_fields=["ended_at", "ended_as", "ended_by", "ended_reason"])


def open_one(dispute: Dispute, appointment_id: int) -> Appointment:
    """Return a planned session that has not ended. Raise Http404, WrongState."""
    found = row_of(Appointment, dispute, appointment_id)
    if why := refusal_of_ended(found):
        raise WrongState(why)
    return found


@transaction.atomic
@as_declared
def move_session(
    *,
    actor: Actor,
    dispute_id: int,
    appointment_id: int,
    reason: str,
    officer_id: int | None,
    second_id: int | None = None,
    **values: Any,
) -> Appointment:
    """Move a planned session: a new appointment follows it, no other one is touched.

    The same again is the one that is there. Raise as plan_session, ValidationError at ``reason`` or if it stays where it is,
    WrongState if it ended.
    """
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    follows = Appointment.objects.filter(
        dispute_id__in=dispute.file_ids,
        enterprise_id=dispute.enterprise_id,
        moves_id=appointment_id,
        voided_at=None,
    ).first()
    when = ("on", "begins_at", "ends_at")
    if follows and all(getattr(follows, name) == values[name] for name in when):
        return follows
    before = open_one(dispute, appointment_id)
    planned, faults = _appointment(actor, dispute, officer_id, second_id, values)
    planned.moves_id = before.pk
    if not faults and all(getattr(before, name) == getattr(planned, name) for name in PLANNED):
        raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
    check_times(actor, planned, faults, without={Appointment: before.pk})
    with faults.of():
        reason = required_reason(reason)
    faults.refuse()
    end(actor, before, Ended.MOVED, reason)
    planned.save(force_insert=True)
    record(actor, dispute, MOVE, {"was_planned_for": before.on, "planned_for": planned.on}, reason=reason)
    return planned


@transaction.atomic
@as_declared
def cancel_session(*, actor: Actor, dispute_id: int, appointment_id: int, reason: str) -> Appointment:
    """Cancel a planned session with a reason. Raise as move_session."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    reason = required_reason(reason)
    found = row_of(Appointment, dispute, appointment_id)
    if (found.ended_as, found.ended_by, found.ended_reason) == (Ended.CANCELLED, actor.name, reason):
        return found
    found = open_one(dispute, appointment_id)
    end(actor, found, Ended.CANCELLED, reason)
    record(actor, dispute, CANCEL, {"was_planned_for": found.on}, reason=reason)
    return found
