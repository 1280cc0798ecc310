"""Audit log labels for inspections, hazards and self-checks."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facts.declarations import register_kind
from foundation.contributions.audit import Action, Kind, kind_of_model, kind_words, register
from inspections.calling import ACT as CALL
from inspections.checklists.answering import CLOSE, SEND_BACK
from inspections.checklists.content import Answered
from inspections.checklists.correcting import ACT as CORRECT_ANSWER
from inspections.checklists.publishing import EDIT, PUBLISH, TRY
from inspections.checklists.sheet_acts import ACT as ANSWER_BY_SHEET
from inspections.choices import (
    AbsenceKind,
    EscalationStep,
    Half,
    RecheckOutcome,
    Stage,
    VisitSource,
    VisitStep,
)
from inspections.complaining import ANSWER, MAKE
from inspections.field.losing import ACT as PHOTOS_LOST
from inspections.lives import FORGERY_LIFE, HAZARD_LIFE, OBSTRUCTION_LIFE
from inspections.models import (
    Absence,
    Checklist,
    Complaint,
    Forgery,
    Hazard,
    Inspection,
    ItemList,
    KeyPosition,
    Obstruction,
    Penalty,
    PlannedVisit,
    PlanRule,
    SelfCheck,
)
from inspections.moving import ACT as MOVE
from inspections.penalising import LINK
from inspections.planning import absences, approving, capping, handing_over, planning
from inspections.planning.escalating import cause_of as visit_cause_of
from inspections.positions import ADD, CHANGE, END, RESUME
from inspections.recheck_hand_over import HAND_OVER
from inspections.rechecks import action_of as recheck_action
from inspections.recounting import ACT
from inspections.replies import READ, REPLY
from inspections.responsible import ACT as RESPONSIBLE
from inspections.seeing import ACT as STILL
from inspections.seen_again import ACTS as SEEN_ACTS
from inspections.seen_again import SEEN
from inspections.serving import ACT as BY_SERVICE
from inspections.signing import ACT as SIGN
from inspections.signing import ACT_REFUSED as SIGN_REFUSED

register_kind(
    "inspection",
    Inspection,
    formerly="inspections.Inspection",
    named_by=("kind", "inspected_on"),
    values={"answer": dict(Answered.choices)},
)
register_kind(
    "self_check",
    SelfCheck,
    formerly="inspections.SelfCheck",
    verb="selfcheck",
    named_by=("target", "checked_on"),
)
register_kind("hazard", Hazard, life=HAZARD_LIFE, formerly="inspections.Hazard")
register_kind("penalty", Penalty, named_by=("kind", "number"))
register_kind(
    "forgery",
    Forgery,
    life=FORGERY_LIFE,
    labels={"about": _("Number"), "about_kind": _("About"), "about_file": _("File")},
    values={"about_kind": kind_words},
)
register_kind(
    "obstruction",
    Obstruction,
    life=OBSTRUCTION_LIFE,
    named_by=("kind", "obstructed_on"),
)
register(
    Kind("item_list", ItemList),
    Kind("key_position", KeyPosition, called="name", labels={"hazards": _("hazards at it")}),
    *(
        Action(f"key_position.{verb}", words, icon, hue, names_no_kind=True)
        for verb, words, icon, hue in (
            (ADD, _("Added"), "plus", ""),
            (CHANGE, _("Changed"), "pencil", "yellow"),
            (END, pgettext_lazy("key position", "Ended"), "player-stop", "red"),
            (RESUME, _("In use again"), "arrow-back-up", "green"),
        )
    ),
    Kind(
        "checklist",
        Checklist,
        named_by=("kind", "number"),
        labels={
            "items": _("Items"),
            "changed": _("Changed item"),
            "added": _("Added items"),
            "removed": _("Removed items"),
        },
    ),
    Action(f"checklist.{EDIT}", _("Changed the draft of a checklist"), "pencil"),
    Action(f"checklist.{TRY}", _("Tried out the draft of a checklist"), "device-mobile"),
    Action(f"checklist.{PUBLISH}", _("Published a new version of a checklist"), "checklist"),
    Action(
        kind_of_model(Inspection).action(PHOTOS_LOST),
        _("Photos will not come"),
        "photo-off",
        "yellow",
        names_no_kind=True,
        labels={"photos": _("Photos")},
    ),
    Action(
        kind_of_model(Inspection).action(READ), _("Read by the enterprise"), "eye-check", names_no_kind=True
    ),
    Action(
        kind_of_model(Inspection).action(REPLY),
        _("Replied to by the enterprise"),
        "message",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Inspection).action(CORRECT_ANSWER),
        _("Answer of the checklist corrected"),
        "pencil",
        "yellow",
        names_no_kind=True,
        labels={"code": _("Item"), "answer": pgettext_lazy("checklist", "Answer"), "said": _("Note")},
    ),
    Action(
        kind_of_model(Inspection).action(ANSWER_BY_SHEET),
        _("Answer of the checklist from a sheet"),
        "checklist",
        names_no_kind=True,
        labels={"code": _("Item"), "answer": pgettext_lazy("checklist", "Answer"), "said": _("Note")},
    ),
    Kind("inspection_complaint", Complaint),
    *(
        # without an object: whom it is about is not said
        Action(f"inspection_complaint.{act}", words, icon, labels={"complaint": _("Complaint")})
        for act, words, icon in (
            (MAKE, _("Complaint about an inspection made"), "message-exclamation"),
            (ANSWER, _("Complaint about an inspection answered"), "message-check"),
        )
    ),
    Action(
        kind_of_model(Inspection).action(SIGN),
        _("Signed by both sides"),
        "signature",
        "green",
        names_no_kind=True,
        labels={
            "signed_by": _("Signed by"),
            "refused": _("Refused to sign"),
            "summary_digest": _("Digest of the summary"),
        },
    ),
    *(
        Action(
            kind_of_model(Inspection).action(SEEN_ACTS[act]),
            words,
            icon,
            hue,
            names_no_kind=True,
            labels={"hazard": _("Hazards")},
        )
        for act, words, icon, hue in (
            (CLOSE, _("Re-inspected and closed"), "circle-check", "green"),
            (SEND_BACK, _("Re-inspected and sent back"), "arrow-back-up", "yellow"),
        )
    ),
    Action(
        kind_of_model(Hazard).action(SEEN),
        _("Seen again by a later inspection"),
        "clipboard-check",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Inspection).action(SIGN_REFUSED),
        _("Signed by the officers; the enterprise refused to sign"),
        "signature",
        "yellow",
        names_no_kind=True,
        labels={
            "signed_by": _("Signed by"),
            "refused": _("Refused to sign"),
            "summary_digest": _("Digest of the summary"),
        },
    ),
    Action(
        kind_of_model(Hazard).action(ACT),
        _("Deadline counted again with a newer calendar"),
        "calendar-time",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Hazard).action(BY_SERVICE),
        _("Deadline counted from the service of the order"),
        "calendar-time",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Hazard).action(RESPONSIBLE),
        _("Persons responsible named"),
        "user-check",
        names_no_kind=True,
    ),
    Action(kind_of_model(Penalty).action(LINK), _("Hazard of the penalty named"), "link", names_no_kind=True),
    Action(
        kind_of_model(Hazard).action(MOVE),
        _("Moved to another enterprise"),
        "arrow-right",
        names_no_kind=True,
    ),
    Action(
        recheck_action(RecheckOutcome.RECTIFIED),
        _("Re-checked by lot: still rectified"),
        "eye-check",
        "green",
        names_no_kind=True,
    ),
    Action(
        recheck_action(RecheckOutcome.AGAIN),
        _("Re-checked by lot: not rectified"),
        "eye-check",
        "red",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Hazard).action(HAND_OVER),
        _("Re-check by lot handed over"),
        "eye-check",
        names_no_kind=True,
        labels={"to": pgettext_lazy("of a re-check", "Done by")},
    ),
    Action("item_list.publish", _("Published a new version of the list of hazard items"), "list-details"),
    Action(
        kind_of_model(Hazard).action(STILL),
        _("Seen again: still not put right"),
        "alert-triangle",
        "red",
        names_no_kind=True,
        labels={"seen_on": _("Seen on")},
    ),
    Action(
        kind_of_model(Hazard).action(CALL),
        _("Enterprise called"),
        "phone",
        names_no_kind=True,
        labels={"spoke_with": _("Spoke with")},
    ),
    *(
        Action(kind_of_model(Hazard).action(verb), words, icon, hue, names_no_kind=True)
        for verb, words, icon, hue in (
            (f"major_{Stage.GUARANTEES}", _("Five guarantees given"), "shield-check", ""),
            (f"major_{Stage.PLAN}", _("Rectification plan submitted"), "file-text", ""),
            (f"major_{Stage.REVIEW}", _("Plan reviewed by experts"), "users", ""),
            (f"major_{Stage.ACCEPTANCE}", _("Acceptance by experts recorded"), "users", ""),
            ("list", _("Put under listed supervision"), "flag", "red"),
            ("lift", _("Listed supervision lifted"), "flag-off", "green"),
        )
    ),
    *(
        Action(
            kind_of_model(Hazard).action(f"escalate_{step.value}"),
            words,
            "trending-up",
            "red",
            names_no_kind=True,
        )
        for step, words in (
            (EscalationStep.LIAISON, _("Overdue: the liaison officer was told")),
            (EscalationStep.CHIEF, _("Overdue: escalated to the station chief")),
            (EscalationStep.BUREAU, _("Overdue: escalated to the bureau")),
            (EscalationStep.LISTING, _("Overdue: proposed for listed supervision")),
        )
    ),
)

register(
    Kind(
        "planned_visit",
        PlannedVisit,
        values={"source": dict(VisitSource.choices), "half": dict(Half.choices)},
    ),
    Kind("absence", Absence, values={"kind": dict(AbsenceKind.choices)}, personal=frozenset({"kind"})),
    Kind("plan_rule", PlanRule, called="published"),
    Action(planning.PLAN, _("Visit planned"), "calendar-plus", names_no_kind=True),
    Action(planning.MOVE, _("Visit moved"), "calendar-time", names_no_kind=True),
    Action(planning.DROP, _("Visit taken off the plan"), "calendar-off", "yellow", names_no_kind=True),
    Action(handing_over.HAND_OVER, _("Visit handed over"), "arrows-exchange", names_no_kind=True),
    Action(approving.APPROVE, _("Visit approved"), "gavel", "green", names_no_kind=True),
    Action(approving.REFUSE, _("Approval of a visit refused"), "gavel", "red", names_no_kind=True),
    Action(absences.ADD, _("Absence entered"), "user-off", names_no_kind=True),
    Action(absences.WITHDRAW, _("Absence taken back"), "user-check", names_no_kind=True),
    Action(capping.PUBLISH, _("Published how often enterprises are inspected a year"), "calendar-stats"),
    *(
        Action(
            visit_cause_of(step),
            words,
            "trending-up",
            "red",
            names_no_kind=True,
            labels={"was_due_on": _("was due on")},
        )
        for step, words in (
            (VisitStep.LIAISON, _("Inspection overdue: the liaison officer was told")),
            (VisitStep.CHIEF, _("Inspection overdue: escalated to the station chief")),
            (VisitStep.BUREAU, _("Inspection overdue: escalated to the bureau")),
        )
    ),
)
