"""Time limits of mediation, as its rules give them."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from disputes.choices import Risk
from foundation.contributions.time_limits import Mark, Rule, TimeLimit, register
from foundation.deadlines.counting import Length, Unit

register(
    TimeLimit(
        "mediation-first",
        _("First public-security mediation"),
        _("the day the case was accepted, or the appraisal result arrived"),
        (
            Rule(
                Length(3, Unit.WORKING),
                Mark.STATUTORY,
                _("Rules on public-security mediation (Ministry of Public Security, 2007, No. 81)"),
                "9",
            ),
        ),
    ),
    TimeLimit(
        "mediation-second",
        _("Second public-security mediation"),
        _("the day of the first mediation"),
        (
            Rule(
                Length(7, Unit.WORKING),
                Mark.STATUTORY,
                _("Procedure of public security organs in administrative cases"),
                "183",
                dt.date(2019, 1, 1),
            ),
        ),
    ),
    TimeLimit(
        "mediation-confirmation",
        _("Joint request for judicial confirmation"),
        _("the day the mediation agreement took effect"),
        (
            Rule(
                Length(30, Unit.CALENDAR),
                Mark.STATUTORY,
                _("People's Mediation Law"),
                "33",
                dt.date(2011, 1, 1),
            ),
        ),
    ),
    TimeLimit(
        "case-decision",
        _("Decision on a public-security case"),
        _("the day the mediation failed, or the agreement was not performed"),
        (
            Rule(
                Length(30, Unit.CALENDAR),
                Mark.STATUTORY,
                _("Public Security Administration Punishments Law (2025)"),
                "118",
                dt.date(2026, 1, 1),
            ),
        ),
    ),
    TimeLimit(
        "case-extension",
        _("Extension of the time for a public-security case"),
        _("the last day of the time before, at most twice"),
        (
            Rule(
                Length(30, Unit.CALENDAR),
                Mark.STATUTORY,
                _("Public Security Administration Punishments Law (2025)"),
                "118",
                dt.date(2026, 1, 1),
            ),
        ),
    ),
    TimeLimit(
        "settlement",
        _("Settlement of a dispute, as proposed when it is recorded"),
        _("the day on which it was opened"),
        (Rule(Length(30, Unit.CALENDAR), Mark.DEFAULT, _("Set by Anqi; no text gives a number")),),
    ),
    TimeLimit(
        "breach-settlement",
        _("New settlement of a dispute after a breach of its agreement"),
        _("the day on which it was reopened"),
        (Rule(Length(30, Unit.CALENDAR), Mark.DEFAULT, _("Set by Anqi; no text gives a number")),),
    ),
    TimeLimit(
        "transfer-receipt",
        _("Receipt of a transferred dispute"),
        _("the day of the transfer"),
        (Rule(Length(5, Unit.WORKING), Mark.DEFAULT, _("Set by Anqi; no text gives a number")),),
    ),
    *(
        TimeLimit(
            f"risk-{level}",
            words,
            _("the day on which the risk was reviewed"),
            (Rule(Length(days, Unit.CALENDAR), Mark.DEFAULT, _("Set by Anqi; no text gives a number")),),
        )
        for level, days, words in (
            (Risk.HIGH, 7, _("Review of a high risk of growing")),
            (Risk.MEDIUM, 30, _("Review of a medium risk of growing")),
            (Risk.LOW, 90, _("Review of a low risk of growing")),
        )
    ),
)

# after the settlement: no rule fixes when it is followed up
register(
    *(
        TimeLimit(
            code,
            title,
            starts,
            (Rule(Length(days, Unit.CALENDAR), Mark.DEFAULT, _("No rule fixes it")),),
        )
        for code, days, title, starts in (
            (
                "follow-up-first",
                10,
                _("First follow-up of a settled dispute of high risk, by a visit"),
                _("the day it was settled, or of the last instalment"),
            ),
            (
                "follow-up-second",
                30,
                _("Follow-up of a settled dispute by telephone"),
                _("the day it was settled, or of the last instalment"),
            ),
            (
                "follow-up-third",
                60,
                _("Follow-up of a settled dispute by survey"),
                _("the day it was settled, or of the last instalment"),
            ),
            (
                "survey-answer",
                14,
                _("Answer to a survey by link"),
                _("the day the link was made, or the day the survey is planned for if that is later"),
            ),
        )
    )
)
