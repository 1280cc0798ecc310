"""The mediation team of a dispute: invited, accepted or declined, with a conflict of interest, left."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.mediation.entering import check, check_past, entered_by, made_before, row_of, typed, void
from disputes.models import Dispute, TeamMember, belonging_to
from disputes.people.entries import checked_phone
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.faults import Faults
from foundation.identifiers import folded, person_key
from foundation.texts import kept

INVITE, ACCEPT, DECLINE = "team_invite", "team_accept", "team_decline"  # acts of the log
CONFLICT, LEAVE, VOID_MEMBER = "team_conflict", "team_leave", "void_team_member"
LONGEST_REASON = 500


def team_of(dispute: Dispute) -> list[TeamMember]:
    """Return the members of the team, those who left or declined too, in the order of their invitation. One query."""
    rows = TeamMember.objects.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, voided_at=None
    )
    return list(rows)


def get_member(dispute: Dispute, id: int) -> TeamMember:
    """Return a member of the team, also one who was voided. Raise Http404."""
    rows = TeamMember.objects.filter(dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id)
    found = rows.filter(pk=id).first()
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no member of a team {id}")
    return found


@transaction.atomic
@as_declared
def invite_member(
    *,
    actor: Actor,
    dispute_id: int,
    role: str,
    name: str,
    invited_on: dt.date,
    organisation: str = "",
    telephone: str = "",
    key: str = "",
) -> TeamMember:
    """Add somebody to the team, who is invited from that day on. Raise ValidationError by field, also for a second time."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    if first := made_before(TeamMember, dispute, key):
        return first
    faults = Faults()
    member = TeamMember(
        role=role,
        name=typed(name),
        organisation=typed(organisation),
        telephone=typed(telephone),
        invited_on=invited_on,
        **belonging_to(dispute),
        **entered_by(actor, key),
    )
    check(member, faults)
    with faults.of():
        member.telephone = checked_phone(member.telephone, "telephone")
    check_past(dispute, faults, invited_on=invited_on)
    same = {
        (person_key(each.name), folded(each.organisation)) for each in team_of(dispute) if each.takes_part
    }
    if (person_key(member.name), folded(member.organisation)) in same:
        faults.add(ValidationError({"name": _("They are in the team already.")}))
    faults.refuse()
    member.save(force_insert=True)
    record(actor, dispute, INVITE, {"on": invited_on})
    return member


def _locked_member(actor: Actor, dispute_id: int, member_id: int) -> tuple[Dispute, TeamMember]:
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    return dispute, row_of(TeamMember, dispute, member_id)


def _check_day(dispute: Dispute, member: TeamMember, on: dt.date, faults: Faults) -> None:
    check_past(dispute, faults, on=on)
    if on and on < member.invited_on:
        words = _("They were invited on %(day)s. Choose that day or a later one.")
        faults.add(ValidationError({"on": words % {"day": member.invited_on.isoformat()}}))


@transaction.atomic
@as_declared
def answer_invitation(
    *, actor: Actor, dispute_id: int, member_id: int, accepted: bool, on: dt.date, reason: str = ""
) -> TeamMember:
    """Record that somebody accepted or declined, which is said once. Declining needs a reason."""
    dispute, member = _locked_member(actor, dispute_id, member_id)
    if member.answered_on:
        if (member.accepted, member.answered_on) == (accepted, on):
            return member
        raise WrongState(
            _("The answer is recorded already. If they changed their mind, record that they left.")
        )
    faults = Faults()
    _check_day(dispute, member, on, faults)
    with faults.of():
        reason = kept(reason, "reason", LONGEST_REASON, words=True)
    if not accepted and not reason:
        faults.add(ValidationError({"reason": _("Say why they declined.")}))
    faults.refuse()
    member.answered_on, member.accepted, member.answer_reason = on, accepted, reason
    member.save(update_fields=["answered_on", "accepted", "answer_reason"])
    record(actor, dispute, ACCEPT if accepted else DECLINE, {"on": on})
    return member


@transaction.atomic
@as_declared
def say_conflict(
    *, actor: Actor, dispute_id: int, member_id: int, on: dt.date, said_by: str, reason: str
) -> TeamMember:
    """Record a conflict of interest, who said so and why: that member leads no session from then on. Twice is once."""
    dispute, member = _locked_member(actor, dispute_id, member_id)
    if member.conflict_on:
        if (member.conflict_on, member.conflict_by, member.conflict_reason) == (
            on,
            typed(said_by),
            typed(reason),
        ):
            return member
        raise WrongState(_("A conflict of interest is recorded already."))
    faults = Faults()
    _check_day(dispute, member, on, faults)
    with faults.of():
        said_by = kept(said_by, "said_by", 80, words=True)
    with faults.of():
        reason = kept(reason, "reason", LONGEST_REASON, words=True)
    if not said_by:
        faults.add(ValidationError({"said_by": _("Enter who says so.")}))
    if not reason:
        faults.add(ValidationError({"reason": _("Enter what the conflict of interest is.")}))
    faults.refuse()
    member.conflict_on, member.conflict_by, member.conflict_reason = on, said_by, reason
    member.save(update_fields=["conflict_on", "conflict_by", "conflict_reason"])
    record(actor, dispute, CONFLICT, {"on": on})
    return member


@transaction.atomic
@as_declared
def leave_team(*, actor: Actor, dispute_id: int, member_id: int, on: dt.date, reason: str) -> TeamMember:
    """Record that somebody left the team. Twice is once."""
    dispute, member = _locked_member(actor, dispute_id, member_id)
    if member.left_on:
        if (member.left_on, member.left_reason) == (on, typed(reason)):
            return member
        raise WrongState(_("They have left already."))
    faults = Faults()
    _check_day(dispute, member, on, faults)
    with faults.of():
        reason = kept(reason, "reason", LONGEST_REASON, words=True)
    if not reason:
        faults.add(ValidationError({"reason": _("Enter why they left.")}))
    faults.refuse()
    member.left_on, member.left_reason = on, reason
    member.save(update_fields=["left_on", "left_reason"])
    record(actor, dispute, LEAVE, {"on": on})
    return member


@transaction.atomic
@as_declared
def void_member(*, actor: Actor, dispute_id: int, member_id: int, reason: str) -> TeamMember:
    """Void a member who was entered wrongly. Twice is once. Raise ValidationError at ``reason``."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    known = get_member(dispute, member_id)
    if known.voided_at and (known.voided_by, known.void_reason) == (actor.name, typed(reason)):
        return known
    member = row_of(TeamMember, dispute, member_id)
    reason = void(actor, member, reason)
    record(actor, dispute, VOID_MEMBER, {"on": member.invited_on}, reason=reason)
    return member
