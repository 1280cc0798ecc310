"""Sessions of mediation that were held: recorded, corrected, with offers and documents. What public-security mediation allows: ``rules``."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.choices import Side
from disputes.following import latest_of
from disputes.mediation import rules
from disputes.mediation.choices import Ended, Manner
from disputes.mediation.entering import (
    check,
    check_open,
    check_past,
    entered_by,
    made_before,
    row_of,
    typed,
    void,
)
from disputes.mediation.meetings import OFFICERS, check_times, named
from disputes.mediation.planning import FURTHEST, PLANNED, appointments_of, end, open_one
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
from facts.models import Attachment
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared, refuse_unfit_columns
from foundation.contributions.audit import kind_of_model
from foundation.database.sealed import read_text
from foundation.faults import UNCHANGED, Faults
from foundation.identifiers import person_key

HOLD = {Manner.JOINT: "session_joint", Manner.SEPARATE: "session_separate"}
CORRECT, VOID_SESSION = "session_correct", "void_session"


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
        return self.amount is None and self.instalments is None and not typed(self.words)

    @property
    def name(self) -> str:
        """The side in words."""
        return str(Side(self.side).label)


# --- reads ----------------------------------------------------------------------------------------------------------


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
                read_text(Offer, "words", said["words"]),
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


def latest_session(dispute: Dispute, id: int) -> MediationSession:
    """Return the session that stands now for one with this id. Raise Http404."""
    found = latest_of(sessions_of(dispute, voided=True), id)
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no session {id}")
    return found


def documents_of(session: MediationSession) -> list[int]:
    """Return the ids of the files of a session. One query."""
    rows = SessionDocument.objects.filter(session=session, enterprise_id=session.enterprise_id)
    return list(rows.values_list("attachment_id", flat=True))


# --- sessions that were held ----------------------------------------------------------------------------------------


@transaction.atomic
@as_declared
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
    Raise NotAllowed, Http404, WrongState, ValidationError by field, all of them at once, and for a correction of nothing.
    """
    require(actor, Permission.MEDIATE_DISPUTES)
    refuse_unfit_columns(MediationSession, values)
    dispute = locked_dispute(actor, dispute_id)
    if first := made_before(MediationSession, dispute, key):
        return first
    before = row_of(MediationSession, dispute, replaces_id) if replaces_id else None
    planned = open_one(dispute, appointment_id) if appointment_id else None
    if (
        planned is None and before is None
    ):  # whoever does not come from a planned session of that day means it
        planned = next((each for each in appointments_of(dispute) if each.on == values.get("on")), None)
    faults, officers = Faults(), {}
    with faults.of():
        officers = named(actor, dispute, officer_id, second_id, before)
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
    check(session, faults, skip=(*OFFICERS, "present", "led_by"))
    check_past(dispute, faults, on=session.on)
    check_open(actor, dispute, faults, place=session.place, next_step=session.next_step)
    if session.on == timezone.localdate() and session.begins_at and _is_ahead(session.begins_at):
        faults.add(ValidationError({"begins_at": _("This time is still to come.")}))
    check_times(
        actor, session, faults, without={MediationSession: replaces_id, Appointment: session.appointment_id}
    )
    if session.next_on and session.on and session.next_on < session.on:
        faults.add(ValidationError({"next_on": _("The next step comes after the session.")}))
    elif session.next_on and session.next_on > timezone.localdate() + FURTHEST:
        faults.add(ValidationError({"next_on": _("This is more than a year ahead. Check the year.")}))
    if (
        not (session.applicants or session.respondents or session.others)
        and "applicants" not in faults.by_field
    ):
        faults.add(ValidationError({"applicants": _("Enter how many people of the sides were there.")}))
    if set(present) - team.keys():
        faults.add(ValidationError({"present": _("Choose somebody of the team.")}))
    said = _offers(offers, faults)
    if session.on:
        _check_way(actor, dispute, session, faults, without=replaces_id)
    if before:
        with faults.of():
            reason = required_reason(reason)
    faults.refuse()
    if before and _is_same(before, session, said):
        raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
    if before:
        void(actor, before, reason)
    if planned:
        end(actor, planned, Ended.HELD)
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


def _is_same(before: MediationSession, session: MediationSession, offers: Sequence[Offer]) -> bool:
    """Whether a session and its offers say what the one says that it would replace. One query."""
    names = (
        *(*PLANNED, "led_by", "present", "applicants", "respondents", "others", "minutes", "next_step"),
        *("next_on", "camera", "is_standard", "is_recorded", "late_reason"),
    )

    def said(each: Offer) -> tuple[Any, ...]:
        return each.side, each.amount, each.instalments, each.words

    if any(getattr(before, name) != getattr(session, name) for name in names):
        return False
    return {said(each) for each in Offer.objects.filter(session_id=before.pk)} == {
        said(each) for each in offers
    }


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
        person_key(each.name)
        for each in team.values()
        if each.conflict_on and (on is None or each.conflict_on <= on)
    }
    words = _("%(name)s has a conflict of interest and leads no session.")
    for field, name in (("officer", officers.get("officer_name")), ("second", officers.get("second_name"))):
        if name and person_key(name) in biased and not led_by:
            faults.add(ValidationError({field: words % {"name": name}}))
    if not led_by:
        return ""
    member = team.get(led_by)
    if member is None:
        faults.add(ValidationError({"led_by": _("Choose somebody of the team.")}))
        return ""
    if person_key(member.name) in biased:
        faults.add(ValidationError({"led_by": words % {"name": member.name}}))
    elif not member.accepted or (on and not _took_part(member, on)):
        faults.add(ValidationError({"led_by": _("They have not accepted the invitation, or have left.")}))
    return member.name


def _took_part(member: TeamMember, on: dt.date) -> bool:
    """Return whether somebody who accepted had been invited by a day, and had not left. An answer may have come later."""
    return member.invited_on <= on and (member.left_on is None or member.left_on >= on)


def _offers(given: Sequence[Offered], faults: Faults) -> list[Offer]:
    rows = []
    for each in given:
        if each.is_empty:
            continue
        row = Offer(side=each.side, amount=each.amount, instalments=each.instalments, words=typed(each.words))
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
        if not session.late_reason:
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
@as_declared
def void_session(*, actor: Actor, dispute_id: int, session_id: int, reason: str) -> MediationSession:
    """Void a session that never was. Raise Http404, WrongState, ValidationError at ``reason``."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    session = row_of(MediationSession, dispute, session_id)
    reason = void(actor, session, reason)
    record(actor, dispute, VOID_SESSION, {"held_on": session.on}, reason=reason)
    count_again(actor, dispute)
    return session


@transaction.atomic
@as_declared
def name_documents(
    *, actor: Actor, dispute_id: int, session_id: int, attachment_ids: Collection[int]
) -> None:
    """Say that files of the dispute belong to a session. Those that do already stay. Raise Http404 also for another file, WrongState."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    session = row_of(MediationSession, dispute, session_id)
    own = Attachment.objects.filter(
        enterprise_id=dispute.enterprise_id,
        kind=kind_of_model(Dispute).code,
        record_id__in=dispute.file_ids,
        voided_at=None,
    )
    if missing := set(attachment_ids) - set(own.values_list("pk", flat=True)):
        raise Http404(f"dispute {dispute.pk} has no file {min(missing)}")
    known = set(documents_of(session))
    SessionDocument.objects.bulk_create(
        SessionDocument(session=session, attachment_id=id, **belonging_to(dispute))
        for id in dict.fromkeys(attachment_ids)
        if id not in known
    )
