"""Issuing the papers of mediation, under a number of the station: what each says, frozen when it is issued."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from disputes.acting import locked_dispute, paper_about
from disputes.choices import Side
from disputes.kinds import kind_on_paper
from disputes.mediation import sessions, team, ways
from disputes.mediation.choices import Manner, TeamRole, WayKind
from disputes.mediation.entering import row_of
from disputes.mediation.paper_forms import INVITATION, MINUTES, TRANSFER
from disputes.mediation.planning import appointments_of
from disputes.mediation.sessions import get_session, hold_session, sessions_of
from disputes.mediation.ways import way_on, ways_of
from disputes.models import Dispute, MediationSession, TeamMember, Way
from disputes.paper_words import SIDES
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import own_police_number
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.papers import Form
from foundation.texts import kept
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import chinese_day, issue_paper, refusal_to_change, void_paper
from papers.selectors import issued_by_form

KIND, SESSION, MEMBER, WAY = "dispute", "dispute_session", "dispute_team", "dispute_way"
# on papers, which are Chinese in every language
WAYS = {
    WayKind.PUBLIC_SECURITY: "治安调解",
    WayKind.PEOPLES: "人民调解",
    WayKind.ADMINISTRATIVE: "行政调解",
    WayKind.TRANSFER: "移送",
}
MANNERS = {Manner.JOINT: "共同调解", Manner.SEPARATE: "分别调解（背靠背）"}
ROLES = {
    TeamRole.POLICE: "公安民警",
    TeamRole.STREET: "街道",
    TeamRole.COMMUNITY: "社区",
    TeamRole.JUSTICE: "司法所",
    TeamRole.UNION: "工会",
    TeamRole.HR: "人力资源和社会保障部门",
    TeamRole.ENTERPRISE: "企业负责人",
    TeamRole.INDUSTRY: "行业调解员",
    TeamRole.LAWYER: "律师",
}


def _issue(
    actor: Actor,
    dispute: Dispute,
    form: Form,
    about: tuple[str, int],
    data: Mapping[str, Any],
    form_key: str,
) -> Paper:
    kind, id = about
    if form_key and (first := issued_by_form(actor, dispute.enterprise_id, form_key)):
        return first
    if before := paper_about(actor, dispute, form, {kind: [id]}):
        raise WrongState(_("The paper was issued already: %(number)s. Void it first.") % {"number": before})
    return _drawn(actor, dispute, form, about, data, form_key=form_key)


def _drawn(
    actor: Actor, dispute: Dispute, form: Form, about: tuple[str, int], data: Mapping[str, Any], **more: Any
) -> Paper:
    kind, id = about
    return issue_paper(
        actor=actor,
        form=form,
        enterprise_id=dispute.enterprise_id,
        records={KIND: [dispute.pk], kind: [id]},
        data={
            **data,
            "enterprise": dispute.enterprise.name,
            "record": str(dispute.pk),
            "about": [{"what": str(dispute), "kind": kind_of_model(Dispute).code, "id": dispute.pk}],
        },
        **more,
    )


def _officer(name: str, number: str) -> str:
    return f"{name}（警号{number}）" if number else name


def _own(actor: Actor) -> str:
    return _officer(actor.name, own_police_number(actor))


@transaction.atomic
@as_declared
def issue_minutes(*, actor: Actor, dispute_id: int, session_id: int, form_key: str = "") -> Paper:
    """Issue the minutes of a session. It has one valid paper at most. Raise as issue_paper, Http404, WrongState."""
    require(actor, Permission.ISSUE_PAPERS)
    dispute = locked_dispute(actor, dispute_id)
    row_of(MediationSession, dispute, session_id)
    session = get_session(dispute, session_id)
    return _issue(actor, dispute, MINUTES, (SESSION, session.pk), minutes_data(dispute, session), form_key)


def _to_change(
    actor: Actor, dispute: Dispute, form: Form, about: tuple[str, int], permission: Permission
) -> Paper | None:
    """Return the valid paper about something that the actor may change; None if there is none."""
    found = paper_about(actor, dispute, form, {about[0]: [about[1]]})
    may = found and allows(actor, permission) and not refusal_to_change(actor, found)
    return found if may else None


def _void_with(actor: Actor, dispute: Dispute, form: Form, about: tuple[str, int], reason: str) -> None:
    """Void the paper about something that was entered wrongly. Another station's stays."""
    if before := _to_change(actor, dispute, form, about, Permission.VOID_PAPERS):
        void_paper(actor=actor, id=before.pk, reason=reason)


@transaction.atomic
@as_declared
def correct_session(
    *, actor: Actor, dispute_id: int, session_id: int, reason: str, **values: Any
) -> MediationSession:
    """Replace a session that was recorded wrongly; its minutes, if they were issued, get their next version.

    Raise as hold_session, ValidationError at ``reason``.
    """
    made = hold_session(actor=actor, dispute_id=dispute_id, replaces_id=session_id, reason=reason, **values)
    dispute = made.dispute
    if before := _to_change(actor, dispute, MINUTES, (SESSION, session_id), Permission.ISSUE_PAPERS):
        session = get_session(dispute, made.pk)
        data = minutes_data(dispute, session)
        _drawn(actor, dispute, MINUTES, (SESSION, made.pk), data, corrects=before, reason=reason)
    return made


@transaction.atomic
@as_declared
def void_session(*, actor: Actor, dispute_id: int, session_id: int, reason: str) -> MediationSession:
    """Void a session that never was, and its minutes. Raise as ``sessions.void_session``."""
    session = sessions.void_session(actor=actor, dispute_id=dispute_id, session_id=session_id, reason=reason)
    _void_with(actor, session.dispute, MINUTES, (SESSION, session_id), reason)
    return session


@transaction.atomic
@as_declared
def void_way(*, actor: Actor, dispute_id: int, way_id: int, reason: str) -> Way:
    """Void a way that was entered wrongly, and its letter of transfer. Raise as ``ways.void_way``."""
    way = ways.void_way(actor=actor, dispute_id=dispute_id, way_id=way_id, reason=reason)
    _void_with(actor, way.dispute, TRANSFER, (WAY, way_id), reason)
    return way


@transaction.atomic
@as_declared
def void_member(*, actor: Actor, dispute_id: int, member_id: int, reason: str) -> TeamMember:
    """Void a member who was entered wrongly, and the invitation. Raise as ``team.void_member``."""
    member = team.void_member(actor=actor, dispute_id=dispute_id, member_id=member_id, reason=reason)
    _void_with(actor, member.dispute, INVITATION, (MEMBER, member_id), reason)
    return member


def minutes_data(dispute: Dispute, session: MediationSession) -> dict[str, Any]:
    """Return what the minutes of a session say. Two queries."""
    way = way_on(ways_of(dispute), session.on)
    earlier = [
        each for each in sessions_of(dispute) if (each.on, each.begins_at) < (session.on, session.begins_at)
    ]
    there = [
        f"{SIDES[side]}{number}人"
        for side, number in (
            (Side.APPLICANT, session.applicants),
            (Side.RESPONDENT, session.respondents),
            (Side.THIRD, session.others),
        )
        if number
    ]
    return {
        "held": chinese_day(session.on),
        "began": f"{session.begins_at:%H:%M}",
        "ended": f"{session.ends_at:%H:%M}",
        "session": len(earlier) + 1,
        "place": session.place,
        "way": WAYS[WayKind(way.kind)] if way else "",
        "manner": MANNERS[Manner(session.manner)],
        "dispute": f"{kind_on_paper(dispute.kind)}：{dispute.summary}",
        "officers": "、".join(_officer(each["name"], each["number"]) for each in session.officers),
        "led_by": session.led_by or session.officer_name,
        "present": "、".join(
            f"{each['name']}（{ROLES[TeamRole(each['role'])]}）" for each in session.present
        ),
        "sides": "，".join(there),
        "camera": session.camera,
        "minutes": [line.strip() for line in session.minutes.splitlines() if line.strip()],
        "offers": [
            {
                "side": SIDES[Side(each.side)],
                "amount": "" if each.amount is None else f"{each.amount:,.2f}",
                "instalments": str(each.instalments or ""),
                "words": each.words,
            }
            for each in session.offered
        ],
        "next_step": _next(session),
        "late_reason": session.late_reason,
    }


def _next(session: MediationSession) -> str:
    if session.next_step and session.next_on:
        return f"{session.next_step}（{chinese_day(session.next_on)}前）"
    return session.next_step


@transaction.atomic
@as_declared
def issue_invitation(*, actor: Actor, dispute_id: int, member_id: int, form_key: str = "") -> Paper:
    """Issue the invitation of a member, to the next planned session if there is one. Raise as issue_minutes."""
    require(actor, Permission.ISSUE_PAPERS)
    dispute = locked_dispute(actor, dispute_id)
    member = row_of(TeamMember, dispute, member_id)
    planned = next(iter(appointments_of(dispute)), None)
    data = {
        "invited": member.organisation or member.name,
        "name": member.name,
        "role": ROLES[TeamRole(member.role)],
        "kind": kind_on_paper(dispute.kind),
        "officers": _own(actor),
        "planned": chinese_day(planned.on) if planned else "",
        "began": f"{planned.begins_at:%H:%M}" if planned else "",
        "ended": f"{planned.ends_at:%H:%M}" if planned else "",
        "place": planned.place if planned else "",
        "manner": MANNERS[Manner(planned.manner)] if planned else "",
    }
    return _issue(actor, dispute, INVITATION, (MEMBER, member.pk), data, form_key)


@transaction.atomic
@as_declared
def issue_transfer(
    *,
    actor: Actor,
    dispute_id: int,
    way_id: int,
    facts: str,
    asked: str,
    enclosed: str = "",
    form_key: str = "",
) -> Paper:
    """Issue the letter by which a dispute is transferred. Raise as issue_minutes, ValidationError by field."""
    require(actor, Permission.ISSUE_PAPERS)
    dispute = locked_dispute(actor, dispute_id)
    way = row_of(Way, dispute, way_id)
    if way.kind != WayKind.TRANSFER:
        raise WrongState(_("This does not happen on this way."))
    data = {
        "body": way.body,
        "opened": chinese_day(dispute.opened_on),
        "kind": kind_on_paper(dispute.kind),
        "people": str(dispute.people or ""),
        "amount": "" if dispute.amount is None else f"{dispute.amount:,.2f}",
        "facts": kept(facts, "facts", 2000, words=True),
        "asked": kept(asked, "asked", 1000, words=True),
        "reason": way.reason,
        "enclosed": kept(enclosed, "enclosed", 500),
        "officers": _own(actor),
    }
    return _issue(actor, dispute, TRANSFER, (WAY, way.pk), data, form_key)
