"""Sessions of mediation: planned, moved, cancelled, held, corrected. What public-security mediation allows: ``rules``."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.choices import Side
from disputes.mediation import rules
from disputes.mediation.choices import Ended, Manner
from disputes.mediation.entering import (
    check,
    check_past,
    entered_by,
    locked,
    made_before,
    record,
    row_of,
    void,
)
from disputes.mediation.team import team_of
from disputes.mediation.ways import count_again, last_day, led, session_days, way_on, ways_of
from disputes.models import (
    Appointment,
    Dispute,
    MediationSession,
    Offer,
    SessionDocument,
    TeamMember,
    belonging_to,
)
from disputes.models.session import Meeting
from enterprises.selectors import list_officers
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.accounts.reasons import required_reason
from foundation.faults import Faults

PLAN, MOVE, CANCEL = "session_plan", "session_move", "session_cancel"  # acts of the log
HOLD = {Manner.JOINT: "session_joint", Manner.SEPARATE: "session_separate"}
CORRECT, VOID_SESSION = "session_correct", "void_session"
FURTHEST = dt.timedelta(days=366)  # ahead of which nobody plans a session


@dataclass(frozen=True)
class Offered:
    """What a side offered or asked for in a session."""

    side: str
    amount: Decimal | None = None
    instalments: int | None = None
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self.amount is None and self.instalments is None and not self.words.strip()

    @property
    def name(self) -> str:
        """The side in words."""
        return str(Side(self.side).label)


# --- reads ----------------------------------------------------------------------------------------------------------


def officers_at(actor: Actor, station_id: int) -> list[User]:
    """Return who can hold a session: officers and chiefs of the station with a police number. One query."""
    return list(list_officers(actor, station_id).exclude(police_number="").defer("password"))


def sessions_of(dispute: Dispute, *, voided: bool = False) -> list[MediationSession]:
    """Return the sessions of a dispute, the latest first, with their offers and the number of documents. One query."""
    rows = MediationSession.objects.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id
    )
    if not voided:
        rows = rows.filter(voided_at=None)
    offers = Offer.objects.filter(session_id=OuterRef("pk")).order_by("pk")
    documents = (
        SessionDocument.objects.filter(session_id=OuterRef("pk"))
        .order_by()
        .values("session_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    found = rows.annotate(
        read_offers=ArraySubquery(
            offers.values(
                json=JSONObject(
                    side="side",
                    amount=Cast("amount", TextField()),
                    instalments="instalments",
                    words="words",
                )
            )
        ),
        read_documents=Coalesce(Subquery(documents, output_field=IntegerField()), 0),
    )
    sessions = list(found)
    for each in sessions:
        each.offered = [
            Offered(
                said["side"],
                None if said["amount"] is None else Decimal(said["amount"]),
                said["instalments"],
                said["words"],
            )
            for said in each.read_offers
        ]
        each.documents = each.read_documents
    return [*sessions]


def get_session(dispute: Dispute, id: int) -> MediationSession:
    """Return one session of a dispute, a voided one too. Raise Http404."""
    found = next((each for each in sessions_of(dispute, voided=True) if each.pk == id), None)
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no session {id}")
    return found


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


def refusal_of_ended(appointment: Appointment) -> str:
    """Return why nothing can be done with a planned session any more; "" if something can."""
    if not appointment.ended_at:
        return ""
    words = _("This session is no longer planned: %(state)s.")
    return words % {"state": appointment.get_ended_as_display()}


def documents_of(session: MediationSession) -> list[int]:
    """Return the ids of the files of a session. One query."""
    rows = SessionDocument.objects.filter(session=session, enterprise_id=session.enterprise_id)
    return list(rows.values_list("attachment_id", flat=True))


# --- appointments ---------------------------------------------------------------------------------------------------


def _named(actor: Actor, dispute: Dispute, officer_id: int | None, second_id: int | None) -> dict[str, Any]:
    """Return the columns of two officers of the station. Raise ValidationError at ``officer`` or ``second``."""
    team = {each.pk: each for each in officers_at(actor, dispute.station_id)}
    words = _("Choose an officer of the station with a police number.")
    if officer_id not in team:
        raise ValidationError({"officer": words})
    if second_id is not None and second_id not in team:
        raise ValidationError({"second": words})
    if second_id == officer_id:
        raise ValidationError({"second": _("Choose another officer.")})
    first, second = team[officer_id], team[second_id] if second_id else None
    return {
        "officer_id": first.pk,
        "officer_name": str(first)[:80],
        "officer_number": first.police_number,
        "second_id": second.pk if second else None,
        "second_name": str(second)[:80] if second else "",
        "second_number": second.police_number if second else "",
    }


def _check_times(
    actor: Actor, meeting: Meeting, faults: Faults, *, without: Mapping[type[Meeting], int]
) -> None:
    """Add to ``faults`` an end before the beginning, and another session of the same officers at that time."""
    if not (meeting.on and meeting.begins_at and meeting.ends_at):
        return
    if meeting.ends_at <= meeting.begins_at:
        faults.add(ValidationError({"ends_at": _("It ends after it begins.")}))
        return
    ids = {meeting.officer_id, meeting.second_id} - {None}
    at_that_time = Q(
        Q(officer_id__in=ids) | Q(second_id__in=ids),
        station_id__in=actor.stations,
        on=meeting.on,
        voided_at=None,
        begins_at__lt=meeting.ends_at,
        ends_at__gt=meeting.begins_at,
    )
    held = MediationSession.objects.filter(at_that_time).exclude(pk=without.get(MediationSession, 0))
    planned = Appointment.objects.filter(at_that_time, ended_at=None).exclude(pk=without.get(Appointment, 0))
    for rows in (held, planned):
        other: Meeting | None = rows.first()
        if other:
            busy = other.officer_name if other.officer_id in ids else other.second_name
            words = _("%(name)s has another session from %(begin)s to %(end)s that day.")
            said = {
                "name": busy,
                "begin": f"{other.begins_at:%H:%M}",
                "end": f"{other.ends_at:%H:%M}",
            }
            faults.add(ValidationError({"begins_at": words % said}))
            return


def _to_come(dispute: Dispute, on: dt.date | None, faults: Faults) -> None:
    today = timezone.localdate()
    if on and on < today:
        faults.add(ValidationError({"on": _("That day has passed. Record the session if it was held.")}))
    elif on and on > today + FURTHEST:
        faults.add(ValidationError({"on": _("This is more than a year ahead. Check the year.")}))


@transaction.atomic
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
    dispute = locked(actor, dispute_id)
    if first := made_before(Appointment, dispute, key):
        return first
    planned, faults = _appointment(actor, dispute, officer_id, second_id, values)
    planned.key = key
    _check_times(actor, planned, faults, without={})
    faults.refuse()
    planned.save(force_insert=True)
    record(actor, dispute, PLAN, {"planned_for": planned.on})
    return planned


def _appointment(
    actor: Actor, dispute: Dispute, officer_id: int | None, second_id: int | None, values: Mapping[str, Any]
) -> tuple[Appointment, Faults]:
    faults, officers = Faults(), {}
    with faults.of():
        officers = _named(actor, dispute, officer_id, second_id)
    planned = Appointment(**values, **officers, **belonging_to(dispute), **entered_by(actor))
    skip = ("officer_id", "officer_name", "officer_number", "second_id", "second_name", "second_number")
    check(planned, faults, skip=skip)
    _to_come(dispute, planned.on, faults)
    return planned, faults


def _end(actor: Actor, appointment: Appointment, how: Ended, reason: str = "") -> None:
    appointment.ended_at, appointment.ended_as = timezone.now(), how
    appointment.ended_by, appointment.ended_reason = actor.name, reason
    appointment.save(update_fields=["ended_at", "ended_as", "ended_by", "ended_reason"])


def _open(dispute: Dispute, appointment_id: int) -> Appointment:
    found = row_of(Appointment, dispute, appointment_id)
    if why := refusal_of_ended(found):
        raise WrongState(why)
    return found


@transaction.atomic
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

    The same again is the one that is there. Raise as plan_session, ValidationError at ``reason``, WrongState if it ended.
    """
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked(actor, dispute_id)
    follows = Appointment.objects.filter(
        dispute_id__in=dispute.file_ids,
        enterprise_id=dispute.enterprise_id,
        moves_id=appointment_id,
        voided_at=None,
    ).first()
    when = ("on", "begins_at", "ends_at")
    if follows and all(getattr(follows, name) == values[name] for name in when):
        return follows
    before = _open(dispute, appointment_id)
    planned, faults = _appointment(actor, dispute, officer_id, second_id, values)
    planned.moves_id = before.pk
    _check_times(actor, planned, faults, without={Appointment: before.pk})
    with faults.of():
        reason = required_reason(reason)
    faults.refuse()
    _end(actor, before, Ended.MOVED, reason)
    planned.save(force_insert=True)
    record(actor, dispute, MOVE, {"was_planned_for": before.on, "planned_for": planned.on}, reason=reason)
    return planned


@transaction.atomic
def cancel_session(*, actor: Actor, dispute_id: int, appointment_id: int, reason: str) -> Appointment:
    """Cancel a planned session with a reason. Raise as move_session."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked(actor, dispute_id)
    reason = required_reason(reason)
    found = row_of(Appointment, dispute, appointment_id)
    if (found.ended_as, found.ended_by, found.ended_reason) == (Ended.CANCELLED, actor.name, reason):
        return found
    found = _open(dispute, appointment_id)
    _end(actor, found, Ended.CANCELLED, reason)
    record(actor, dispute, CANCEL, {"was_planned_for": found.on}, reason=reason)
    return found


# --- sessions that were held ----------------------------------------------------------------------------------------


@transaction.atomic
def hold_session(
    *,
    actor: Actor,
    dispute_id: int,
    officer_id: int | None,
    second_id: int | None = None,
    led_by: int | None = None,
    present: Collection[int] = (),
    offers: Sequence[Offered] = (),
    appointment_id: int = 0,
    replaces_id: int = 0,
    reason: str = "",
    key: str = "",
    **values: Any,
) -> MediationSession:
    """Record a session that was held, or one that replaces a wrong one (``replaces_id``) with a reason.

    ``appointment_id``: the planned session that it was, 0 for the one of that day if there is one. ``led_by`` and
    ``present`` are members of the team; whoever has a conflict of interest does not lead. Under
    public-security mediation its rules are kept (``rules.refusal_of_session``); a late one needs ``late_reason``.
    Raise NotAllowed, Http404, WrongState, ValidationError by field, all of them at once.
    """
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked(actor, dispute_id)
    if first := made_before(MediationSession, dispute, key):
        return first
    before = row_of(MediationSession, dispute, replaces_id) if replaces_id else None
    planned = _open(dispute, appointment_id) if appointment_id else None
    if (
        planned is None and before is None
    ):  # whoever does not come from a planned session of that day means it
        planned = next((each for each in appointments_of(dispute) if each.on == values.get("on")), None)
    faults, officers = Faults(), {}
    with faults.of():
        officers = _named(actor, dispute, officer_id, second_id)
    team = {each.pk: each for each in team_of(dispute)}
    session = MediationSession(
        **values,
        **officers,
        led_by=_leader(team, led_by, officers, values.get("on"), faults),
        present=[{"role": team[pk].role, "name": team[pk].name} for pk in present if pk in team],
        appointment_id=before.appointment_id if before else planned.pk if planned else 0,
        replaces_id=replaces_id,
        **belonging_to(dispute),
        **entered_by(actor, key),
    )
    skip = ("officer_id", "officer_name", "officer_number", "second_id", "second_name", "second_number")
    check(session, faults, skip=(*skip, "present", "led_by"))
    check_past(dispute, faults, on=session.on)
    if session.on == timezone.localdate() and session.begins_at and _is_ahead(session.begins_at):
        faults.add(ValidationError({"begins_at": _("This time is still to come.")}))
    _check_times(
        actor, session, faults, without={MediationSession: replaces_id, Appointment: session.appointment_id}
    )
    if session.next_on and session.on and session.next_on < session.on:
        faults.add(ValidationError({"next_on": _("The next step comes after the session.")}))
    if (
        not (session.applicants or session.respondents or session.others)
        and "applicants" not in faults.by_field
    ):
        faults.add(ValidationError({"applicants": _("Enter how many people of the sides were there.")}))
    said = _offers(offers, faults)
    if session.on:
        _check_way(actor, dispute, session, faults, without=replaces_id)
    if before:
        with faults.of():
            reason = required_reason(reason)
    faults.refuse()
    if before:
        void(actor, before, reason)
    if planned:
        _end(actor, planned, Ended.HELD)
    session.save(force_insert=True)
    for offer in said:
        offer.session = session
        for name, value in belonging_to(dispute).items():
            setattr(offer, name, value)
    Offer.objects.bulk_create(said)
    if before:
        SessionDocument.objects.bulk_create(
            SessionDocument(session=session, attachment_id=id, **belonging_to(dispute))
            for id in documents_of(before)
        )
    act = CORRECT if before else HOLD[Manner(session.manner)]
    record(actor, dispute, act, {"held_on": session.on}, reason=reason if before else "")
    count_again(actor, dispute)
    return session


def _is_ahead(time: dt.time) -> bool:
    return time > timezone.localtime().time()


def _leader(
    team: Mapping[int, TeamMember],
    led_by: int | None,
    officers: Mapping[str, Any],
    on: dt.date | None,
    faults: Faults,
) -> str:
    """Return the name of the member who led, "" if the officers did. Nobody leads with a conflict of interest."""
    biased = {
        each.name for each in team.values() if each.conflict_on and (on is None or each.conflict_on <= on)
    }
    words = _("%(name)s has a conflict of interest and leads no session.")
    for field, name in (("officer", officers.get("officer_name")), ("second", officers.get("second_name"))):
        if name and name in biased and not led_by:
            faults.add(ValidationError({field: words % {"name": name}}))
    if not led_by:
        return ""
    member = team.get(led_by)
    if member is None:
        faults.add(ValidationError({"led_by": _("Choose somebody of the team.")}))
        return ""
    if member.name in biased:
        faults.add(ValidationError({"led_by": words % {"name": member.name}}))
    elif not member.accepted or (member.left_on and on and member.left_on < on):
        faults.add(ValidationError({"led_by": _("They have not accepted the invitation, or have left.")}))
    return member.name


def _offers(given: Sequence[Offered], faults: Faults) -> list[Offer]:
    rows = []
    for each in given:
        if each.is_empty:
            continue
        row = Offer(
            side=each.side, amount=each.amount, instalments=each.instalments, words=each.words.strip()
        )
        found = Faults()
        check(row, found)
        for name, problems in found.by_field.items():
            faults.add(ValidationError({f"{each.side}_{name}": problems}))
        rows.append(row)
    return rows


def _check_way(
    actor: Actor, dispute: Dispute, session: MediationSession, faults: Faults, *, without: int
) -> None:
    """Add to ``faults`` what the way of that day refuses."""
    ways = ways_of(dispute)
    way = way_on(ways, session.on)
    if way is None:
        return
    now, last = led(way, dispute, session_days(dispute, without=without)), partial(last_day, actor)
    if not now.by_police or (now.settled_on and session.on > now.settled_on):
        return
    no = rules.refusal_of_session(now, session.on, last)
    if no and no.is_late:
        if not session.late_reason.strip():
            faults.add(ValidationError({"late_reason": rules.words_of(no)}))
    elif no:
        faults.add(ValidationError({"on": rules.words_of(no)}))
    officers = len(session.officers) if session.officer_id else 2
    why = rules.refusal_of_officers(
        officers, is_recorded=session.is_recorded, is_standard=session.is_standard
    )
    if why:
        faults.add(ValidationError({"second": why}))


@transaction.atomic
def void_session(*, actor: Actor, dispute_id: int, session_id: int, reason: str) -> MediationSession:
    """Void a session that never was. Raise Http404, WrongState, ValidationError at ``reason``."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked(actor, dispute_id)
    session = row_of(MediationSession, dispute, session_id)
    reason = void(actor, session, reason)
    record(actor, dispute, VOID_SESSION, {"held_on": session.on}, reason=reason)
    count_again(actor, dispute)
    return session


@transaction.atomic
def name_documents(
    *, actor: Actor, dispute_id: int, session_id: int, attachment_ids: Collection[int]
) -> None:
    """Say that files of the dispute belong to a session. Those that do already stay. Raise Http404, WrongState."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked(actor, dispute_id)
    session = row_of(MediationSession, dispute, session_id)
    known = set(documents_of(session))
    SessionDocument.objects.bulk_create(
        SessionDocument(session=session, attachment_id=id, **belonging_to(dispute))
        for id in dict.fromkeys(attachment_ids)
        if id not in known
    )
