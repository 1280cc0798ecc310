"""Time limits of inspections and hazards. Orders 421 and 93 give no days that could be verified, so these are defaults."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from foundation.accounts.actors import Actor
from foundation.contributions.time_limits import (
    Mark,
    Recounting,
    Rule,
    TimeLimit,
    recountings,
    register,
)
from foundation.deadlines.counting import Length, Unit
from foundation.words import Words
from inspections.access import Permission
from inspections.choices import (
    ANSWER_EXTENSION,
    APPROVAL_HOLDS,
    APPROVE_AFTER,
    COMPLAINT_PERIOD,
    ESCALATES,
    FIRST_VISIT,
    GUARANTEED,
    OPENED,
    RECTIFY,
    RECTIFY_MAJOR,
    REINSPECT,
    REPLY_PERIOD,
    VISIT_ESCALATES,
    EscalationStep,
    VisitStep,
)
from inspections.recounting import recounts

ORDER_93 = _("Ministry of Public Security Order 93 (inspection of internal security)")


FIVE = _("practice of hazard governance (five guarantees); no text gives a number of days")


def _default(number: int, article: str = "") -> tuple[Rule, ...]:
    return (Rule(Length(number, Unit.WORKING), Mark.DEFAULT, ORDER_93, article),)


register(
    TimeLimit(
        RECTIFY,
        _("Rectification of a hazard"),
        _("the day the hazard was found"),
        _default(10),
    ),
    # no text gives another number for these: a bureau that wants one sets it
    TimeLimit(
        RECTIFY_MAJOR,
        _("Rectification of a major hazard"),
        _("the day the hazard was found"),
        _default(10),
    ),
    TimeLimit(
        GUARANTEED,
        _("Five guarantees for a major hazard"),
        _("the day since which the hazard is major"),
        (Rule(Length(3, Unit.WORKING), Mark.DEFAULT, FIVE),),
    ),
    TimeLimit("hazard-notice", _("Order to rectify is issued"), _("the day of the inspection"), _default(3)),
    TimeLimit(
        REINSPECT,
        _("Re-inspection"),
        _("the day the enterprise reported the rectification, or the deadline"),
        _default(3, article="10"),
    ),
    TimeLimit(
        ANSWER_EXTENSION,
        _("Answer to a request for an extension"),
        _("the day of the request"),
        _default(10, article="9"),
    ),
    TimeLimit(
        OPENED,
        _("The enterprise opens what is new, or is called"),
        _("the day it was recorded, sent back or reopened"),
        (Rule(Length(1, Unit.WORKING), Mark.DEFAULT, _("Set by Anqi; no text gives a number")),),
    ),
)

NO_TEXT = _("Set by Anqi; no text that could be read gives a number")

register(
    TimeLimit(
        REPLY_PERIOD,
        _("Reply of the enterprise to an inspection"),
        _("the day the inspection was recorded"),
        (Rule(Length(10, Unit.WORKING), Mark.DEFAULT, NO_TEXT),),
    ),
    TimeLimit(
        COMPLAINT_PERIOD,
        _("Answer to a complaint about an inspection"),
        _("the day of the complaint"),
        (Rule(Length(10, Unit.WORKING), Mark.DEFAULT, NO_TEXT),),
    ),
)

OWN_RULE = _("rule of this system: no text that could be read has steps for overdue hazards")


def _step(step: EscalationStep, title: Words, number: int) -> TimeLimit:
    rule = Rule(Length(number, Unit.WORKING), Mark.DEFAULT, OWN_RULE)
    return TimeLimit(ESCALATES[step], title, _("the deadline of the hazard that passed"), (rule,))


register(
    _step(EscalationStep.LIAISON, _("Overdue hazard: the liaison officer is told"), 1),
    _step(EscalationStep.CHIEF, _("Overdue hazard: the station chief is told"), 3),
    _step(EscalationStep.BUREAU, _("Overdue hazard: the bureau is told"), 5),
    _step(EscalationStep.LISTING, _("Overdue hazard: proposed for listed supervision"), 10),
)


def _waiting(actor: Actor) -> int:
    return len(recounts(actor).moving)


def _words(number: int) -> str:
    words = ngettext(
        "Since the calendar has changed, %(number)d deadline of a hazard ends on another day.",
        "Since the calendar has changed, %(number)d deadlines of hazards end on another day.",
        number,
    )
    return words % {"number": number}


recountings.register(
    Recounting("hazards", _words, "inspections:recounts", Permission.RECOUNT_HAZARDS, _waiting)
)


ORDER_54 = _("State Council Office 2024 No. 54 (inspections of enterprises): it gives no number of days")


def _visit(code: str, title: Words, starts: Words, number: int, source: Words = OWN_RULE) -> TimeLimit:
    return TimeLimit(code, title, starts, (Rule(Length(number, Unit.WORKING), Mark.DEFAULT, source),))


_OVERDUE = _("the day on which the inspection was due")

register(
    _visit(
        APPROVE_AFTER,
        _("Approval of an urgent inspection afterwards"),
        _("the day of the inspection"),
        3,
        ORDER_54,
    ),
    _visit(
        APPROVAL_HOLDS,
        _("An approved inspection is made, or approved again"),
        _("the planned day, or the day of the approval if that is later"),
        10,
        ORDER_54,
    ),
    _visit(
        FIRST_VISIT,
        _("First inspection of an enterprise without a rating"),
        _("the day on which it came on the register"),
        30,
    ),
    _visit(
        VISIT_ESCALATES[VisitStep.LIAISON],
        _("Overdue inspection: the liaison officer is told"),
        _OVERDUE,
        1,
    ),
    _visit(VISIT_ESCALATES[VisitStep.CHIEF], _("Overdue inspection: the station chief is told"), _OVERDUE, 5),
    _visit(VISIT_ESCALATES[VisitStep.BUREAU], _("Overdue inspection: the bureau is told"), _OVERDUE, 15),
)
