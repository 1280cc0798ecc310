"""Who is notified of what happens to hazards, self-checks and inspections."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.concerned import by_police, its_people
from facts.causes import (
    OFFICERS,
    act_by_enterprise,
    act_by_police,
    act_for_officers,
    corrections,
    day_of,
    new_records,
)
from facts.choices import FactAction
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, Role
from foundation.contributions.audit import kind_of_model
from foundation.contributions.notifications import Cause, Happening, register
from foundation.words import Words
from inspections.choices import EscalationStep, Stage
from inspections.complaining import ANSWERED, MADE
from inspections.drawn_visits import PUBLISHED as INSPECTIONS_DRAWN
from inspections.escalating import cause_of
from inspections.models import Inspection
from inspections.planning.notifications import CAUSES as PLAN_CAUSES
from inspections.rechecks import DUE as RECHECKS_DRAWN
from inspections.reminding import DUE_SOON
from inspections.replies import REPLY
from inspections.staff.forgery_pages import ForgeryPages
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.obstruction_pages import ObstructionPages
from inspections.staff.penalty_pages import PenaltyPages
from inspections.staff.views import InspectionPages, SelfCheckPages

HAZARDS, PENALTIES = HazardPages(), PenaltyPages()
FORGERIES, OBSTRUCTIONS = ForgeryPages(), ObstructionPages()
CHIEFS = frozenset({Role.CHIEF, Role.SUPERVISOR})  # the supervisors if a station has no chief
BUREAU = frozenset({Role.SUPERVISOR})
RECORDED = "inspection.create.enterprise"
CLOSED, CLOSED_MANY = _("Accepted and closed: %(object)s"), "hazard.close.many"


def _hazards(number: Any) -> str:
    return ngettext("%(number)d hazard", "%(number)d hazards", number) % {"number": number}


def _new_deadline(happening: Happening) -> dict[str, Any]:
    day = happening.target.deadline_on
    return {"day": day.isoformat() if day else ""}


def _for_both(code: str, words: Words, **more: Any) -> tuple[Cause, Cause]:
    """Return the causes of what the police do: for the enterprise's people, and for the officers who did not do it."""
    return act_by_police(HAZARDS, code, words, **more), act_for_officers(HAZARDS, code, words, **more)


def _escalated(step: EscalationStep, roles: frozenset[str], one: Words, many: Words) -> tuple[Cause, Cause]:
    """Return the causes of a step of an overdue hazard, and of many at once; named by the job that finds them."""
    code, of_many = cause_of(step), cause_of(step, many=True)
    return (
        Cause(
            code,
            one,
            roles,
            "trending-up",
            page="inspections:hazard",
            tone="red",
            shown={"day": day_of},
            together=of_many,
        ),
        Cause(
            of_many,
            many,
            roles,
            "trending-up",
            page="inspections:hazards",
            takes_id=False,
            tone="red",
            shown={"number": _hazards},
        ),
    )


STAGES = {
    Stage.GUARANTEES: _("Five guarantees recorded for a major hazard: %(object)s"),
    Stage.PLAN: _("Rectification plan recorded for a major hazard: %(object)s"),
    Stage.REVIEW: _("Expert review recorded for a major hazard: %(object)s"),
    Stage.ACCEPTANCE: _("Acceptance by experts recorded for a major hazard: %(object)s"),
}


def _listed(verb: str, words: Words, icon: str, tone: str) -> tuple[Cause, Cause]:
    return (
        act_by_police(HAZARDS, verb, words, icon=icon, tone=tone),
        act_for_officers(HAZARDS, verb, words, icon=icon, tone=tone),
    )


def _rechecks(number: Any) -> str:
    return ngettext("%(number)d closed hazard", "%(number)d closed hazards", number) % {"number": number}


def _drawn(number: Any) -> str:
    return ngettext("%(number)d enterprise", "%(number)d enterprises", number) % {"number": number}


register(
    Cause(
        INSPECTIONS_DRAWN,
        _("Drawn by lot for you to inspect by %(day)s: %(number)s"),
        STATION_ROLES,
        "arrows-shuffle",
        page="lots:draw",
        kind="draw",
        shown={"day": day_of, "number": _drawn},
    ),
    Cause(
        RECHECKS_DRAWN,
        _("Drawn by lot for you to re-check by %(day)s: %(number)s"),
        POLICE_ROLES,
        "eye-check",
        page="lots:draws",
        takes_id=False,
        kind="draw",
        shown={"day": day_of, "number": _rechecks},
    ),
    *(
        cause
        for stage, words in STAGES.items()
        for cause in (
            act_by_police(HAZARDS, f"major_{stage}", words, icon="shield-check"),
            act_for_officers(HAZARDS, f"major_{stage}", words, icon="shield-check"),
        )
    ),
    *_listed("list", _("Put under listed supervision: %(object)s"), "flag", "red"),
    *_listed("lift", _("Listed supervision lifted: %(object)s"), "flag-off", "green"),
    *_escalated(
        EscalationStep.LIAISON,
        OFFICERS,
        _("Overdue, was due on %(day)s: %(object)s"),
        _("Overdue, %(number)s: %(object)s"),
    ),
    *_escalated(
        EscalationStep.CHIEF,
        CHIEFS,
        _("Escalated to the station chief, was due on %(day)s: %(object)s"),
        _("Overdue and escalated to the station chief, %(number)s: %(object)s"),
    ),
    *_escalated(
        EscalationStep.BUREAU,
        BUREAU,
        _("Escalated to the bureau, was due on %(day)s: %(object)s"),
        _("Overdue and escalated to the bureau, %(number)s: %(object)s"),
    ),
    *_escalated(
        EscalationStep.LISTING,
        BUREAU,
        _("Proposed for listed supervision, was due on %(day)s: %(object)s"),
        _("Overdue and proposed for listed supervision, %(number)s: %(object)s"),
    ),
    *new_records(
        HAZARDS,
        police=_("A new hazard: %(object)s"),
        enterprise=_("The police found a hazard: %(object)s"),
        settled=_("The police found a hazard, which was put right on the spot and is closed: %(object)s"),
    ),
    act_for_officers(HAZARDS, "rectify", _("Submitted as rectified, please re-inspect: %(object)s")),
    act_by_police(HAZARDS, "rectify", _("The station recorded that you rectified it: %(object)s")),
    act_by_enterprise(HAZARDS, "withdraw", _("The enterprise withdrew its submission: %(object)s")),
    act_by_enterprise(HAZARDS, FactAction.CORRECT, _("Corrected by the enterprise: %(object)s")),
    act_by_enterprise(HAZARDS, FactAction.VOID, _("Voided by the enterprise: %(object)s")),
    act_by_police(HAZARDS, "close", CLOSED),
    replace(act_for_officers(HAZARDS, "close", CLOSED), together=CLOSED_MANY),
    Cause(
        CLOSED_MANY,
        _("Accepted and closed, %(number)s: %(object)s"),
        OFFICERS,
        "circle-check",
        page="inspections:hazards",
        takes_id=False,
        tone="green",
        shown={"number": _hazards},
    ),
    *_for_both("send_back", _("Sent back, the re-inspection was not passed: %(object)s"), tone="red"),
    *_for_both(
        "reopen",
        _("Open again, to be rectified by %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both(
        "extend",
        _("The deadline was extended to %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both("suspend", _("The deadline is suspended: %(object)s")),
    *_for_both(
        "resume",
        _("The deadline was resumed and is now %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both(
        "recount",
        _("The deadline was counted again with the published calendar and is now %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both(
        "count_from_service",
        _("The order was served, so the deadline is now %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    act_for_officers(HAZARDS, "ask_extension", _("The enterprise asks for an extension: %(object)s")),
    act_by_police(
        HAZARDS, "ask_extension", _("The station recorded that you ask for an extension: %(object)s")
    ),
    *_for_both(
        "decline_extension",
        _("The extension was refused, the deadline stays %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both("mark_major", _("Now graded as a major hazard: %(object)s")),
    *_for_both("mark_ordinary", _("Now graded as an ordinary hazard: %(object)s")),
    *_for_both("refuse", _("Recorded as refused to rectify: %(object)s")),
    Cause(
        DUE_SOON,
        _("Due on %(day)s, in two days or less: %(object)s"),
        ENTERPRISE_ROLES,
        "clock",
        page="inspections:hazard",
        tone="yellow",
        shown={"day": day_of},
    ),
    *corrections(HAZARDS),
    *new_records(
        PENALTIES,
        police=_("A new penalty: %(object)s"),
        enterprise=_("A penalty was imposed on your enterprise: %(object)s"),
    ),
    *corrections(PENALTIES),
    *corrections(SelfCheckPages()),
    *new_records(FORGERIES, police=_("Looks forged, to be confirmed: %(object)s")),
    act_for_officers(FORGERIES, "confirm", _("Confirmed as forged: %(object)s")),
    act_by_police(FORGERIES, "confirm", _("The police confirmed a forgery: %(object)s")),
    act_for_officers(
        FORGERIES, "ask_withdrawal", _("Asked to withdraw a finding of forgery, please decide: %(object)s")
    ),
    act_for_officers(FORGERIES, "keep", _("The finding of forgery stays confirmed: %(object)s")),
    act_for_officers(FORGERIES, "withdraw", _("Finding of forgery withdrawn: %(object)s")),
    act_by_police(FORGERIES, "withdraw", _("The police withdrew a finding of forgery: %(object)s")),
    *corrections(FORGERIES),
    *new_records(OBSTRUCTIONS, police=_("An inspection was obstructed, to be confirmed: %(object)s")),
    act_for_officers(OBSTRUCTIONS, "confirm", _("Obstruction of an inspection confirmed: %(object)s")),
    act_by_police(
        OBSTRUCTIONS, "confirm", _("The police confirmed that an inspection was obstructed: %(object)s")
    ),
    act_for_officers(
        OBSTRUCTIONS, "ask_withdrawal", _("Asked to withdraw an obstruction, please decide: %(object)s")
    ),
    act_for_officers(OBSTRUCTIONS, "keep", _("The finding of obstruction stays confirmed: %(object)s")),
    act_for_officers(OBSTRUCTIONS, "withdraw", _("Finding of obstruction withdrawn: %(object)s")),
    act_by_police(OBSTRUCTIONS, "withdraw", _("The police withdrew a finding of obstruction: %(object)s")),
    *corrections(OBSTRUCTIONS),
    *corrections(InspectionPages()),
    act_by_enterprise(
        InspectionPages(), REPLY, _("The enterprise replied to an inspection: %(object)s"), icon="message"
    ),
    Cause(
        MADE,
        _("Complaint about an inspection, to be answered by %(day)s: %(enterprise)s"),
        CHIEFS,
        "message-exclamation",
        page="inspections:complaint",
        kind="inspection_complaint",
        tone="red",
        shown={"day": day_of},
    ),
    Cause(
        ANSWERED,
        _("Your complaint about an inspection was answered"),
        ENTERPRISE_ROLES,
        "message-check",
        page="inspections:own_inspection",
        kind="inspection",
    ),
    Cause(
        RECORDED,
        _("An inspection of your enterprise was recorded: %(object)s"),
        ENTERPRISE_ROLES,
        "clipboard-check",
        page="inspections:own_inspection",
        kind="inspection",
        on=(kind_of_model(Inspection).action(FactAction.CREATE),),
        who=its_people,
        when=by_police,
        values=lambda happening: {"reason": ""},
    ),
)
register(*PLAN_CAUSES)
