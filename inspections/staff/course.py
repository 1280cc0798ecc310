"""The head of a hazard's page: how far it has come, whose turn it is and until when, and the strip of its days."""

import datetime as dt
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from facts.models import FactStep
from facts.steps import acts_among
from foundation.accounts.actors import Actor
from foundation.deadlines.calendar import Sort, is_working_day
from foundation.deadlines.counting import DAY, CountedDay, Part, Unit
from foundation.deadlines.words import FESTIVALS, WEEKDAYS
from foundation.words import Words, listed
from inspections.choices import HazardState, Origin
from inspections.deadlines import Counted
from inspections.models import Hazard
from papers.models import Paper

MOST_IN_A_STRIP = 31  # days; a longer count is shown by weeks on its own page
SOON = 2  # working days before a deadline that has the clock
WAITS_FOR_ENTERPRISE = frozenset({HazardState.OPEN, HazardState.OVERDUE, HazardState.REFUSED})


# --- the line of states -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One state on the way of a hazard. ``tone``: done, now, late (now, and past its day), or ahead."""

    label: Words
    tone: str
    icon: str = ""
    on: dt.date | None = None
    who: Words = ""
    until: dt.date | None = None
    back: Words = ""  # what led back to it


def stages_of(
    hazard: Hazard,
    *,
    actor: Actor,
    steps: Sequence[FactStep],
    order: Paper | None = None,
    answer_by: dt.date | None = None,
    is_own_turn: bool = False,
) -> list[Stage]:
    """Return the states of a hazard from finding to closing: what is done with day and person, what is now, what follows.

    ``order``: the valid order to rectify; ``answer_by``: the latest day of the re-inspection; ``is_own_turn``: the reader
    may do what is next.
    """
    acts = acts_among(copy(each) for each in steps)
    found = [Stage(pgettext("state of a hazard", "Found"), "done", "check", hazard.found_on, _finder(hazard))]
    if order is not None:
        found.append(
            Stage(
                _("Order served") if order.served_on else _("Order issued"),
                "done",
                "check",
                order.served_on or order.issued_on,
                order.issued_by,
            )
        )
    if hazard.on_the_spot:
        return [*found, Stage(_("Put right on the spot"), "done", "check", hazard.closed_on, hazard.found_by)]
    state = hazard.state
    if hazard.is_voided:
        return [*found, Stage(_("Voided"), "now", "ban", timezone.localdate(hazard.voided_at))]
    return [
        *found,
        _rectifying(hazard, state, acts, actor, is_own_turn),
        *_checking(hazard, state, acts, answer_by, is_own_turn),
    ]


def _finder(hazard: Hazard) -> Words:
    return hazard.found_by or ("" if hazard.origin == Origin.POLICE else hazard.get_origin_display())


def _latest(acts: Iterable[FactStep], code: str) -> FactStep | None:
    return next((each for each in acts if each.act == code), None)


def _rectifying(
    hazard: Hazard, state: HazardState, acts: Sequence[FactStep], actor: Actor, is_own_turn: bool
) -> Stage:
    back = ", ".join(_setbacks(acts))
    if state not in WAITS_FOR_ENTERPRISE:
        if hazard.rectified_on is None:
            return Stage(_("Never submitted"), "done", "minus", back=back)
        return Stage(_("Put right"), "done", "check", hazard.rectified_on, hazard.submitted_by, back=back)
    whose = _("now: your turn") if is_own_turn and actor.is_enterprise else _("now: the enterprise")
    tone, label, icon = "now", _("To be put right"), "tool"
    if state is HazardState.REFUSED:
        tone, label, icon = "late", _("Refused to put it right"), "hand-stop"
    elif state is HazardState.OVERDUE:
        tone, label, icon = "late", _("Overdue"), "alert-circle"
    elif hazard.suspended_on:
        label, icon = _("Deadline suspended"), "player-pause"
    return Stage(label, tone, icon, who=whose, until=hazard.deadline_on, back=back)


def _setbacks(acts: Sequence[FactStep]) -> list[str]:
    """Return in words how often it was sent back and opened again."""
    sent, again = (sum(each.act == code for each in acts) for code in ("send_back", "reopen"))
    found = []
    if sent:
        found.append(ngettext("sent back once", "sent back %(number)d times", sent) % {"number": sent})
    if again:
        found.append(
            ngettext("opened again once", "opened again %(number)d times", again) % {"number": again}
        )
    return found


def _checking(
    hazard: Hazard,
    state: HazardState,
    acts: Sequence[FactStep],
    answer_by: dt.date | None,
    is_own_turn: bool,
) -> list[Stage]:
    label = pgettext("state of a hazard", "Re-inspection")
    if state is HazardState.CLOSED:
        closing = _latest(acts, "close")
        closed = Stage(_("Closed"), "done", "check", hazard.closed_on, closing.actor_name if closing else "")
        return [closed]
    if state is HazardState.SUBMITTED:
        whose = _("now: your turn") if is_own_turn else _("now: the station")
        late = answer_by is not None and answer_by < timezone.localdate()
        now = Stage(label, "late" if late else "now", "eye-check", who=whose, until=answer_by)
    else:
        now = Stage(label, "ahead", who=_("the station"))
    return [now, Stage(pgettext("state of a hazard", "Closing"), "ahead")]


# --- clocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """One deadline at the head of the page. ``figure`` is the biggest: a number of days with its ``unit``, a day, a word."""

    label: Words
    figure: str
    unit: Words = ""
    last_on: dt.date | None = None
    said: Words = ""
    tone: str = ""  # soon, late, good
    is_count: bool = False


def days_until(first: dt.date, last: dt.date, unit: Unit) -> int:
    """Return how many days of a unit lie after one day, up to another: negative if that one has passed.

    >>> days_until(dt.date(2026, 10, 9), dt.date(2026, 10, 12), Unit.WORKING)  # Saturday is made up
    2
    """
    if last < first:
        return -days_until(last, first, unit)
    days = (first + number * DAY for number in range(1, (last - first).days + 1))
    return sum(unit is Unit.CALENDAR or is_working_day(day) for day in days)


def days_in_words(number: int, unit: Unit) -> str:
    """Return the unit of a number of days, without the number."""
    if unit is Unit.CALENDAR:
        return ngettext("calendar day", "calendar days", number)
    return ngettext("working day", "working days", number)


def clocks_of(
    hazard: Hazard, *, counted: Counted | None, answer_by: dt.date | None, answer_unit: Unit = Unit.WORKING
) -> list[Clock]:
    """Return at most two clocks: the one that runs now first, then the deadline for rectification."""
    state, today = hazard.state, timezone.localdate()
    if hazard.is_voided or hazard.on_the_spot:
        return []
    found = []
    if state is HazardState.SUBMITTED and answer_by:
        found.append(_running(_("Answer of the station"), answer_by, answer_unit, today))
    unit = counted.rule.unit if counted else Unit.WORKING
    if hazard.suspended_on:
        reasons = [each.reason for each in counted.moves if each.act == "suspend"] if counted else []
        since = _("since %(day)s") % {"day": hazard.suspended_on.isoformat()}
        found.append(Clock(_("Deadline"), _("Suspended"), said=listed([since, *filter(None, reasons[:1])])))
    elif hazard.deadline_on is None:
        if state in WAITS_FOR_ENTERPRISE:
            found.append(Clock(_("Deadline"), pgettext("deadline", "None")))
    elif state in WAITS_FOR_ENTERPRISE:
        found.append(_running(_("Deadline"), hazard.deadline_on, unit, today))
    else:
        found.append(_kept(hazard, hazard.deadline_on))
    return found


def _running(label: Words, last_on: dt.date, unit: Unit, today: dt.date) -> Clock:
    left = days_until(today, last_on, unit)
    if last_on < today:
        figure, words = str(-left), days_in_words(-left, unit)
        return Clock(label, figure, words, last_on, _("overdue"), "late", is_count=True)
    if last_on == today:
        return Clock(label, _("Today"), "", last_on, _("due today"), "soon")
    said = _("left")
    return Clock(
        label, str(left), days_in_words(left, unit), last_on, said, "soon" if left <= SOON else "", True
    )


def _kept(hazard: Hazard, last_on: dt.date) -> Clock:
    """Return the deadline of what was submitted or closed: in time or late, and by how many days, as it was then."""
    tone, words = early_or_late(hazard)
    return Clock(_("Deadline"), last_on.isoformat(), "", None, words, tone)


def early_or_late(hazard: Hazard) -> tuple[str, str]:
    """Return tone and words of how many days before or after its deadline a hazard was put right; empty while it is not."""
    days = hazard.days_late
    if days is None:
        return "", ""
    if days > 0:
        return "late", ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    if days == 0:
        return "good", _("in time, on the last day")
    return "good", ngettext("in time, %(days)d day early", "in time, %(days)d days early", -days) % {
        "days": -days
    }


# --- the strip of days ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One day of the strip. ``sign`` is its number among the counted days, or why it has none."""

    day: CountedDay
    is_today: bool

    @property
    def weekday(self) -> Words:
        return WEEKDAYS[self.day.on.weekday()]

    @property
    def tone(self) -> str:
        return "last" if self.day.is_last else str(self.day.part)

    @property
    def sign(self) -> str:
        if self.day.number:
            return str(self.day.number)
        if self.day.part is Part.START:
            return "–"
        return (
            pgettext("day of a deadline", "sus.")
            if self.day.part is Part.SUSPENDED
            else pgettext("day", "off")
        )


@dataclass(frozen=True)
class Span:
    """Days that stand together above the strip: a festival, or the days from which a month is written."""

    label: Words
    size: int
    is_festival: bool = False


@dataclass(frozen=True)
class Strip:
    """The days of a deadline in one line, with what stands above and below."""

    cells: list[Cell]
    spans: list[Span]
    marks: list[tuple[Words, dt.date]]


def strip_of(hazard: Hazard, counted: Counted | None, today: dt.date) -> Strip | None:
    """Return the strip of a deadline; None without one, and for a count that is longer than a line."""
    if counted is None or counted.count is None or len(counted.count.days) > MOST_IN_A_STRIP:
        return None
    days = counted.count.days
    again = hazard.begun_again_on
    marks: list[tuple[Words, dt.date]] = [
        (
            _("opened again, not counted") if again == counted.start_on else _("found, not counted"),
            counted.start_on,
        )
    ]
    marks += [(_("made-up working day"), each.on) for each in days if each.sort is Sort.MADE_UP]
    if hazard.rectified_on:
        marks.append((_("submitted"), hazard.rectified_on))
    if days[0].on <= today <= days[-1].on:
        marks.append((_("today"), today))
    if counted.count.last_on:
        marks.append((_("last day"), counted.count.last_on))
    return Strip([Cell(each, each.on == today) for each in days], _spans(days), marks)


def _spans(days: Sequence[CountedDay]) -> list[Span]:
    found: list[Span] = []
    month = 0
    for each in days:
        festival = each.festival if each.sort is Sort.HOLIDAY else None
        label: Words = ""
        if festival:
            label = FESTIVALS[festival]
        elif each.on.month != month:
            label, month = each.on.strftime("%Y-%m"), each.on.month
        last = found[-1] if found else None
        goes_on = last is not None and (
            (festival and last.is_festival and last.label == label) or (not label and not last.is_festival)
        )
        if last is not None and goes_on:
            found[-1] = Span(last.label, last.size + 1, last.is_festival)
        else:
            found.append(Span(label, 1, festival is not None))
    return found
