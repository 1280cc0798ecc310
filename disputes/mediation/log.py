"""What the log says of mediation, in words. Entries have days and no names (``acting.record``)."""

from django.utils.translation import gettext_lazy as _

from disputes.mediation import handing_over, planning, sessions, team, ways
from disputes.mediation.choices import Manner, StepKind, WayKind
from foundation.contributions.audit import Action
from foundation.words import Words

LABELS = {
    "on": _("Day"),
    "from_on": _("From"),
    "held_on": _("Held on"),
    "planned_for": _("Planned for"),
    "was_planned_for": _("Was planned for"),
}


def _act(code: str, words: Words, icon: str, tone: str = "", day: str = "") -> Action:
    return Action(f"dispute.{code}", words, icon, tone, names_no_kind=True, labels=LABELS, day=day)


ACTIONS = (
    *(
        _act(ways.CHOSEN[kind], words, "route", day="from_on")
        for kind, words in (
            (WayKind.PUBLIC_SECURITY, _("Led by public-security mediation")),
            (WayKind.PEOPLES, _("Led by people's mediation")),
            (WayKind.ADMINISTRATIVE, _("Led by administrative mediation")),
            (WayKind.TRANSFER, _("Transferred to another body")),
        )
    ),
    *(
        _act(ways.STEPS[kind], words, icon, tone, day="on")
        for kind, words, icon, tone in (
            (StepKind.APPRAISED, _("Appraisal result arrived"), "microscope", ""),
            (StepKind.FAILED, _("Mediation failed: the time for the case runs"), "alert-triangle", "red"),
            (StepKind.EXTENDED, _("Time for the case extended"), "calendar-plus", "yellow"),
            (StepKind.SUSPENDED, _("Time for the case stands still"), "player-pause", "yellow"),
            (StepKind.RESUMED, _("Time for the case runs again"), "player-play", ""),
            (StepKind.DECIDED, _("Case decided"), "gavel", ""),
            (StepKind.REFUSED, _("A party refused the mediation"), "hand-stop", "yellow"),
            (StepKind.RECEIVED, _("Receipt of the transfer arrived"), "mail-check", "green"),
            (StepKind.RESULT, _("Result of the other body arrived"), "file-check", ""),
        )
    ),
    _act(ways.VOID_WAY, _("Way voided"), "ban", "red"),
    _act(ways.VOID_STEP, _("Step on the way voided"), "ban", "red"),
    _act(team.INVITE, _("Somebody invited to the mediation team"), "user-plus", day="on"),
    _act(team.ACCEPT, _("Invitation to the team accepted"), "user-check", "green", day="on"),
    _act(team.DECLINE, _("Invitation to the team declined"), "user-x", "yellow", day="on"),
    _act(team.CONFLICT, _("Conflict of interest in the team"), "scale", "yellow", day="on"),
    _act(team.LEAVE, _("Somebody left the mediation team"), "user-minus", day="on"),
    _act(team.VOID_MEMBER, _("Entry of the mediation team voided"), "ban", "red"),
    _act(planning.PLAN, _("Session planned"), "calendar-plus"),
    _act(planning.MOVE, _("Planned session moved"), "calendar-time"),
    _act(planning.CANCEL, _("Planned session cancelled"), "calendar-off", "yellow"),
    _act(handing_over.HAND_OVER, _("Planned session handed over"), "arrows-exchange"),
    *(
        _act(sessions.HOLD[manner], words, "messages", day="held_on")
        for manner, words in (
            (Manner.JOINT, _("Session held, together")),
            (Manner.SEPARATE, _("Session held, separately")),
        )
    ),
    _act(sessions.CORRECT, _("Session corrected"), "pencil", "yellow"),
    _act(sessions.VOID_SESSION, _("Session voided"), "ban", "red"),
)
