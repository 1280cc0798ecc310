"""The life of a hazard: found, rectified, closed; also extended, graded, refused."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from facts.asks import Day, Reason, Text, reopening
from facts.lives import Act, Life, State, Unless, Wording
from facts.own import is_by_enterprise
from facts.selectors import acts_on
from foundation.accounts.actors import Actor
from foundation.words import Words
from inspections.access import Permission
from inspections.choices import HazardState, Severity
from inspections.deadlines import proposed_extension, proposed_reopening
from inspections.major import refuses_acceptance
from inspections.models import Hazard

OPEN, OVERDUE, REFUSED = HazardState.OPEN, HazardState.OVERDUE, HazardState.REFUSED
SUBMITTED, CLOSED = HazardState.SUBMITTED, HazardState.CLOSED
NOT_SUBMITTED = {OPEN, OVERDUE, REFUSED}
LIVE = NOT_SUBMITTED | {SUBMITTED}


def _refuses_extension(hazard: Hazard) -> str:
    if hazard.suspended_on and hazard.state is OPEN:
        return _("The deadline is suspended. It can be extended once it is resumed.")
    if hazard.due_on is None and hazard.state is OPEN:
        return _("This hazard has no deadline to extend. Correct the record to set one.")
    if hazard.state is OVERDUE and hazard.extension_asked_on is None:
        return _("The deadline has passed. An extension must be granted or asked for before the deadline.")
    return ""


def _extension(hazard: Hazard, actor: Actor) -> tuple[dt.date | None, Words]:
    """Propose the day that the enterprise asks for, else what the time limit gives."""
    return (
        (hazard.extension_wanted_on, "") if hazard.extension_wanted_on else proposed_extension(actor, hazard)
    )


def _refuses_suspension(hazard: Hazard) -> str:
    if hazard.suspended_on:
        return _("The deadline has been suspended since %(day)s.") % {"day": hazard.suspended_on.isoformat()}
    if hazard.due_on is None and hazard.state is OPEN:
        return _("This hazard has no deadline to suspend.")
    if hazard.state is OVERDUE:
        return _("The deadline has passed. It can be suspended only before that.")
    return ""


def _refuses_resumption(hazard: Hazard) -> str:
    return "" if hazard.suspended_on or hazard.closed_on else _("The deadline is not suspended.")


def _refuses_asking(hazard: Hazard) -> str:
    if hazard.due_on is None and hazard.state is OPEN:
        return _("This hazard has no deadline to extend.")
    if hazard.extension_asked_on:
        return _("An extension was asked for on %(day)s. It has not been answered yet.") % {
            "day": hazard.extension_asked_on.isoformat()
        }
    return ""


def _refuses_asking_to(hazard: Hazard, actor: Actor) -> str:
    if actor.is_enterprise and hazard.state is OVERDUE:
        return _("The deadline has passed. An extension must be asked for before the deadline.")
    return ""


def _was_not_asked(hazard: Hazard) -> str:
    return "" if hazard.extension_asked_on else _("No extension is asked for now.")


def _refuses_withdrawal(hazard: Hazard) -> str:
    if closed := _is_closed(hazard):
        return closed
    if hazard.rectified_on is None:
        return _(
            "There is no submission to withdraw now. If it was sent back, put right what is missing and submit it again."
        )
    return ""


def _refuses_withdrawal_to(hazard: Hazard, actor: Actor) -> str:
    made = next((each for each in hazard.submissions if each.is_in_force), None)
    if made is not None and made.opened_at is not None:
        words = _(
            "%(officer)s opened it on %(when)s, so it can no longer be withdrawn. Call them if something is wrong."
        )
        when = date_format(timezone.localtime(made.opened_at), "Y-m-d H:i")
        return words % {"officer": made.opened_by, "when": when}
    entries = hazard.acts_read
    if entries is None:
        entries = acts_on(actor, [hazard]).get(hazard.pk, [])
    if not entries or not is_by_enterprise(entries[0]):
        return _("The police have already worked with this record, so only they can correct it.")
    if made is None and hazard.rectified_on != timezone.localdate():  # of a version that recorded no opening
        return _("A submission can be withdrawn only on the day it was made.")
    return ""


def _is_major(hazard: Hazard) -> str:
    if closed := _is_closed(hazard):
        return closed
    if hazard.major_from_on is None or hazard.severity is not Severity.MAJOR:
        return ""
    day = hazard.major_from_on.isoformat()
    return _("It has been major since %(day)s. Correct that step or the record if the dates are wrong.") % {
        "day": day
    }


def _is_not_major(hazard: Hazard) -> str:
    if closed := _is_closed(hazard):
        return closed
    return "" if hazard.severity is Severity.MAJOR else _("This hazard is not major.")


def _refuses_closing_to(hazard: Hazard, actor: Actor) -> str:
    return refuses_acceptance(hazard)


def _is_closed(hazard: Hazard) -> str:
    if hazard.closed_on is None:
        return ""
    return _("This hazard was closed on %(day)s.") % {"day": hazard.closed_on.isoformat()}


READ_BY_ENTERPRISE = gettext_lazy(
    "The enterprise reads this, with your name. Say what is still missing and what it should do."
)

_SUSPENSION_READ = gettext_lazy("The enterprise reads this, with your name.")


# The conditions need rows annotated with ``deadline``, the deadline in force (inspections.selectors.list_hazards).
def _waits() -> Q:
    return Q(closed_on=None, rectified_on=None)


STATES = (
    State(
        OPEN,
        "blue",
        lambda today: _waits() & Q(refused_on=None) & (Q(deadline=None) | Q(deadline__gte=today)),
    ),
    State(OVERDUE, "red", lambda today: _waits() & Q(refused_on=None, deadline__lt=today)),
    State(
        REFUSED,
        "red",
        lambda today: _waits() & Q(refused_on__isnull=False),
        tab=pgettext_lazy("hazard", "Refused"),
        rare=True,
    ),
    State(
        SUBMITTED,
        "yellow",
        lambda today: Q(closed_on=None, rectified_on__isnull=False),
        tab=gettext_lazy("For re-inspection"),
    ),
    State(CLOSED, "green", lambda today: Q(closed_on__isnull=False)),
)

# In the order of a page: the first possible act is its primary button. Nothing else changes a hazard's state, except a
# correction or voiding with a reason.
ACTS = (
    Act(
        "rectify",
        states=NOT_SUBMITTED,
        to={SUBMITTED},
        permission=Permission.RECTIFY_HAZARDS,
        wording=Wording(
            gettext_lazy("Submit as rectified"),
            gettext_lazy(
                "The hazard then waits for re-inspection. This date decides whether it was rectified on time."
            ),
            own_text=gettext_lazy(
                "The hazard then waits for re-inspection. It counts as rectified today, %(today)s."
            ),
            # an enterprise submits with today's date, so that it cannot claim an earlier one; for it the police name
            # the person who reported it
            asks=(
                Day("rectified_on", gettext_lazy("Rectified on"), police_only=True),
                Text(
                    "submitted_by",
                    gettext_lazy("Reported by"),
                    80,
                    gettext_lazy("Who of the enterprise told you. It counts as the enterprise's submission."),
                    police_only=True,
                ),
                Reason(
                    required=False,
                    label=gettext_lazy("How it was put right"),
                    hint=gettext_lazy("Both sides read this in the history."),
                ),
            ),
        ),
        past=gettext_lazy("Submitted as rectified"),
        done=gettext_lazy("The hazard is waiting for re-inspection."),
        icon="send",
    ),
    Act(
        "withdraw",
        states={SUBMITTED},
        to=NOT_SUBMITTED,  # whichever it was
        permission=Permission.WITHDRAW_HAZARDS,
        unless=Unless(
            "the police have opened it or acted since",
            _refuses_withdrawal,
            _refuses_withdrawal_to,
        ),
        wording=Wording(
            gettext_lazy("Withdraw the submission"),
            gettext_lazy(
                "Submitted by mistake, or not finished after all? The hazard is then yours to put right again, with"
                " its deadline."
            ),
            asks=(Reason(),),
        ),
        past=gettext_lazy("Submission withdrawn"),
        done=gettext_lazy("The submission was withdrawn. The hazard is yours to put right again."),
        icon="arrow-back-up",
        minor=True,
    ),
    Act(
        "close",
        states=LIVE,
        to={CLOSED},
        permission=Permission.CLOSE_HAZARDS,
        by_another=True,
        unless=Unless(
            "it is major and has no plan that experts reviewed and no acceptance by experts",
            lambda hazard: "",
            _refuses_closing_to,
        ),
        wording=Wording(
            gettext_lazy("Close at once"),
            gettext_lazy(
                "You have seen for yourself that it is rectified. This date decides whether it was on time."
            ),
            asks=(Day("closed_on", gettext_lazy("Closed on")),),
        ),
        instead={
            SUBMITTED: Wording(
                gettext_lazy("Accept and close"),
                gettext_lazy("The re-inspection was passed: the hazard has been rectified."),
                asks=(Day("closed_on", gettext_lazy("Re-inspected on")),),
            )
        },
        past=gettext_lazy("Closed as put right"),
        done=gettext_lazy("The hazard is closed."),
        icon="circle-check",
        hue="green",
    ),
    Act(
        "send_back",
        states={SUBMITTED},
        to={OPEN, OVERDUE},  # its deadline remains; a refusal ended when it was submitted
        permission=Permission.SEND_BACK_HAZARDS,
        wording=Wording(
            gettext_lazy("Send back"),
            gettext_lazy("The re-inspection was not passed. The hazard is open again, with its deadline."),
            asks=(
                Day("sent_back_on", gettext_lazy("Re-inspected on"), required=False),
                Reason(hint=READ_BY_ENTERPRISE),
            ),
        ),
        past=gettext_lazy("Sent back after re-inspection"),
        done=gettext_lazy("The hazard was sent back."),
        icon="arrow-back-up",
        hue="red",
    ),
    Act(
        "ask_extension",
        states={OPEN, OVERDUE},
        permission=Permission.ASK_EXTENSION,
        unless=Unless(
            "there is no deadline, the last request has no answer yet, or (for the enterprise) the deadline has passed",
            _refuses_asking,
            _refuses_asking_to,
        ),
        wording=Wording(
            gettext_lazy("Ask for an extension"),
            gettext_lazy(
                "The enterprise asks for a later deadline. It must have asked before the deadline passed; until an officer"
                " grants it, the deadline stays."
            ),
            own_text=gettext_lazy(
                "Until an officer grants it, the deadline stays as it is, so ask in good time and go on."
            ),
            asks=(
                Day("extension_asked_on", gettext_lazy("Asked on"), police_only=True),
                Text(
                    "extension_asked_by",
                    gettext_lazy("Asked by"),
                    80,
                    gettext_lazy("Who of the enterprise asked, on paper or by telephone."),
                    police_only=True,
                ),
                Day("extension_wanted_on", gettext_lazy("Deadline asked for"), starts_empty=True),
                Reason(hint=gettext_lazy("Why the deadline cannot be kept, and what is done until then.")),
            ),
        ),
        past=gettext_lazy("Extension asked for"),
        done=gettext_lazy("The extension was asked for. An officer will answer."),
        icon="calendar-question",
        hue="yellow",
    ),
    Act(
        "extend",
        states={OPEN, OVERDUE},
        to={OPEN},
        permission=Permission.EXTEND_HAZARDS,
        minor=True,
        unless=Unless(
            "there is no deadline, or it has passed and no extension was asked for before", _refuses_extension
        ),
        wording=Wording(
            gettext_lazy("Extend the deadline"),
            gettext_lazy(
                "Possible before the deadline passes, or later if it was asked for before, and only to a later date."
            ),
            asks=(
                Day(
                    "extended_due_on",
                    gettext_lazy("New deadline"),
                    starts_empty=True,
                    proposes=_extension,
                ),
                Day("extension_granted_on", gettext_lazy("Granted on")),
                Reason(
                    hint=gettext_lazy(
                        "If the enterprise asked for the extension, it reads this, with your name."
                    ),
                    read_with="extension_requested_on",
                ),
            ),
        ),
        past=gettext_lazy("Extension granted"),
        done=gettext_lazy("The deadline was extended."),
        icon="calendar-plus",
    ),
    Act(
        "suspend",
        states={OPEN},
        permission=Permission.SUSPEND_HAZARDS,
        unless=Unless("there is no deadline, it is suspended, or it has passed", _refuses_suspension),
        wording=Wording(
            gettext_lazy("Suspend the deadline"),
            gettext_lazy(
                "For as long as the enterprise is prevented from rectifying. Until it is resumed there is no deadline; "
                "then it moves by the days for which it was suspended."
            ),
            asks=(
                Day("suspended_on", gettext_lazy("Suspended from")),
                Reason(hint=_SUSPENSION_READ),
            ),
        ),
        past=gettext_lazy("Deadline suspended"),
        done=gettext_lazy("The deadline is suspended until it is resumed."),
        icon="player-pause",
    ),
    Act(
        "resume",
        states={OPEN, REFUSED},
        permission=Permission.SUSPEND_HAZARDS,
        unless=Unless("it is not suspended", _refuses_resumption),
        wording=Wording(
            gettext_lazy("Resume the deadline"),
            gettext_lazy("It moves by as many of its own days as it was suspended."),
            asks=(
                Day("resumed_on", gettext_lazy("Resumed from")),
                Reason(hint=_SUSPENSION_READ),
            ),
        ),
        past=gettext_lazy("Deadline resumed"),
        done=gettext_lazy("The deadline was resumed."),
        icon="player-play",
    ),
    Act(
        "decline_extension",
        states={OPEN, OVERDUE},
        permission=Permission.EXTEND_HAZARDS,
        unless=Unless("none is asked for", _was_not_asked),
        wording=Wording(
            gettext_lazy("Refuse the extension"),
            gettext_lazy("The deadline stays as it is. The enterprise may ask again before it has passed."),
            asks=(
                Day("declined_on", gettext_lazy("Answered on")),
                Reason(
                    hint=gettext_lazy(
                        "The enterprise reads this, with your name. Say why, and what it should do."
                    )
                ),
            ),
        ),
        past=gettext_lazy("Extension refused"),
        done=gettext_lazy("The extension was refused."),
        icon="calendar-x",
        hue="red",
    ),
    Act(
        "mark_major",
        slug="major",
        states=LIVE,
        permission=Permission.GRADE_HAZARDS,
        unless=Unless("it is a major one", _is_major),
        wording=Wording(
            gettext_lazy("Mark as major"),
            gettext_lazy(
                "An open major hazard keeps the enterprise from green. A deadline that was counted is counted again from "
                "its first day if the time limit of major hazards is shorter."
            ),
            asks=(Day("on", gettext_lazy("Major since")), Reason()),
        ),
        past=gettext_lazy("Marked as major"),
        done=gettext_lazy("The hazard is now marked as major."),
        icon="alert-triangle",
        hue="red",
    ),
    Act(
        "mark_ordinary",
        slug="ordinary",
        states=LIVE,
        permission=Permission.GRADE_HAZARDS,
        unless=Unless("it is not a major one", _is_not_major),
        wording=Wording(
            gettext_lazy("Mark as ordinary"),
            gettext_lazy("From this day on it counts as an ordinary hazard."),
            asks=(Day("on", gettext_lazy("Ordinary since")), Reason()),
        ),
        past=gettext_lazy("Marked as ordinary"),
        done=gettext_lazy("The hazard is now marked as ordinary."),
        icon="arrow-down",
    ),
    Act(
        "refuse",
        states={OPEN, OVERDUE},
        to={REFUSED},
        permission=Permission.REFUSE_HAZARDS,
        wording=Wording(
            gettext_lazy("Record a refusal"),
            gettext_lazy(
                "The enterprise refuses to rectify. While the hazard is open at the end of a quarter, this alone makes it"
                " red for that quarter."
            ),
            asks=(Day("refused_on", gettext_lazy("Refused on")), Reason(hint=READ_BY_ENTERPRISE)),
        ),
        past=gettext_lazy("Rectification refused"),
        done=gettext_lazy("The refusal was recorded."),
        icon="hand-stop",
        hue="red",
        danger=True,
    ),
    Act(
        "reopen",
        states={CLOSED},
        to={OPEN, OVERDUE},
        permission=Permission.CLOSE_HAZARDS,
        wording=Wording(
            gettext_lazy("Reopen"),
            gettext_lazy(
                "The hazard was closed and is there again. Until the day of reopening it stays closed. If it never was "
                "rectified, correct that step or the record instead."
            ),
            asks=reopening(
                READ_BY_ENTERPRISE, proposes=lambda hazard, actor: proposed_reopening(actor, hazard)
            ),
            title=gettext_lazy("Reopen the hazard"),
        ),
        past=gettext_lazy("Reopened"),
        done=gettext_lazy("The hazard is open again."),
        icon="rotate",
        hue="red",
        reopens=True,
    ),
)

HAZARD_LIFE = Life(
    Hazard,
    STATES,
    ACTS,
    begins=(OPEN, OVERDUE),
    by_time=[(OPEN, OVERDUE, gettext_lazy("the deadline passes"))],
)
